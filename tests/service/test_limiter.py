"""A shared store that fails is left alone for a while, and limits hold nevertheless."""

import pytest
from limits import RateLimitItemPerMinute
from limits.errors import StorageError

from backbone.errors import RateLimited
from service.limiter import Limiter
from service.process_storage import ProcessStorage

TWO = RateLimitItemPerMinute(2)


class Breaking(ProcessStorage):
    def __init__(self) -> None:
        super().__init__()
        self.broken = True
        self.asked = 0

    async def acquire_entry(self, *arguments, **named):
        self.asked += 1
        if self.broken:
            raise StorageError(OSError("gone"))
        return await super().acquire_entry(*arguments, **named)


async def test_a_store_that_hangs_is_not_waited_for_again_and_again() -> None:
    store, now = Breaking(), 0.0
    limiter = Limiter(store, clock=lambda: now)
    for _ in range(2):
        await limiter.admit(TWO, "orders", "7")
    with pytest.raises(RateLimited) as refused:
        await limiter.admit(TWO, "orders", "7")
    assert store.asked == 1
    assert refused.value.headers["RateLimit-Policy"] == '"orders";q=2;w=60'
    now, store.broken = 5.0, False
    await limiter.admit(TWO, "orders", "7")
    assert store.asked == 2
