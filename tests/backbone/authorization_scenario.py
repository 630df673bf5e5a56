"""What the questions about open streams must answer; run on each database."""

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.access_changes import changes_since
from backbone.authorization import Cause, Grant, examine
from backbone.database.engine import transaction
from backbone.identity import hash_token
from testing.accounts import add_api_token, add_member, add_session
from testing.withdrawals import OF_API_TOKENS, OF_SESSIONS, OF_USERS
from tests.backbone.rows import make_team

WAYS = {**OF_SESSIONS, **OF_USERS, **OF_API_TOKENS}


async def check_withdrawal(engine: AsyncEngine, way: str) -> None:
    cause, statement = WAYS[way]
    for team_id, user_id in ((7, 3), (8, 4)):
        await make_team(engine, team_id)
        await add_member(engine, user_id, team_id)
    make = add_api_token if way in OF_API_TOKENS else add_session
    mine, other = [hash_token(await make(engine, 3, 7)) for _ in range(2)]
    stranger = hash_token(await add_session(engine, 4, 8))
    grants = [Grant(mine, 7), Grant(other, 7), Grant(stranger, 8)]
    assert await withdrawn(engine, grants) == {}
    since = (await changes_since(engine, None)).since
    async with transaction(engine) as conn:
        await conn.execute(statement(mine, 3, 7))
    expected = {Grant(mine, 7): cause}
    if way in OF_USERS:
        expected[Grant(other, 7)] = cause
    assert await withdrawn(engine, grants) == expected
    noted = (await changes_since(engine, since)).found
    assert noted is not None
    assert {change[:3] for change in noted} == {NOTED.get(way, (mine, 0, 7))}


NOTED = {
    "membership removed": ("", 3, 7),
    "role lost": ("", 3, 7),
    "permission lost": ("", 3, 7),
    "user disabled": ("", 3, 0),
    "team suspended": ("", 0, 7),
}
"""Whom a withdrawal is noted of, where it is not the credential."""


async def withdrawn(engine: AsyncEngine, grants: list[Grant]) -> dict[Grant, Cause]:
    examined = await examine(engine, grants)
    assert set(examined) == set(grants)
    return {grant: cause for grant, cause in examined.items() if isinstance(cause, Cause)}
