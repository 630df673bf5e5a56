"""Sign-ins are limited per account and per address, also when the shared store is gone."""

import pytest
from limits.aio.storage import MemoryStorage
from limits.errors import StorageError

from backbone.errors import RateLimited
from service.attempts import LoginAttempts, LoginLimits, network


class Gone(MemoryStorage):
    """A store that does not answer."""

    async def acquire_entry(self, *args: object, **kwargs: object) -> bool:
        raise StorageError(ConnectionError())

    async def clear(self, key: str) -> None:
        raise StorageError(ConnectionError())


async def exhaust(attempts: LoginAttempts, email: str, address: str) -> int:
    """How many attempts pass."""
    for passed in range(100):
        try:
            await attempts.admit(email, address)
        except RateLimited as refusal:
            wait = refusal.retry_after or 0
        else:
            continue
        assert 1 <= wait <= 60
        return passed
    raise AssertionError("no limit")


@pytest.mark.parametrize("storage", [MemoryStorage, Gone])
async def test_the_account_is_limited_where_it_is_attacked_from(
    storage: type[MemoryStorage],
) -> None:
    attempts = LoginAttempts(LoginLimits(per_account=3, per_address=50), storage())
    assert await exhaust(attempts, "ada@example.com", "192.0.2.1") == 3
    # Another spelling is no way around it.
    assert await exhaust(attempts, "ADA@example.com", "192.0.2.1") == 0
    # The owner, elsewhere, is not locked out.
    await attempts.admit("ada@example.com", "192.0.2.2")
    await attempts.admit("bob@example.com", "192.0.2.1")


@pytest.mark.parametrize("storage", [MemoryStorage, Gone])
async def test_an_address_is_limited_over_all_accounts(storage: type[MemoryStorage]) -> None:
    attempts = LoginAttempts(LoginLimits(per_account=3, per_address=5), storage())
    for number in range(5):
        await attempts.admit(f"user{number}@example.com", "192.0.2.1")
    with pytest.raises(RateLimited):
        await attempts.admit("user9@example.com", "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_customer_is_one(address: str, expected: str) -> None:
    assert network(address) == expected


@pytest.mark.parametrize("storage", [MemoryStorage, Gone])
async def test_a_right_password_clears_the_account(storage: type[MemoryStorage]) -> None:
    attempts = LoginAttempts(LoginLimits(per_account=2, per_address=50), storage())
    for _ in range(10):
        await attempts.admit("ada@example.com", "192.0.2.1")
        await attempts.forgive("ada@example.com", "192.0.2.1")
    assert await exhaust(attempts, "ada@example.com", "192.0.2.1") == 2
