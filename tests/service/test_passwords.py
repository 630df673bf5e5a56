"""Passwords are checked in a thread, at the same cost for accounts that do not exist."""

import threading

import argon2
import pytest

from service.passwords import Passwords

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Watched(argon2.PasswordHasher):
    """Remembers which hashes were verified, and on which threads."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.verified: list[str] = []
        self.threads: set[int] = set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override] # noqa: A002
        self.verified.append(str(hash))
        self.threads.add(threading.get_ident())
        return super().verify(hash, password)


async def test_right_and_wrong() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("secret")
    assert stored.startswith("$argon2id$")
    assert "secret" not in stored
    assert (await passwords.check(stored, "secret")).right
    assert not (await passwords.check(stored, "Secret")).right


async def test_an_unknown_account_costs_one_verification_with_the_same_parameters() -> None:
    hasher = Watched()
    passwords = Passwords(hasher)
    verdict = await passwords.check(None, "nobody's password")
    assert not verdict.right
    assert len(hasher.verified) == 1
    assert not hasher.check_needs_rehash(hasher.verified[0])
    assert threading.get_ident() not in hasher.threads


async def test_an_outdated_hash_is_made_anew_only_for_the_right_password() -> None:
    outdated = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash("secret")
    passwords = Passwords(CHEAP)
    assert (await passwords.check(outdated, "wrong")).rehashed is None
    rehashed = (await passwords.check(outdated, "secret")).rehashed
    assert rehashed is not None
    assert not CHEAP.check_needs_rehash(rehashed)
    assert await passwords.check(rehashed, "secret") == await passwords.check(rehashed, "secret")
    assert (await passwords.check(rehashed, "secret")).rehashed is None


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$broken"])
async def test_a_broken_hash_lets_nobody_in(broken: str) -> None:
    assert not (await Passwords(CHEAP).check(broken, broken)).right
