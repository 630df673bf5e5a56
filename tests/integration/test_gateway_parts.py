"""A gateway's long-lived parts: none dies for good, and what is down is named."""

import asyncio
import json

import pytest

from gateway.history.database_log import DatabaseLog
from tests.backbone.rows import make_team
from tests.integration.gateway_world import gateway, ids, make_member, revoke, sign_in, tell


@pytest.fixture
async def token(database):
    await make_team(database)
    await make_member(database)
    return await sign_in(database)


async def failed_checks(world) -> set[str]:
    answer = await world.fetch("/api/v1/health/ready")
    health = json.loads(answer.body)
    return {check["name"] for check in health["checks"] if check["status"] == "failed"}


async def test_parts_that_meet_an_unforeseen_error_go_on(database, token, monkeypatch) -> None:
    async with gateway(database) as world:
        parts = world.gateway
        for part, verb in (
            (parts.follower, "catch_up"),
            (parts.access, "look"),
            (parts.hub, "tick"),
        ):
            monkeypatch.setattr(part, verb, lambda: 1 / 0)
        reader = await world.stream(token)
        expected = {"log-follower", "access-watch", "streams-clock"}
        async with asyncio.timeout(30):
            while not expected <= await failed_checks(world):
                await asyncio.sleep(0.05)
        alive = await world.fetch("/api/v1/health/live")
        assert alive.status == 200  # it may recover by itself
        monkeypatch.undo()
        told = await tell(database, 2)
        await reader.got(2, "message")
        assert ids(reader) == told
        await revoke(database, token, say=False)
        await reader.end()
        assert reader.source.frames("drain")[0].json["reason"] == "access_withdrawn"
        async with asyncio.timeout(60):
            while await failed_checks(world):
                await asyncio.sleep(0.1)


async def test_stopping_while_the_database_is_slow_drains_what_is_being_opened(
    database, token, monkeypatch, capsys
) -> None:
    async def hang(*_: object, **__: object) -> None:
        asked.set()
        await asyncio.sleep(3600)

    asked = asyncio.Event()
    monkeypatch.setattr(DatabaseLog, "ends", hang)
    async with gateway(database) as world:
        opening = asyncio.create_task(world.get(token))
        await asked.wait()
        world.server.should_exit = True
        async with asyncio.timeout(30):
            reader = await opening
            assert reader.status == 200
            await reader.end()
        assert reader.complete
        assert reader.headers["x-content-type-options"] == "nosniff"
        assert reader.source.frames("drain")[0].json == {"reason": "shutdown"}
    shown = "".join(capsys.readouterr())
    assert "rror" not in shown, shown
