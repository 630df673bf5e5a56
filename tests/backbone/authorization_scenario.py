"""What the question about open streams must answer; run on each database."""

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.authorization import Grant, withdrawn
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
    async with transaction(engine) as conn:
        await conn.execute(statement(mine, 3, 7))
    expected = {Grant(mine, 7): cause}
    if way in OF_USERS:
        expected[Grant(other, 7)] = cause
    assert await withdrawn(engine, grants) == expected
