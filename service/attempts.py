"""How many sign-ins may be tried, per account and per address, over all processes if possible."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage

from backbone.http.admission import network_of
from service.growing_delay import DelaySchedule, GrowingDelay
from service.limiter import Limiter


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How many tries of an account are free of delay, and an address's sign-ins per minute."""

    per_account: int = 10
    per_address: int = 120


class LoginAttempts:
    """Counts sign-in attempts: of an address in a moving window, of an account with growing delay.

    An account's tries count over all addresses, so that many addresses have no more guesses than
    one. A device that signed in to the account before is counted for itself: whoever guesses
    elsewhere keeps nobody out.
    """

    def __init__(self, limits: LoginLimits, storage: Storage) -> None:
        self._per_address = RateLimitItemPerMinute(limits.per_address)
        self._limiter = Limiter(storage)
        self._delay = GrowingDelay(DelaySchedule(free=limits.per_account), storage)

    async def admit_address(self, address: str) -> None:
        """Count an attempt of an address. Raises `RateLimited`, with the seconds to wait."""
        await self._limiter.admit(self._per_address, "address", network_of(address))

    async def admit_account(self, email: str, device: str | None = None) -> None:
        """Count an attempt at an account, of a known device if one is named. Raises as above."""
        await self._delay.admit(_account(email, device))

    async def admit(self, email: str, address: str) -> None:
        """Count an attempt of a client that has no known device. Raises as above."""
        await self.admit_address(address)
        await self.admit_account(email)

    async def forgive(self, email: str, device: str | None = None) -> None:
        """Forget the attempts after a right password, so that only failures add up."""
        await self._delay.forget(_account(email, device))


def _account(email: str, device: str | None) -> str:
    """Name an account, or a device's way to it, without storing either in the clear."""
    name = email.casefold() if device is None else f"{email.casefold()}\n{device}"
    return hashlib.sha256(name.encode()).hexdigest()
