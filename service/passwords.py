"""Password hashes (Argon2id, RFC 9106), computed in threads: the event loop waits for none."""

from __future__ import annotations

from dataclasses import dataclass

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from service.hashing_queue import HashingQueue, HashRequester

NOBODY = HashRequester()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password is right, and a fresh hash when the stored one is outdated."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and checks passwords; `queue` bounds how many wait for it.

    An unknown account costs the same as a known one: a hash made with the same parameters is
    checked in its place. Both methods raise `Overloaded` when too many wait.
    """

    def __init__(
        self, hasher: argon2.PasswordHasher | None = None, queue: HashingQueue | None = None
    ) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._queue = queue or HashingQueue()
        self._stand_in: str | None = None

    async def hash(self, password: str, requester: HashRequester = NOBODY) -> str:
        """Return the encoded hash of a password, with the parameters and the salt in it."""
        return await self._queue.run(requester, self._hasher.hash, password)

    async def check(
        self, stored: str | None, password: str, requester: HashRequester = NOBODY
    ) -> Verdict:
        """Compare a password with the stored hash; `None` (no such account) is never right."""
        return await self._queue.run(requester, self._check, stored, password)

    def _check(self, stored: str | None, password: str) -> Verdict:
        if self._stand_in is None:
            self._stand_in = self._hasher.hash("nobody's password")
        try:
            self._hasher.verify(self._stand_in if stored is None else stored, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return Verdict(right=False)
        if stored is None:
            return Verdict(right=False)
        if self._hasher.check_needs_rehash(stored):
            return Verdict(right=True, rehashed=self._hasher.hash(password))
        return Verdict(right=True)
