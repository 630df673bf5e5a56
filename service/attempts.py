"""How many sign-ins may be tried, per account and per address, over all processes if possible."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage

from service.limiter import Limiter


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """Sign-ins per minute: failed ones per account and address, and all of an address."""

    per_account: int = 10
    per_address: int = 120


class LoginAttempts:
    """Counts sign-in attempts in a moving window of a minute."""

    def __init__(self, limits: LoginLimits, storage: Storage) -> None:
        self._per_account = RateLimitItemPerMinute(limits.per_account)
        self._per_address = RateLimitItemPerMinute(limits.per_address)
        self._limiter = Limiter(storage)

    async def admit(self, email: str, address: str) -> None:
        """Count an attempt. Raises `RateLimited`, with the seconds to wait, when it is too many."""
        await self._limiter.admit(self._per_address, "address", network(address))
        await self._limiter.admit(self._per_account, "account", _account(email, address))

    async def forgive(self, email: str, address: str) -> None:
        """Forget an account's attempts after a right password, so that only failures add up."""
        await self._limiter.forget(self._per_account, "account", _account(email, address))


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
