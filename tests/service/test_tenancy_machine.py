"""Whatever members of three teams do to the service and the gateway, no team sees or changes another.

Each team's rows carry its own marker. After every request the answer holds no foreign marker, and
the rows of the other teams are what they were. `TENANCY_EXAMPLES` and `TENANCY_STEPS` make it run longer.
"""

import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Table, select, update

from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import (
    api_tokens,
    environments,
    events,
    invitations,
    job_logs,
    memberships,
    sessions,
    teams,
)
from backbone.job_status import TERMINAL
from backbone.settings import load_settings
from gateway.app import create_gateway
from tests.service.world import World, build_world

TEAMS = (11, 12, 13)
ROLES = ("viewer", "member", "admin", "owner")
EXAMPLES = int(os.environ.get("TENANCY_EXAMPLES", "2"))
STEPS = int(os.environ.get("TENANCY_STEPS", "100"))
API = "/api/v1"
OWNED = (memberships, api_tokens, invitations, job_logs, environments, events, sessions, teams)
SERIALS = st.integers(0, 400)

requests = st.sampled_from(
    [
        ("GET", "/auth/me", None),
        ("GET", "/auth/sessions", None),
        ("GET", "/auth/teams", None),
        ("GET", "/members", None),
        ("GET", "/invitations", None),
        ("GET", "/tokens", None),
        ("GET", "/audit", None),
        ("GET", "/platform/audit", None),
        ("GET", "/users", None),
        ("GET", "/teams", None),
        ("GET", "/environments", None),
        ("GET", "/jobs", None),
        ("GET", "/environments/{environment}", None),
        ("GET", "/jobs/{job}", None),
        ("POST", "/jobs/{job}/cancel", None),
        ("DELETE", "/environments/{environment}", None),
        ("POST", "/environments", {"shortdomain": "{mark}-{serial}"}),
        ("POST", "/invitations", {"role": "viewer", "email": "{mark}-{serial}@example.com"}),
        ("DELETE", "/invitations/{invitation}", None),
        ("POST", "/tokens", {"name": "{mark}", "scopes": ["jobs:read"]}),
        ("DELETE", "/tokens/{token}", None),
        ("PATCH", "/members/{user}", {"role": "member"}),
        ("DELETE", "/members/{user}", None),
        ("DELETE", "/auth/sessions/{session}", None),
        ("PATCH", "/teams/{team}", {"name": "{mark} renamed"}),
        ("PATCH", "/teams/{team}/status", {"status": "SUSPENDED"}),
        ("POST", "/auth/team", {"team_id": "{team}"}),
    ]
)


def mark(team_id: int) -> str:
    return f"marker{team_id}x"


