from dataclasses import replace

from argon2 import PasswordHasher
from sqlalchemy import select

from backbone.database.engine import reading
from backbone.database.tables import memberships, teams, users
from backbone.seed import Account, seed_demo

MEMBER = Account("demo@example.com", "demo-password", "Demo")
OPERATOR = Account("operator@example.com", "operator-password", "Operator")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_seeding_makes_a_team_its_member_and_an_operator(engine):
    demo = await seed_demo(engine, member=MEMBER, operator=OPERATOR, node_group="hn", hasher=QUICK)
    async with reading(engine) as conn:
        team = (await conn.execute(select(teams))).one()
        people = {row.email: row for row in await conn.execute(select(users))}
        granted = dict(
            (await conn.execute(select(memberships.c.user_id, memberships.c.role))).all()
        )
    assert (team.id, team.status, team.node_group) == (demo.team_id, "ACTIVE", "hn")
    assert (team.last_position, team.trimmed_position) == (0, 0)
    assert people[MEMBER.email].is_operator is False
    assert people[OPERATOR.email].is_operator is True
    assert QUICK.verify(people[MEMBER.email].password_hash, MEMBER.password)
    assert granted[demo.user_id] == "owner"
    assert demo.operator_id in granted


async def test_seeding_again_changes_nothing_but_the_passwords(engine):
    async def everything() -> list:
        async with reading(engine) as conn:
            return [
                (await conn.execute(select(table))).all()
                for table in (teams, users.c.id, users.c.email, memberships)
            ]

    first = await seed_demo(engine, member=MEMBER, operator=OPERATOR, hasher=QUICK)
    before = await everything()
    renewed = replace(MEMBER, password="another one")
    assert await seed_demo(engine, member=renewed, operator=OPERATOR, hasher=QUICK) == first
    assert await everything() == before
    async with reading(engine) as conn:
        stored = await conn.scalar(
            select(users.c.password_hash).where(users.c.email == MEMBER.email)
        )
    assert QUICK.verify(stored, "another one")
