"""A broker, a database, a simulator, relay and reaper in this process, and stock Celery workers beside it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aio_pika
import pytest
import uvicorn
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import environments, events, job_logs, outbox, teams
from backbone.jobs.reaper import Reaper, ReaperRules
from backbone.orders.order import CREATE, DELETE, Order
from backbone.orders.record import Recorder, _write
from backbone.relay.create import create_relay
from backbone.settings import load_settings
from generated.messaging.message import send_create_environment, send_delete_environment
from generated.models.event import JobStatusEvent
from generated.models.job import CreateEnvironmentJobPayload, DeleteEnvironmentJobPayload
from slipway.simulator import SimulatorConfig, SimulatorState, create_simulator
from testing.checkout import ROOT
from testing.launch import launch

TEAM = 7
LOGIN, PASSWORD = "ops@x.test", "pw-of-the-provider"
ENDED = ("completed", "failed", "cancelled")
TIMEOUT = 60.0
EMBEDDED = pytest.mark.parametrize("urls", ["embedded"], indirect=True)
"""For tests that need only one of the stacks: SQLite and the embedded broker."""
EXTERNAL = pytest.param("external", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])
ON_EXTERNAL = pytest.mark.parametrize("urls", [EXTERNAL], indirect=True)
"""The other one: PostgreSQL and RabbitMQ."""


async def until(ready: Callable[[], Any], what: str, seconds: float = TIMEOUT) -> Any:
    """Waits for a true answer, of a function or a coroutine function."""
    end = time.monotonic() + seconds
    while True:
        answer = ready()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"in vain waited {seconds} s for {what}")
        await asyncio.sleep(0.02)


class WorkerProcess:
    """`celery -A <module> worker`, its log as JSON lines."""

    def __init__(self, module: str, arguments: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        command = ["-A", module, "worker", *arguments]
        with log.open("ab") as output:
            self.process = launch("celery", command, env, output=output.fileno())

    def told(self, event: str) -> list[dict[str, Any]]:
        """The log's entries of this name."""
        entries = []
        for line in self.log.read_text(errors="replace").splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event", "").startswith(event):
                    entries.append(entry)
        return entries

    async def ready(self) -> None:
        def is_ready() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"the worker ended:\n{self.log.read_text()[-3000:]}")
            return any("ready." in e["event"] for e in self.told(""))

        await until(is_ready, "the worker to be ready")

    async def ended(self) -> int:
        await until(lambda: self.process.poll() is not None, "the worker's end")
        return self.process.returncode

    def kill(self) -> None:
        """Ends what is left of it: the process and its children have a session of their own."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class WorkerStack:
    """What the tests order and look at."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        simulator: SimulatorState,
        env: dict[str, str],
        amqp_url: str,
        home: Path,
    ) -> None:
        self.engine = engine
        self.simulator = simulator
        self.env = env
        self.amqp_url = amqp_url
        self.home = home
        self.workers: list[WorkerProcess] = []

    async def worker(
        self, *arguments: str, module: str = "worker.main", ready: bool = True, **env: str
    ) -> WorkerProcess:
        """Starts a worker; by default with four threads."""
        log = self.home / f"worker-{len(self.workers)}.log"
        chosen = list(arguments) or ["-P", "threads", "-c", "4"]
        worker = WorkerProcess(module, chosen, self.env | env, log)
        self.workers.append(worker)
        if ready:
            await worker.ready()
        return worker

    async def order(self, job_id: int = 42, *, dispatch: bool = True, **extra: Any) -> None:
        """What the service does for POST /environments."""
        name = f"shop-{job_id}"
        payload = CreateEnvironmentJobPayload.model_validate(
            {"job_id": job_id, "team_id": TEAM, "user_id": 3, "shortdomain": name}
            | {"nodes": [{"node_type": "nginxphp"}], "metadata": {"project": "web"}}
            | extra
        )
        message = send_create_environment(payload, task_id=f"job-{job_id}-1")
        order = self._order(job_id, CREATE, name, payload, message)
        if dispatch:
            await Recorder(self.engine).record(order)
            return
        # In one transaction, as the relay is quick.
        async with transaction(self.engine) as conn:
            await _write(conn, order)
            await conn.execute(outbox.delete().where(outbox.c.position.is_(None)))

    async def order_deletion(self, job_id: int, environment_id: int, env_name: str) -> None:
        payload = DeleteEnvironmentJobPayload.model_validate(
            {"job_id": job_id, "team_id": TEAM, "user_id": 3}
            | {"environment_id": environment_id, "env_name": env_name}
        )
        message = send_delete_environment(payload, task_id=f"job-{job_id}-1")
        order = self._order(
            job_id, DELETE, env_name, payload, message, environment_id=environment_id
        )
        await Recorder(self.engine).record(order)

    def _order(
        self, job_id: int, kind: str, name: str, payload: Any, message: Any, **extra: Any
    ) -> Order:
        now = time.time()
        event = JobStatusEvent(
            type="job_status",
            job_id=job_id,
            team_id=TEAM,
            status="queued",
            message="Queued",
            env_name=name,
            occurred_at=int(now),
        )
        return Order(
            job_id=job_id,
            team_id=TEAM,
            user_id=3,
            kind=kind,
            env_name=name,
            payload=payload.model_dump(mode="json"),
            event=event,
            dispatch=message,
            created_at=now,
            **extra,
        )

    async def job(self, job_id: int = 42) -> Any:
        async with reading(self.engine) as conn:
            return (await conn.execute(select(job_logs).where(job_logs.c.id == job_id))).one()

    async def told(self, job_id: int = 42) -> list[str]:
        query = select(events.c.status).where(events.c.job_id == job_id).order_by(events.c.position)
        async with reading(self.engine) as conn:
            return list((await conn.scalars(query)).all())

    async def environments(self) -> list[Any]:
        async with reading(self.engine) as conn:
            return list((await conn.execute(select(environments))).all())

    async def status(self, wanted: str, job_id: int = 42) -> None:
        async def reached() -> bool:
            return (await self.job(job_id)).status == wanted

        await until(reached, f"job {job_id} to be {wanted}")

    async def end(self, job_id: int = 42) -> str:
        """Waits for the job's end, and checks that row, log and provider agree on one."""

        async def ended() -> bool:
            return (await self.job(job_id)).status in ENDED

        await until(ended, f"the end of job {job_id}")
        told = await self.told(job_id)
        assert [status for status in told if status in ENDED] == [told[-1]], told
        assert (await self.job(job_id)).status == told[-1]
        return told[-1]

    async def publish(self, body: bytes, headers: Any, **properties: Any) -> None:
        """Anything at all, into the queue of creations."""
        connection = await aio_pika.connect(self.amqp_url)
        async with connection, connection.channel() as channel:
            exchange = await channel.get_exchange("jobs.direct", ensure=False)
            properties = {"content_type": "application/json", **properties}
            message = aio_pika.Message(body, headers=headers, **properties)
            await exchange.publish(message, routing_key="jobs.env.create", mandatory=True)

    async def publish_duplicate(self, job_id: int = 42) -> None:
        """The job's message once more, as a broker that redelivers would."""
        payload = CreateEnvironmentJobPayload.model_validate((await self.job(job_id)).payload)
        message = send_create_environment(payload, task_id=f"job-{job_id}-1")
        await self.publish(message.body, message.headers, correlation_id=message.correlation_id)

    async def dead_letter(self) -> aio_pika.abc.AbstractIncomingMessage:
        """Waits for the next dead letter and takes it."""
        connection = await aio_pika.connect(self.amqp_url)
        async with connection, connection.channel() as channel:
            queue = await channel.declare_queue("jobs.dead", durable=True, passive=True)

            async def get() -> Any:
                return await queue.get(no_ack=True, fail=False)

            return await until(get, "a dead letter")

    async def waiting(self, queue_name: str = "jobs.env.create") -> int:
        """How many messages are ready in a queue."""
        connection = await aio_pika.connect(self.amqp_url)
        async with connection, connection.channel() as channel:
            queue = await channel.declare_queue(queue_name, durable=True, passive=True)
            return queue.declaration_result.message_count