class Tenancy(RuleBasedStateMachine):
    """Three teams with somebody in every role; one loop, database, service and gateway."""

    template: Path
    heard: int

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "tenancy.db")
        self.loop.run_until_complete(self._begin())

    async def _begin(self) -> None:
        engine = create_engine(f"sqlite:///{self.folder / 'tenancy.db'}")
        self.world: World = build_world(engine, ORDERS_PER_MINUTE="1000000")
        self.gateway: Any = create_gateway(load_settings({"ENABLE_SSE_BROKER": "false"}), engine)
        self.lifespan = self.gateway.router.lifespan_context(self.gateway)
        await self.lifespan.__aenter__()
        self.actors: list[tuple[int, int, str]] = []
        for team_id in TEAMS:
            await self.world.team(team_id)
            async with transaction(engine) as conn:
                await conn.execute(
                    update(teams).where(teams.c.id == team_id).values(name=mark(team_id))
                )
            for place, role in enumerate(ROLES):
                user_id = team_id * 100 + place
                await self.world.user(user_id, [team_id])
                async with transaction(engine) as conn:
                    await conn.execute(
                        update(memberships)
                        .where(memberships.c.user_id == user_id)
                        .values(role=role, permissions=None)
                    )
                token = await self.world.session(user_id, team_id)
                self.actors.append((user_id, team_id, token))
            await self.world.environment(team_id, f"{mark(team_id)}-first")
            async with self.world.client(self.actors[-1][2]) as owner:
                ordered = {"shortdomain": f"{mark(team_id)}-ordered"}
                answer = await owner.post(f"{API}/environments", json=ordered)
                assert answer.status_code == 202, answer.text

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.loop.run_until_complete(self._end())
            self.loop.close()
            shutil.rmtree(self.folder)

    async def _end(self) -> None:
        await self.lifespan.__aexit__(None, None, None)
        await self.world.engine.dispose()

    async def owned(self, table: Table, team_id: int) -> list[Any]:
        column = table.c.id if table is teams else table.c.team_id
        query = select(table).where(column == team_id).order_by(*table.primary_key.columns)
        async with reading(self.world.engine) as conn:
            return [tuple(row) for row in (await conn.execute(query)).all()]

    async def others(self, team_id: int) -> dict[tuple[str, int], list[Any]]:
        return {
            (table.name, other): await self.owned(table, other)
            for other in TEAMS
            if other != team_id
            for table in OWNED
        }

    async def values(self, target: int, own: int, serial: int) -> dict[str, Any]:
        """Ids of a team's rows, real ones where there are any."""
        found: dict[str, Any] = {"mark": mark(own), "serial": serial, "team": target}
        for name, table in (
            ("environment", environments),
            ("job", job_logs),
            ("invitation", invitations),
            ("token", api_tokens),
            ("user", memberships),
            ("session", sessions),
        ):
            rows = await self.owned(table, target)
            place = {"user": 1}.get(name, 0)
            key = rows[serial % len(rows)][place] if rows else serial
            found[name] = key[:16] if name == "session" and rows else key
        if isinstance(found["session"], int):
            found["session"] = "0" * 16
        return found

    @rule(actor=st.integers(0, 11), request=requests, whose=st.sampled_from(TEAMS), serial=SERIALS)
    def somebody_asks(
        self, actor: int, request: tuple[str, str, Any], whose: int, serial: int
    ) -> None:
        self.loop.run_until_complete(self._ask(actor, request, whose, serial))

    async def _ask(
        self, actor: int, request: tuple[str, str, Any], target: int, serial: int
    ) -> None:
        _, own, token = self.actors[actor]
        method, path, body = request
        values = await self.values(target, own, serial)
        text = json.dumps(body)
        for name, value in values.items():
            text = text.replace(f'"{{{name}}}"', json.dumps(value)).replace(
                f"{{{name}}}", str(value)
            )
        before = await self.others(own)
        async with self.world.client(token) as http:
            answer = await http.request(method, API + path.format(**values), json=json.loads(text))
        assert answer.status_code < 500, answer.text
        for other in TEAMS:
            if other != own:
                assert mark(other) not in answer.text, f"{method} {path} tells of team {other}"
        assert await self.others(own) == before, f"{method} {path} changed another team"
        if target != own and "{" in path and "{serial}" not in path:
            assert answer.status_code in {401, 403, 404}, f"{method} {path}: {answer.text}"
        if answer.status_code == 401 or path in {"/auth/team", "/auth/sessions/{session}"}:
            user_id = self.actors[actor][0]
            self.actors[actor] = (user_id, own, await self.world.session(user_id, own))

    @rule(actor=st.integers(0, 11), whose=st.sampled_from(TEAMS), of_job=st.booleans())
    def somebody_listens(self, actor: int, whose: int, of_job: bool) -> None:
        self.loop.run_until_complete(self._listen(actor, whose, of_job=of_job))

    async def _listen(self, actor: int, target: int, *, of_job: bool) -> None:
        """Open a stream from the log's beginning, read what there is, and leave."""
        user_id, own, token = self.actors[actor]
        query = f"team_id={target}&last_event_id=epoch{target}.0"
        jobs = await self.owned(job_logs, target)
        job_id = jobs[-1][0] if of_job else None
        if job_id is not None:
            query = f"job_id={job_id}&last_event_id=epoch{target}.0"
        expected = await self.audible(own, user_id, job_id) if target == own else []
        status, text = await self.stream(token, query, expected)
        if target != own:
            assert status in {401, 403, 404}, text
        if status == 200:
            told = [line.removeprefix("id: ") for line in text.splitlines() if "id: " in line[:4]]
            assert told == expected
            Tenancy.heard += len(told)
        for other in TEAMS:
            if other != own:
                assert mark(other) not in text, f"a stream of team {own} tells of team {other}"
                assert f'"team_id":{other}' not in text

    async def audible(self, team_id: int, user_id: int, job_id: int | None) -> list[str]:
        """The ids of the log's events that a stream of the user, of one job or of all, must tell."""
        query = select(events).where(events.c.team_id == team_id).order_by(events.c.position)
        async with reading(self.world.engine) as conn:
            rows = (await conn.execute(query)).all()
        found = []
        for row in rows:
            of_user = row.type not in {"job_status", "team_status_changed"}
            if (of_user and row.user_id != user_id) or (
                row.type == "job_status" and job_id not in {None, row.job_id}
            ):
                continue
            found.append(f"epoch{team_id}.{row.position}")
            if row.type == "job_status" and job_id is not None and row.status in TERMINAL:
                break
        return found

    async def stream(self, token: str, query: str, expected: list[str]) -> tuple[int, str]:
        """Listen until what is expected was told, or the answer is over; its status and text."""
        sent: list[dict[str, Any]] = []
        asked, left = asyncio.Event(), asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not asked.is_set():
                asked.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": f"{API}/events", "raw_path": b"", "root_path": "",
            "query_string": query.encode(), "client": ("test", 1), "server": ("test", 80),
            "headers": [(b"host", b"test"), (b"authorization", f"Bearer {token}".encode())],
        }  # fmt: skip
        call = asyncio.create_task(self.gateway(scope, receive, send))
        async with asyncio.timeout(60):
            while not (call.done() or self._told(sent, expected)):
                await asyncio.sleep(0.001)
        left.set()
        await asyncio.wait_for(call, 10)
        status = next(each["status"] for each in sent if each["type"] == "http.response.start")
        return status, self._body(sent)

    @staticmethod
    def _body(sent: list[dict[str, Any]]) -> str:
        return b"".join(each.get("body", b"") for each in sent).decode()

    def _told(self, sent: list[dict[str, Any]], expected: list[str]) -> bool:
        text = self._body(sent)
        return "event: sync" in text and all(f"id: {each}\n" in text for each in expected)


@pytest.mark.timeout(1800)
def test_no_team_sees_or_changes_another(migrated_sqlite: Path) -> None:
    Tenancy.template, Tenancy.heard = migrated_sqlite, 0
    run_state_machine_as_test(
        Tenancy,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            # Shrinking would repeat the whole many times; the failing steps are printed anyway.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Tenancy.heard > EXAMPLES, "the streams of the teams' own members told next to nothing"
