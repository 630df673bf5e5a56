"""The team's session is stored encrypted, used while it lasts, and renewed once."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import Cipher, new_key
from backbone.database.engine import reading, transaction
from backbone.database.tables import teams
from slipway.simulator import SimulatorConfig, SimulatorState, SimulatorTransport, create_simulator
from worker.provisioning.interruption import GiveUp
from worker.provisioning.provider_accounts import Credentials, ProviderAccount, ProviderAccounts
from worker.virtuozzo import VirtuozzoClient

LOGIN, PASSWORD = "ops@x.test", "pw"
KEYS = [new_key(), new_key()]
OURS = Credentials(LOGIN, SecretStr(PASSWORD))


class Platform:
    def __init__(self) -> None:
        app = create_simulator(SimulatorConfig(login=LOGIN, password=PASSWORD))
        self.simulator: SimulatorState = app.state.simulator
        http = SimulatorTransport(app)
        self.client = VirtuozzoClient(http, base_url="http://provider.test")


@pytest.fixture
def platform() -> Platform:
    return Platform()


async def add_team(engine: AsyncEngine, **values: str) -> None:
    team = {"id": 7, "name": "Seven", "status": "ACTIVE", "status_changed_at": 0.0}
    async with transaction(engine) as conn:
        await conn.execute(insert(teams), team | {"epoch": "E", "created_at": 0.0} | values)


async def stored(engine: AsyncEngine) -> str | None:
    async with reading(engine) as conn:
        return await conn.scalar(select(teams.c.provider_session_encrypted))


def accounts(
    engine: AsyncEngine,
    platform: Platform,
    *,
    keys: list[str] = KEYS[:1],
    credentials: Credentials | None = OURS,
) -> ProviderAccounts:
    return ProviderAccounts(engine, platform.client, Cipher(keys), credentials)


async def test_the_first_use_signs_in_and_stores_the_key_encrypted(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine)
    account = await accounts(engine, platform).open(7)
    key = (await account.session.key()).get_secret_value()
    sealed = await stored(engine)
    assert sealed is not None
    assert key not in sealed
    assert Cipher(KEYS[:1]).decrypt(sealed) == key


async def test_a_stored_session_is_used_without_signing_in(
    engine: AsyncEngine, platform: Platform
) -> None:
    key = platform.simulator.open_session()
    await add_team(engine, provider_session_encrypted=Cipher(KEYS[:1]).encrypt(key))
    account = await accounts(engine, platform).open(7)
    assert await platform.client.get_environment(account.session, "none") is None
    assert platform.simulator.calls["signin"] == 0


async def test_a_session_that_another_process_renewed_is_taken_over(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine)
    ours, theirs = [await accounts(engine, platform).open(7) for _ in range(2)]
    keys = [await account.session.key() for account in (ours, theirs)]
    assert keys[0] == keys[1]
    platform.simulator.close_sessions()
    for account in (ours, theirs):
        assert await platform.client.get_environment(account.session, "none") is None
    assert platform.simulator.calls["signin"] == 2


async def test_jobs_that_ask_together_share_a_session_and_its_sign_in(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine)
    common = accounts(engine, platform)
    opened = await asyncio.gather(*(common.open(7) for _ in range(5)))
    keys = await asyncio.gather(*(account.session.key() for account in opened))
    assert len({key.get_secret_value() for key in keys}) == 1
    assert platform.simulator.calls["signin"] == 1


async def test_each_of_several_teams_gets_its_own_account_or_the_reason(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine, node_group="fast")
    opened = accounts(engine, platform)
    found, missing = await asyncio.gather(opened.open(7), opened.open(8), return_exceptions=True)
    assert isinstance(found, ProviderAccount)
    assert found.region == "fast"
    assert isinstance(missing, GiveUp)
    assert str(missing) == "There is no such team"


async def test_an_expired_session_is_renewed_and_stored(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine, provider_session_encrypted=Cipher(KEYS[:1]).encrypt("0" * 40))
    account = await accounts(engine, platform).open(7)
    await platform.client.get_environment(account.session, "none")
    assert platform.simulator.calls["signin"] == 1
    sealed = await stored(engine)
    assert sealed is not None
    assert platform.simulator.knows_session(Cipher(KEYS[:1]).decrypt(sealed))


async def test_a_rotated_key_list_still_reads_and_a_lost_key_signs_in_again(
    engine: AsyncEngine, platform: Platform
) -> None:
    key = platform.simulator.open_session()
    await add_team(engine, provider_session_encrypted=Cipher(KEYS[:1]).encrypt(key))
    rotated = await accounts(engine, platform, keys=[KEYS[1], KEYS[0]]).open(7)
    assert (await rotated.session.key()).get_secret_value() == key
    lost = await accounts(engine, platform, keys=[KEYS[1]]).open(7)
    assert (await lost.session.key()).get_secret_value() != key
    assert platform.simulator.calls["signin"] == 1


async def test_a_team_without_session_and_credentials_has_no_account(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine)
    with pytest.raises(GiveUp) as caught:
        await accounts(engine, platform, credentials=None).open(7)
    assert caught.value.code == "provider_account_missing"


async def test_the_teams_own_login_has_its_own_password(
    engine: AsyncEngine, platform: Platform
) -> None:
    sealed = Cipher(KEYS[:1]).encrypt(PASSWORD)
    await add_team(
        engine, provider_login=LOGIN, provider_password_encrypted=sealed, node_group="fast"
    )
    common = Credentials("common@x.test", SecretStr("another"))
    account = await accounts(engine, platform, credentials=common).open(7)
    assert account.region == "fast"
    key = (await account.session.key()).get_secret_value()
    assert platform.simulator.knows_session(key)


async def test_the_common_password_is_never_tried_with_a_teams_login(
    engine: AsyncEngine, platform: Platform
) -> None:
    await add_team(engine, provider_login=LOGIN)
    with pytest.raises(GiveUp, match="set-provider"):
        await accounts(engine, platform).open(7)
    assert platform.simulator.calls["signin"] == 0


async def test_nothing_that_is_printed_shows_a_key(engine: AsyncEngine, platform: Platform) -> None:
    await add_team(engine)
    account = await accounts(engine, platform).open(7)
    key = (await account.session.key()).get_secret_value()
    assert key not in f"{account!r} {account.session!r}"
    assert PASSWORD not in repr(Credentials(LOGIN, SecretStr(PASSWORD)))
