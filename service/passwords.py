"""Password hashes (Argon2id, RFC 9106), computed in threads: the event loop waits for none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password is right, and a fresh hash when the stored one is outdated."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and checks passwords.

    An unknown account costs the same as a known one: a hash made with the same parameters is
    checked in its place. At most `parallel` hashes are computed at a time, because each takes the
    hasher's memory cost (64 MiB with the defaults).
    """

    def __init__(self, hasher: argon2.PasswordHasher | None = None, parallel: int = 4) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._slots = asyncio.Semaphore(parallel)
        self._stand_in: str | None = None

    async def hash(self, password: str) -> str:
        """The encoded hash of a password, with the parameters and the salt in it."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, stored: str | None, password: str) -> Verdict:
        """Compare a password with the stored hash; `None` (no such account) is never right."""
        async with self._slots:
            return await asyncio.to_thread(self._check, stored, password)

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