@asynccontextmanager
async def worker_stack(
    database_url: str, amqp_url: str | None, home: Path, **settings: str
) -> AsyncIterator[WorkerStack]:
    """Everything but the workers, running; at the end everything ends. No relay without a broker."""
    engine = create_engine(database_url)
    app = create_simulator(SimulatorConfig(login=LOGIN, password=PASSWORD))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1, lifespan="off")
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve())
    await until(lambda: server.started, "the simulator")
    port = server.servers[0].sockets[0].getsockname()[1]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "SLIPWAY_HOME": str(home / "slipway"),
        "DATABASE_URL": database_url,
        "RABBITMQ_URL": amqp_url or "",
        "VIRTUOZZO_BASE_URL": f"http://127.0.0.1:{port}",
        "VIRTUOZZO_LOGIN": LOGIN,
        "VIRTUOZZO_PASSWORD": PASSWORD,
        "VIRTUOZZO_POLL_SECONDS": "0.05",
        "VIRTUOZZO_POLL_MAX_SECONDS": "0.2",
        "VIRTUOZZO_ACCOUNT_POLL_SECONDS": "0.05",
        "VIRTUOZZO_INSTALLATION": "test",
        "SLIPWAY_SECRET_KEYS": new_key(),
        "JOB_LEASE_SECONDS": "2",
        "JOB_RETRY_BASE_SECONDS": "0.1",
        "REAPER_INTERVAL_SECONDS": "0.2",
        "LOG_FORMAT": "json",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
        **settings,
    }
    chosen = load_settings(env)
    async with transaction(engine) as conn:
        team = {"id": TEAM, "name": "Seven", "status": "ACTIVE", "status_changed_at": 0.0}
        await conn.execute(insert(teams), team | {"epoch": "E", "created_at": 0.0})

    background_tasks = [asyncio.create_task(Reaper(engine, ReaperRules.of(chosen)).run())]
    if amqp_url is not None:
        relay = create_relay(chosen, engine, amqp_url)
        background_tasks.append(asyncio.create_task(relay.run()))
    stack = WorkerStack(
        engine=engine, simulator=app.state.simulator, env=env, amqp_url=amqp_url or "", home=home
    )
    try:
        yield stack
    finally:
        for worker in stack.workers:
            worker.kill()
        app.state.simulator.close()
        server.should_exit = True
        for task in background_tasks:
            task.cancel()
        await asyncio.gather(*background_tasks, return_exceptions=True)
        await serving
        await engine.dispose()
