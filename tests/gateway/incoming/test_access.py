"""Withdrawn access ends streams: looked for all the time, and at once when an event says so."""

import time

import pytest
from sqlalchemy import update

from backbone.authorization import Grant
from backbone.database.engine import transaction
from backbone.database.tables import sessions
from backbone.errors import DatabaseUnavailable, NotAuthenticated
from backbone.identity import authenticate, hash_token
from gateway.incoming.access import AccessWatch
from testing.accounts import add_member, add_session
from tests.backbone.rows import make_team
from tests.gateway.event_source import EventSource
from tests.gateway.world import World


async def opened(engine) -> tuple[World, str, EventSource]:
    await make_team(engine)
    await add_member(engine, 3, 7)
    token = await add_session(engine, 3, 7)
    world, source = World(), EventSource()
    await world.listen(source, session=hash_token(token))
    return world, token, source


async def revoke(engine, token: str) -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            update(sessions)
            .where(sessions.c.token_hash == hash_token(token))
            .values(revoked_at=time.time())
        )


async def test_a_look_ends_the_withdrawn_streams_and_no_other(engine) -> None:
    world, token, source = await opened(engine)
    kept, other = EventSource(), await add_session(engine, 3, 7)
    await world.listen(kept, session=hash_token(other))
    watch = AccessWatch(engine, world.hub)
    await watch.look()
    assert source.frames("drain") == []
    await revoke(engine, token)
    await watch.look()
    (drain,) = source.frames("drain")
    assert drain.json == {"reason": "access_withdrawn", "cause": "session_revoked"}
    assert kept.frames("drain") == []
    assert len(world.hub.grants) == 1
    assert Grant(hash_token(other), 7) in world.hub.grants


async def test_who_comes_back_at_once_is_refused_not_cut_again(engine) -> None:
    world, token, _ = await opened(engine)
    await authenticate(engine, token)  # remembered for half a second
    await revoke(engine, token)
    assert (await authenticate(engine, token)).user_id == 3, "or nothing is shown"
    await AccessWatch(engine, world.hub).look()
    with pytest.raises(NotAuthenticated):
        await authenticate(engine, token)


async def test_an_event_has_every_remembered_session_forgotten(engine) -> None:
    world, token, _ = await opened(engine)
    await authenticate(engine, token)
    await revoke(engine, token)
    AccessWatch(engine, world.hub).poke()
    with pytest.raises(NotAuthenticated):
        await authenticate(engine, token)


async def test_while_the_database_is_away_streams_stay_until_their_session_was_to_end(
    engine, monkeypatch
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr("gateway.incoming.access.changes_since", away)
    world, over, lasting = World(), EventSource(), EventSource()
    await world.listen(over, session="a", session_seconds=-1)
    await world.listen(lasting, session="b", session_seconds=1000)
    watch = AccessWatch(engine, world.hub)
    with pytest.raises(DatabaseUnavailable):
        await watch.look()
    before = watch.unknown_for
    world.hub.expire(time.time())
    assert over.frames("drain")[0].json["cause"] == "session_expired"
    assert lasting.frames("drain") == []
    assert watch.unknown_for >= before, "a look that failed tells nothing"
