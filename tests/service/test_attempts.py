"""Sign-ins are limited per account and per address, also when the shared store is gone."""

import asyncio

import pytest
from limits.errors import StorageError

from backbone.errors import RateLimited
from service.attempts import LoginAttempts, LoginLimits
from service.growing_delay import DelaySchedule, GrowingDelay
from service.process_storage import ProcessStorage


class Gone(ProcessStorage):
    """A store that does not answer."""

    async def acquire_entry(self, *args: object, **kwargs: object) -> bool:
        raise StorageError(ConnectionError())

    async def clear(self, key: str) -> None:
        raise StorageError(ConnectionError())

    async def get(self, key: str) -> int:
        raise StorageError(ConnectionError())

    async def incr(self, *args: object, **kwargs: object) -> int:
        raise StorageError(ConnectionError())


def attempts_at(storage: type[ProcessStorage]) -> LoginAttempts:
    return LoginAttempts(LoginLimits(per_account=3, per_address=50), storage())


async def passed(attempts: LoginAttempts, email: str, device: str | None = None) -> int:
    """How many attempts pass, each from another address, until one is told to wait."""
    for number in range(100):
        try:
            await attempts.admit_address(f"192.0.2.{number}")
            await attempts.admit_account(email, device)
        except RateLimited as refusal:
            if not 1 <= (refusal.retry_after or 0) <= 300:
                raise
            return number
    raise AssertionError("no limit")


@pytest.mark.parametrize("storage", [ProcessStorage, Gone])
async def test_many_addresses_have_no_more_guesses_than_one(storage: type[ProcessStorage]) -> None:
    attempts = attempts_at(storage)
    # The fourth passes, and is the last for a while.
    assert await passed(attempts, "ada@example.com") == 4
    # Another spelling is no way around it.
    assert await passed(attempts, "ADA@example.com") == 0
    assert await passed(attempts, "bob@example.com") == 4


@pytest.mark.parametrize("storage", [ProcessStorage, Gone])
async def test_a_known_device_is_not_kept_out_by_guesses_elsewhere(
    storage: type[ProcessStorage],
) -> None:
    attempts = attempts_at(storage)
    await passed(attempts, "ada@example.com")
    assert await passed(attempts, "ada@example.com", "her laptop") == 4
    await attempts.forgive("ada@example.com", "her laptop")
    assert await passed(attempts, "ada@example.com", "her laptop") == 4
    # A right password there is no pardon for those who guess.
    assert await passed(attempts, "ada@example.com") == 0
    await attempts.forgive("ada@example.com")
    assert await passed(attempts, "ada@example.com") == 4


async def test_each_delay_is_longer_than_the_one_before() -> None:
    storage = ProcessStorage()
    delay = GrowingDelay(DelaySchedule(free=1, longest=10), storage)
    await delay.admit("key")
    waits = []
    for _ in range(6):
        await delay.admit("key")
        with pytest.raises(RateLimited) as refusal:
            await delay.admit("key")
        waits.append(refusal.value.retry_after)
        # As if the time had passed.
        await storage.clear("pause/key")
    assert waits == sorted(waits)
    assert waits[-1] <= 10
    assert waits[-1] > waits[0]


async def test_of_many_at_the_same_moment_few_pass() -> None:
    attempts = attempts_at(ProcessStorage)
    results = await asyncio.gather(
        *(attempts.admit_account("ada@example.com") for _ in range(50)), return_exceptions=True
    )
    assert results.count(None) == 4


@pytest.mark.parametrize("storage", [ProcessStorage, Gone])
async def test_an_address_is_limited_over_all_accounts(storage: type[ProcessStorage]) -> None:
    attempts = LoginAttempts(LoginLimits(per_account=3, per_address=5), storage())
    for number in range(5):
        await attempts.admit(f"user{number}@example.com", "192.0.2.1")
    with pytest.raises(RateLimited):
        await attempts.admit("user9@example.com", "192.0.2.1")
