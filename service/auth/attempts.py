"""How many sign-ins may be tried, per account and per address, over all processes if possible."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter
from limits.errors import StorageError

from backbone.errors import RateLimited

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """Sign-ins per minute: failed ones per account and address, and all of an address."""

    per_account: int = 10
    per_address: int = 120


class LoginAttempts:
    """Counts sign-in attempts in a moving window of a minute.

    When the shared store does not answer, this process counts for itself: a broken cache neither
    locks users out nor lifts the limit.
    """

    def __init__(self, limits: LoginLimits, storage: Storage) -> None:
        self._per_account = RateLimitItemPerMinute(limits.per_account)
        self._per_address = RateLimitItemPerMinute(limits.per_address)
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, email: str, address: str) -> None:
        """Count an attempt. Raises `RateLimited`, with the seconds to wait, when it is too many."""
        await self._hit(self._per_address, "address", network(address))
        await self._hit(self._per_account, "account", _account(email, address))

    async def forgive(self, email: str, address: str) -> None:
        """Forget an account's attempts after a right password, so that only failures add up."""
        key = _account(email, address)
        await self._own.clear(self._per_account, "account", key)
        try:
            await self._shared.clear(self._per_account, "account", key)
        except StorageError as error:
            _log.warning("login_limit_store_unavailable", error=type(error).__name__)

    async def _hit(self, item: RateLimitItem, kind: str, key: str) -> None:
        limiter: RateLimiter = self._shared
        try:
            admitted = await limiter.hit(item, kind, key)
        except StorageError as error:
            _log.warning("login_limit_store_unavailable", error=type(error).__name__)
            limiter = self._own
            admitted = await limiter.hit(item, kind, key)
        if admitted:
            return
        raise RateLimited(retry_after=await self._wait(limiter, item, kind, key))

    @staticmethod
    async def _wait(limiter: RateLimiter, item: RateLimitItem, kind: str, key: str) -> int:
        try:
            window = await limiter.get_window_stats(item, kind, key)
        except StorageError:
            return item.get_expiry()
        return max(1, math.ceil(window.reset_time - time.time()))


def network(address: str) -> str:
    """The address itself, or its /64: what one customer has in IPv6 (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return address


def _account(email: str, address: str) -> str:
    """Name an account and an address without storing either in the clear."""
    return hashlib.sha256(f"{email.casefold()}\n{network(address)}".encode()).hexdigest()
