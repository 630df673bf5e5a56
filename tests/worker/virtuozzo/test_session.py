from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from worker.virtuozzo import ProviderSession


async def test_the_first_key_is_signed_in_for():
    keys = iter(["one", "two"])

    async def sign_in(_: SecretStr | None) -> SecretStr:
        return SecretStr(next(keys))

    session = ProviderSession(sign_in=sign_in)
    assert (await session.key()).get_secret_value() == "one"
    assert (await session.key()).get_secret_value() == "one"


async def test_calls_that_expire_together_share_one_sign_in():
    gate = asyncio.Event()
    count = 0

    async def sign_in(_: SecretStr | None) -> SecretStr:
        nonlocal count
        count += 1
        await gate.wait()
        return SecretStr(f"key-{count}")

    stale = SecretStr("stale")
    session = ProviderSession(stale, sign_in=sign_in)
    renewals = [asyncio.create_task(session.renew(stale)) for _ in range(5)]
    await asyncio.sleep(0)
    gate.set()
    renewed = await asyncio.gather(*renewals)
    assert {key.get_secret_value() for key in renewed} == {"key-1"}
    assert count == 1


async def test_new_keys_are_told():
    told: list[str] = []

    async def sign_in(_: SecretStr | None) -> SecretStr:
        return SecretStr("new")

    async def on_renewed(key: SecretStr) -> None:
        told.append(key.get_secret_value())

    session = ProviderSession(SecretStr("old"), sign_in=sign_in, on_renewed=on_renewed)
    await session.renew(SecretStr("old"))
    await session.renew(SecretStr("old"))
    assert told == ["new"]


async def test_without_a_sign_in_there_is_no_renewal():
    session = ProviderSession(SecretStr("old"))
    assert not session.can_renew
    with pytest.raises(LookupError):
        await session.renew(SecretStr("old"))


def test_a_session_needs_something():
    with pytest.raises(ValueError, match="a key, a sign-in, or both"):
        ProviderSession()


def test_the_key_is_not_shown():
    assert "secret-key" not in repr(ProviderSession(SecretStr("secret-key")))
