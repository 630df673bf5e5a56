"""Every operation of the contract by every role and API token scope by the own and a foreign team.

The table is generated: operations and what they ask for from the contract, who has it from the
table of roles. An operation that is added without its check fails here.
"""

import itertools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, update

from backbone.database.engine import transaction
from backbone.database.tables import api_tokens, invitations, memberships
from backbone.identity import hash_token, new_api_token, session_id, shown
from backbone.roles import ALL_PERMISSIONS, OPERATOR_PERMISSIONS, PERMISSIONS, ROLES
from backbone.settings import load_settings
from gateway.app import create_gateway
from tests.service.world import World

CONTRACT = json.loads(resources.files("generated").joinpath("documents/openapi.json").read_text())
REFUSED = {"permission_missing", "not_authenticated"}
NOWHERE = 999_999
SESSION_ONLY = {
    "logout", "changePassword", "listSessions", "revokeSession", "revokeOtherSessions",
    "listMyTeams", "switchTeam", "listWaitingSignIns", "answerSignIn",
}  # fmt: skip
"""Operations without a scope that an API token may not call, as their descriptions say."""


@dataclass(frozen=True)
class Operation:
    """One operation: what it asks for (None: nothing at all) and a request that is well-formed."""

    name: str
    method: str
    path: str
    scopes: frozenset[str] | None
    body: Any
    parameters: tuple[str, ...]
    description: str

    def url(self, **values: Any) -> str:
        url = self.path
        for name in self.parameters:
            shaped = {**dict.fromkeys(("session_id", "request_id", "letter_id"), "0" * 16)}
            default = {**shaped, "queue": "jobs"}.get(name, NOWHERE)
            url = url.replace(f"{{{name}}}", str(values.get(name, default)))
        return url


def resolved(node: Any) -> Any:
    while "$ref" in node:
        place = CONTRACT
        for part in node["$ref"].removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]
        node = place
    return node


def operations() -> list[Operation]:
    found = []
    for path, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            security = operation.get("security", CONTRACT["security"])
            asked = {frozenset(scopes) for way in security for scopes in way.values()}
            assert len(asked) <= 1, "each way to authenticate asks for the same"
            body = None
            if "requestBody" in operation:
                media = operation["requestBody"]["content"]["application/json"]
                body = resolved(media["schema"])["examples"][0]
            parameters = [resolved(each) for each in operation.get("parameters", ())]
            found.append(
                Operation(
                    operation["operationId"],
                    method.upper(),
                    path,
                    next(iter(asked)) if security else None,
                    body,
                    tuple(each["name"] for each in parameters if each["in"] == "path"),
                    operation["description"],
                )
            )
    return found


OPERATIONS = operations()


@dataclass
class Matrix:
    """Two teams with somebody in every role, the service and the gateway."""

    world: World
    gateway: Any
    foreign: dict[str, Any]

    async def ask(self, operation: Operation, token: str | None, **values: Any) -> httpx.Response:
        app = self.gateway if operation.name == "streamEvents" else self.world.app
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://slipway.test", headers=headers
        ) as http:
            # A stream that would begin never ends here; one of an unknown job is refused.
            query = {"job_id": NOWHERE} if operation.name == "streamEvents" else None
            return await http.request(
                operation.method, operation.url(**values), json=operation.body, params=query
            )

    async def session(self, role: str, team_id: int = 7) -> str:
        return await self.world.session(USERS[role] + team_id * 1000, team_id)

    async def api_token(self, role: str, scopes: list[str]) -> str:
        token = new_api_token()
        async with transaction(self.world.engine) as conn:
            await conn.execute(
                insert(api_tokens).values(
                    token_hash=hash_token(token),
                    prefix=shown(token),
                    name="matrix",
                    user_id=USERS[role] + 7000,
                    team_id=7,
                    scopes=scopes,
                    created_at=0.0,
                )
            )
        return token


USERS = {role: place for place, role in enumerate((*ROLES, "operator"), 1)}


@pytest.fixture
async def matrix(world: World) -> Matrix:
    await world.team(8)
    for team_id in (7, 8):
        for role in ROLES:
            user_id = USERS[role] + team_id * 1000
            await world.user(user_id, [team_id])
            async with transaction(world.engine) as conn:
                await conn.execute(
                    update(memberships)
                    .where(memberships.c.user_id == user_id)
                    .values(role=role, permissions=None)
                )
    await world.user(USERS["operator"] + 7000, [], operator=True)
    environment = await world.environment(8, "theirs")
    rows = await world.rows(invitations)
    assert rows == []
    session = await world.session(8001, 8)
    async with transaction(world.engine) as conn:
        invitation = await conn.scalar(
            insert(invitations)
            .values(token_hash="x", team_id=8, role="member", created_at=0, expires_at=9e9)
            .returning(invitations.c.id)
        )
        token = await conn.scalar(
            insert(api_tokens)
            .values(token_hash="y", prefix="p", name="theirs", user_id=8001, team_id=8)
            .values(scopes=["jobs:read"], created_at=0)
            .returning(api_tokens.c.id)
        )
    foreign = {
        "environment_id": environment,
        "job_id": 900_000,
        "team_id": 8,
        "user_id": 8001,
        "invitation_id": invitation,
        "token_id": token,
        "session_id": session_id(hash_token(session)),
        "request_id": "their-sign-in-id",
    }
    return Matrix(world, create_gateway(load_settings({}), world.engine), foreign)


def refused(answer: httpx.Response) -> bool:
    return answer.status_code in {401, 403} and answer.json()["code"] in REFUSED


async def expect(matrix: Matrix, operation: Operation, token: str, *, may: bool, who: str) -> None:
    answer = await matrix.ask(operation, token)
    assert refused(answer) is not may, f"{operation.name} as {who}: {answer.text}"
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
async def test_who_may_what(matrix: Matrix, operation: Operation) -> None:
    nobody = await matrix.ask(operation, None)
    if operation.scopes is None:
        # What an operation itself does not believe, such as an unknown token, is another matter.
        assert nobody.status_code != 403, nobody.text
        return
    assert nobody.status_code == 401
    assert nobody.json()["code"] == "not_authenticated"
    held = {**PERMISSIONS, "operator": OPERATOR_PERMISSIONS}
    for role, permissions in held.items():
        token = await matrix.session(role)
        await expect(matrix, operation, token, may=operation.scopes <= permissions, who=role)
    session_only = operation.name in SESSION_ONLY
    assert session_only is ("An API token may not do this." in operation.description) or (
        operation.name == "logout"
    )
    for role, scope in itertools.product(("owner", "operator", "viewer"), sorted(ALL_PERMISSIONS)):
        token = await matrix.api_token(role, [scope])
        implied = {scope, "teams:manage"} if scope == "platform:operate" else {scope}
        may = operation.scopes <= implied & held[role] and not session_only
        await expect(matrix, operation, token, may=may, who=f"token {scope} of {role}")


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.parameters], ids=lambda one: one.name
)
async def test_what_is_another_teams_is_not_there(matrix: Matrix, operation: Operation) -> None:
    """The owner of team 7 may do everything there, and nothing to what is of team 8."""
    before = {table: await matrix.world.rows(table) for table in (api_tokens, invitations)}
    answer = await matrix.ask(operation, await matrix.session("owner"), **matrix.foreign)
    assert answer.status_code in {403, 404}, f"{operation.name}: {answer.text}"
    assert "theirs" not in answer.text
    for table, rows in before.items():
        assert await matrix.world.rows(table) == rows
