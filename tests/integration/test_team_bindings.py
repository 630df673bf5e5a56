"""A gateway has the events of the teams that are listened to sent to it, and no others'."""

import asyncio
import urllib.parse

import pytest

from testing.tcp_proxy import Proxy
from tests.integration.gateway_world import (
    GatewayWorld,
    gateway,
    ids,
    make_member,
    make_team,
    relay,
    sign_in,
    tell,
)

TEAMS = (7, 8)
NO_SWEEP = {"SSE_SWEEP_SECONDS": "600"}


@pytest.fixture
async def tokens(engine) -> dict[int, str]:
    for team_id in TEAMS:
        await make_team(engine, team_id)
        await make_member(engine, user_id=team_id, team_id=team_id)
    return {team_id: await sign_in(engine, team_id, team_id) for team_id in TEAMS}


async def bound(world: GatewayWorld, teams: int) -> None:
    async with asyncio.timeout(30):
        while world.gateway.metrics.team_bindings != teams:
            await asyncio.sleep(0.01)


async def consumed(world: GatewayWorld, events: int) -> int:
    """Return how many the broker has sent, once there are so many."""
    async with asyncio.timeout(30):
        while world.gateway.metrics.messages_consumed_total < events:
            await asyncio.sleep(0.01)
    return world.gateway.metrics.messages_consumed_total


async def test_a_team_s_events_come_while_somebody_listens(engine, amqp_url, tokens) -> None:
    settings = {"SSE_IDLE_TEAM_SECONDS": "0", **NO_SWEEP}
    async with gateway(engine, amqp_url, **settings) as world, relay(engine, amqp_url):
        await world.pushed()
        first = await world.stream(tokens[7])
        assert world.gateway.metrics.team_bindings == 1
        await tell(engine, 5, team_id=8)
        told = await tell(engine, 3)
        await first.got(3, "message")
        assert (ids(first), await consumed(world, 3)) == (told, 3)

        other = await world.stream(tokens[8])
        other_told = await tell(engine, 2, team_id=8)
        await other.got(2, "message")
        assert (ids(other), await consumed(world, 5)) == (other_told, 5)

        await first.close()
        await bound(world, 1)
        await tell(engine, 4)
        other_told += await tell(engine, 1, team_id=8)
        await other.got(3, "message")
        assert (ids(other), await consumed(world, 6)) == (other_told, 6)


@pytest.mark.parametrize(
    "settings",
    [{"RABBITMQ_EVENTS_BINDING_KEY": "team.#.status"}, {"RABBITMQ_TEAM_BINDINGS": "0"}],
)
async def test_the_guides_way_takes_all(engine, amqp_url, tokens, settings) -> None:
    async with gateway(engine, amqp_url, **settings, **NO_SWEEP) as world, relay(engine, amqp_url):
        await world.pushed()
        reader = await world.stream(tokens[7])
        await tell(engine, 5, team_id=8)
        told = await tell(engine, 3)
        await reader.got(3, "message")
        assert ids(reader) == told
        assert await consumed(world, 8) == 8
        assert world.gateway.metrics.team_bindings == 0


async def test_a_new_connection_is_bound_to_all_that_are_listened_to(
    engine, amqp_url, tokens
) -> None:
    target = urllib.parse.urlsplit(amqp_url)
    async with Proxy(target.port) as proxy:
        url = target._replace(netloc=f"guest:guest@127.0.0.1:{proxy.port}").geturl()
        async with gateway(engine, url, **NO_SWEEP) as world, relay(engine, amqp_url):
            await world.pushed()
            readers = {team_id: await world.stream(tokens[team_id]) for team_id in TEAMS}
            proxy.refuse()
            await world.pushed(connected=False)
            told = {team_id: await tell(engine, 2, team_id=team_id) for team_id in TEAMS}
            proxy.heal()
            await world.pushed()
            assert world.gateway.metrics.team_bindings == 2
            before = world.gateway.metrics.messages_consumed_total
            for team_id, reader in readers.items():
                told[team_id] += await tell(engine, 2, team_id=team_id)
                await reader.got(4, "message")
                assert ids(reader) == told[team_id]
            # At least: what was told meanwhile may have been published late.
            assert await consumed(world, before + 4) >= before + 4
