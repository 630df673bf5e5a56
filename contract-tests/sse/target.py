"""Slipway as a target of the conformance kit: what it claims, and how events get into its log.

sse-conformance run --target contract-tests/sse/target.py
SLIPWAY_VARIANT=external sse-conformance run --target contract-tests/sse/target.py    # on PostgreSQL and RabbitMQ
"""

import asyncio
import itertools
import json
import os
import shutil
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import func, insert, select

from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import events, memberships, teams
from backbone.events.append import append
from backbone.events.position import new_epoch
from generated.models.event import JobStatusEvent
from generated.models.job import JobStatus
from sse_conformance import Capabilities, StreamRequest, Target, TargetError
from testing.accounts import add_member, add_session
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost
from testing.stack import RunningStack, bare_environment

T = TypeVar("T")
SECONDS = 60
PAGE_ORIGIN = "https://console.example.com"
OTHER_TEAM = 900_000
JOB = 999_999
KEPT = 300
STREAMS = "/api/v1/events"


class Slipway(Target):
    """`slipway up` on its embedded defaults, or on services; two teams of it. Texts are the messages of events."""

    max_text = 1024  # specs/schemas/event.yaml
    capabilities = Capabilities(
        ids=True,
        retry=True,
        resume_header=True,
        resume_query="last_event_id",
        durable=True,
        reset="reset",
        snapshot="snapshot.last_event_id",
        retention=KEPT,
        end="end",
        drain=True,
        drain_event="drain",
        auth=True,
        revocation=True,
        teams=True,
        heartbeat=1.0,
        slow_reader="told",
        lagged="lagged",
        cors=PAGE_ORIGIN,
        proxy_buffering=True,
        memory_per_stream=65_536,
    )

    def __init__(self) -> None:
        external = os.environ.get("SLIPWAY_VARIANT") == "external"
        self.name = "Slipway on PostgreSQL and RabbitMQ" if external else "Slipway"
        self.services = ExitStack()
        self.home = Path(tempfile.mkdtemp(prefix="slipway-conformance-"))
        settings = {
            "CORS_ALLOW_ORIGINS": PAGE_ORIGIN,
            "SSE_HEARTBEAT_SECONDS": "1",
            "EVENTS_RETENTION_COUNT": str(KEPT),
            "EVENTS_RETENTION_INTERVAL_SECONDS": "0.5",
            "SSE_RETRY_MILLISECONDS": "200",
        }
        database_url = f"sqlite:///{self.home / 'slipway.db'}"
        if external:
            database_url = self.services.enter_context(postgres_database())
            settings["DATABASE_URL"] = database_url
            settings["RABBITMQ_URL"] = self.services.enter_context(rabbitmq_vhost())
        self.stack = RunningStack(self.home, bare_environment(self.home) | settings)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.engine = create_engine(database_url)
        self.numbers = itertools.count(910_000)
        self.teams: list[int] = []
        self.tokens: list[str] = []
        self.withdrawn = ""

    def versions(self) -> str:
        """Give the contracts' version."""
        answer = httpx.get(f"{self.origin}/openapi.json", timeout=30)
        version: str = answer.json()["info"]["version"]
        return version

    @property
    def origin(self) -> str:
        """Give the address of the running stack."""
        assert self.stack.run is not None
        return self.stack.run.base_url

    def start(self) -> None:
        """Start it with two teams; started again, it goes on with what it stored."""
        self.stack.launch()
        if not self.tokens:
            self._wait(self._prepare())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)

    async def _prepare(self) -> None:
        async with transaction(self.engine) as conn:
            own = await conn.scalar(select(memberships.c.team_id).limit(1))
            other = {
                "id": OTHER_TEAM,
                "name": "Other",
                "status": "ACTIVE",
                "status_changed_at": time.time(),
                "epoch": new_epoch(),
                "created_at": time.time(),
            }
            await conn.execute(insert(teams).values(**other))
        self.teams = [int(own or 0), OTHER_TEAM]
        self.tokens = [await self._token(team) for team in self.teams]

    async def _token(self, team: int) -> str:
        user = next(self.numbers)
        await add_member(self.engine, user, team, "member")
        return await add_session(self.engine, user, team)

    def stop(self) -> None:
        """End it; its files stay for the next start."""
        self.stack.stop()

    def close(self) -> None:
        """Remove its files."""
        self._wait(self.engine.dispose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.services.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _request(self, token: str, **query: object) -> StreamRequest:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return StreamRequest(
            f"{self.origin}{STREAMS}?{asked}", {"Authorization": f"Bearer {token}"}
        )

    def stream(self, channel: int = 0) -> StreamRequest:
        """Give the stream of a team, by a session's token."""
        return self._request(self.tokens[channel], team_id=self.teams[channel])

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        """Append an event to a team's log, as a worker does."""
        self._wait(self._append([text], self.teams[channel]))

    def publish_many(self, texts: list[str], *, channel: int = 0) -> None:
        """Append them in one transaction."""
        self._wait(self._append(texts, self.teams[channel]))

    async def _append(self, texts: list[str], team: int) -> None:
        async with transaction(self.engine) as conn:
            for text in texts:
                told = JobStatusEvent(
                    type="job_status",
                    job_id=JOB,
                    team_id=team,
                    status=JobStatus.polling,
                    message=text,
                    env_name="x",
                    occurred_at=1,
                )
                await append(conn, team, told)

    def read(self, event: str, data: str) -> str | None:
        """Give the message of an event that was published here; jobs of their own have others."""
        body = json.loads(data) if event == "message" else {}
        return str(body["message"]) if body.get("job_id") == JOB else None

    def terminate(self) -> None:
        """Send SIGTERM."""
        if self.stack.process is not None:
            self.stack.process.send_signal(signal.SIGTERM)

    def exited(self) -> bool:
        """Say whether `slipway up` is gone."""
        return self.stack.process is None or self.stack.process.poll() is not None

    def pids(self) -> list[int]:
        """Give the process that serves streams; the worker beside it has none."""
        return [self.stack.process.pid] if self.stack.process is not None else []

    def revocable(self) -> StreamRequest:
        """Give a new session's stream."""
        self.withdrawn = self._wait(self._token(self.teams[0]))
        return self._request(self.withdrawn, team_id=self.teams[0])

    def revoke(self) -> None:
        """Log that session out."""
        self._post("auth/logout", self.withdrawn)

    def ending(self) -> StreamRequest:
        """Order an environment: its job's stream ends with the job."""
        order = {
            "shortdomain": f"sse-{uuid.uuid4().hex[:10]}",
            "nodes": [{"node_type": "nginxphp", "count": 1}],
        }
        job = self._post("environments", self.tokens[0], json=order).json()
        return self._request(
            self.tokens[0], job_id=job["job_id"], last_event_id=job["last_event_id"]
        )

    def finish(self) -> None:
        """Let the simulator finish it, which it does by itself."""

    def trim(self) -> None:
        """Wait for the retention, which works in the background."""
        deadline = time.monotonic() + SECONDS
        while self._wait(self._kept()) > KEPT:
            if time.monotonic() > deadline:
                raise TargetError("the history was not trimmed")
            time.sleep(0.1)

    async def _kept(self) -> int:
        kept = select(func.count()).where(events.c.team_id == self.teams[0])
        async with reading(self.engine) as conn:
            return int(await conn.scalar(kept) or 0)

    def _post(self, path: str, token: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{self.origin}/api/v1/{path}", headers=headers, timeout=30, **options)
        if not answer.is_success:
            raise TargetError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer
