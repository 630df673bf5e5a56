"""The keys are changed by the commands of `docs/runbook.md`, on real processes under load."""

import asyncio
import re
import subprocess
import sys

import httpx
import pytest

from backbone.cipher import new_key
from testing.checkout import ROOT
from testing.documented import commands, run
from testing.installation import Installation, common_environment, provider, release
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost
from testing.traffic import TEAM, Traffic, team_token

ORDERS = 5
WRONG = "not-the-provider's-password"


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.timeout(1200)
async def test_orders_and_events_go_on_while_the_keys_are_changed(tmp_path):
    """Only the team's own password opens the provider, and only a key of the list opens that."""
    try:
        with postgres_database() as database_url, rabbitmq_vhost() as rabbitmq_url:
            environment = common_environment(tmp_path, database_url, rabbitmq_url)
            async with provider(tmp_path, environment) as simulator:
                await _change(environment, simulator, tmp_path)
    except ServiceMissing as reason:
        skip_or_fail(reason)


async def _change(environment, simulator, folder):
    former = environment["SLIPWAY_SECRET_KEYS"]
    generate, rotate = commands("runbook.md", "Change the keys")
    new = (await asyncio.to_thread(run, generate, environment, folder)).strip()
    password = environment["VIRTUOZZO_PASSWORD"]
    installations = []

    def with_keys(name: str, *keys: str) -> Installation:
        settings = {"SLIPWAY_SECRET_KEYS": ",".join(keys), "VIRTUOZZO_PASSWORD": WRONG}
        made = release(folder, environment | settings, simulator, name=name)
        installations.append(made)
        return made

    first = with_keys("former-", former)
    both = with_keys("both-", new, former)
    last = with_keys("new-", new)
    try:
        await first.processes["service"].start()
        token = await team_token(environment["DATABASE_URL"])
        await asyncio.to_thread(_give_the_team_a_login, environment, password)
        await first.start()
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=headers, timeout=30) as http:
            traffic = Traffic(http, [made.service_url for made in installations])
            traffic.read(*(made.gateway_url for made in installations))
            try:
                await traffic.done(ORDERS)
                await _replace(first, both)
                await traffic.done(ORDERS)
                keys = {"SLIPWAY_SECRET_KEYS": f"{new},{former}"}
                told = await asyncio.to_thread(run, rotate, environment | keys, folder)
                # The password, and the provider's session if a worker has kept one.
                assert re.match(r"[12] values have the first key now. The other keys can", told), (
                    told
                )
                await traffic.done(ORDERS)
                await _replace(both, last)
                await traffic.done(ORDERS)
                await traffic.finish()
            finally:
                await traffic.cancel()
    finally:
        for made in installations:
            for process in made.processes.values():
                await process.kill()
    assert traffic.faults == []
    assert not any(p.crashes for made in installations for p in made.processes.values())


def _give_the_team_a_login(environment, password):
    subprocess.run(
        [
            *(sys.executable, "-m", "slipway", "admin", "team", "set-provider", str(TEAM)),
            *("--login", environment["VIRTUOZZO_LOGIN"], "--password"),
        ],
        cwd=ROOT,
        env=environment,
        input=f"{password}\n".encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )


async def _replace(old: Installation, new: Installation) -> None:
    """Restart one process after the other."""
    for name, process in new.processes.items():
        await process.start()
        assert await old.processes[name].terminate(20.0) == 0


async def test_a_value_of_an_unknown_key_is_told(postgres_url, tmp_path):
    environment = {
        "DATABASE_URL": postgres_url,
        "SLIPWAY_HOME": str(tmp_path),
        "VIRTUOZZO_LOGIN": "ops@example.test",
    }
    await team_token(postgres_url)
    with_key = environment | {"SLIPWAY_SECRET_KEYS": new_key()}
    await asyncio.to_thread(_give_the_team_a_login, with_key, "the-provider-password")
    _, rotate = commands("runbook.md", "Change the keys")
    with pytest.raises(AssertionError, match="made with a key that is not in the list"):
        run(rotate, environment | {"SLIPWAY_SECRET_KEYS": new_key()}, tmp_path)
