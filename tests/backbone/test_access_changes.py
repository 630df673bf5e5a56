"""What a look finds of the changes of access; what each withdrawal notes is in the scenario."""

from sqlalchemy import delete, insert, update

from backbone.access_changes import KEPT, Change, SeenChanges, changes_since
from backbone.database.engine import reading, transaction
from backbone.database.tables import access_changes, sessions, teams
from backbone.identity import hash_token
from backbone.retention.expiry import Expiry, ExpiryRules
from testing.accounts import add_member, add_session
from tests.backbone.rows import make_team


async def mark(engine):
    return (await changes_since(engine, None)).since


async def note(engine, credential, stamp):
    values = {"credential": credential, "user_id": 0, "team_id": 7, "stamp": stamp}
    async with transaction(engine) as conn:
        await conn.execute(insert(access_changes).values(values))


async def test_the_first_look_knows_nothing(engine):
    assert (await changes_since(engine, None)).found is None


async def test_each_change_is_found_once_and_nothing_else(engine):
    await make_team(engine, 7)
    await add_member(engine, 3, 7)
    token_hash = hash_token(await add_session(engine, 3, 7))
    since = await mark(engine)
    assert (await changes_since(engine, since)).found == frozenset()
    async with transaction(engine) as conn:
        # What happens with each event, with each use of a session, with a change of name.
        await conn.execute(
            update(teams).values(last_position=teams.c.last_position + 1, name="New")
        )
        await conn.execute(update(sessions).values(expires_at=sessions.c.expires_at + 60))
    assert (await changes_since(engine, since)).found == frozenset()
    async with transaction(engine) as conn:
        await conn.execute(update(sessions).values(expires_at=sessions.c.expires_at - 1))
    found = await changes_since(engine, since)
    assert {change[:3] for change in found.found} == {(token_hash, 0, 7)}
    assert (await changes_since(engine, found.since)).found == frozenset()
    async with transaction(engine) as conn:
        await conn.execute(delete(sessions))
    assert {change[:3] for change in (await changes_since(engine, found.since)).found} == {
        (token_hash, 0, 7)
    }


async def test_who_is_ahead_of_the_database_or_far_behind_doubts_everything(engine):
    since = await mark(engine)
    assert (await changes_since(engine, SeenChanges(since.below + 1))).found is None
    last = since.below + KEPT - 1
    await note(engine, "x", last)
    assert (await changes_since(engine, since)).found == {Change("x", 0, 7, last)}
    await note(engine, "y", last + 1)
    assert (await changes_since(engine, since)).found is None


async def test_a_change_of_nobody_in_particular_is_one_of_all(engine):
    since = await mark(engine)
    async with transaction(engine) as conn:
        values = {"credential": "", "user_id": 0, "team_id": 0, "stamp": since.below}
        await conn.execute(insert(access_changes).values(values))
    assert (await changes_since(engine, since)).found is None


async def test_old_changes_are_forgotten_and_the_newest_never(engine):
    for credential, stamp in (("old", 1), ("kept", 2), ("newest", KEPT + 2)):
        await note(engine, credential, stamp)
    await Expiry(engine, ExpiryRules(environments=60, jobs=60, interval=60)).sweep()
    async with reading(engine) as conn:
        left = (await conn.scalars(access_changes.select())).all()
    assert sorted(left) == ["kept", "newest"]
