"""A rolling upgrade under load, from an old release's processes to the new one's, and once back."""

import asyncio
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backbone.database.engine import create_engine
from testing.accounts import add_member, add_session
from testing.installation import STOP_SECONDS, Installation, common_environment, provider, release
from testing.postgres import postgres_database
from testing.process import ROOT
from testing.rabbitmq import rabbitmq_vhost
from tests.backbone.rows import make_team

TEAM, USER = 7, 3
ENDED = {"completed", "failed", "cancelled"}
PAUSE = 0.1
STANDSTILL_SECONDS = 240.0
"""Without an end of a job for so long, the installation stands still."""


@dataclass(slots=True)
class Heard:
    """What one reader of the team's stream was told: how each job ended, and how much else."""

    endings: dict[int, list[str]] = field(default_factory=dict)
    last_id: str | None = None
    events: int = 0
    connects: int = 0


@dataclass(slots=True)
class Outcome:
    """What happened. `faults` are broken promises; refusals of a process that ends are none."""

    accepted: dict[int, str] = field(default_factory=dict)
    readers: list[Heard] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    @property
    def ended(self) -> set[int]:
        """The jobs whose end some reader was told."""
        return set.union(*(set(reader.endings) for reader in self.readers))


def unpacked(revision: str, folder: Path) -> Path:
    """Put the files of a commit into a folder."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


async def upgrade_under_load(revision: str, home: Path, *, orders: int) -> Outcome:
    """Upgrade from a commit to this checkout, with `orders` done in each phase."""
    outcome = Outcome()
    old_root = unpacked(revision, home / "old")
    with postgres_database() as database_url, rabbitmq_vhost() as rabbitmq_url:
        environment = common_environment(home, database_url, rabbitmq_url)
        async with provider(home, environment) as simulator:
            old = release(home, environment, simulator, name="old-", root=old_root)
            new = release(home, environment, simulator, name="new-")
            try:
                await _Upgrade(outcome, old, new, environment, orders).run()
            finally:
                for process in (*old.processes.values(), *new.processes.values()):
                    await process.kill()
    return outcome


class _Upgrade:
    """Somebody orders all the time and somebody reads at each release's gateway, all the way."""

    def __init__(
        self,
        outcome: Outcome,
        old: Installation,
        new: Installation,
        environment: dict[str, str],
        orders: int,
    ) -> None:
        self._outcome = outcome
        self._old = old
        self._new = new
        self._environment = environment
        self._orders = orders
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        old, new, outcome = self._old, self._new, self._outcome
        await old.processes["service"].start()
        await asyncio.gather(*(p.start() for n, p in old.processes.items() if n != "service"))
        stop = asyncio.Event()
        bearer = {"authorization": f"Bearer {await self._token()}"}
        async with httpx.AsyncClient(headers=bearer, timeout=30) as http:
            services = [old.service_url, new.service_url]
            ordering = asyncio.create_task(_order(outcome, http, services, stop))
            self._read(http, old, new)
            try:
                await self._phase("the old release alone")
                _migrate(self._environment)
                await self._phase("the old release on the new schema")
                await self._start(new)
                self._read(http, new, old)
                await self._phase("both releases")
                await self._end(new)
                await self._phase("back: the old release alone, with what the new one left")
                await self._start(new)
                await self._end(old)
                await self._phase("the new release alone")
                stop.set()
                await ordering
                await self._wait(self._all_told)
            except TimeoutError:
                outcome.faults.append("the installation stands still")
            finally:
                for task in (ordering, *self._tasks):
                    task.cancel()
                await asyncio.gather(ordering, *self._tasks, return_exceptions=True)
        self._judge()

    async def _token(self) -> str:
        engine = create_engine(self._environment["DATABASE_URL"])
        await make_team(engine, TEAM)
        await add_member(engine, USER, TEAM, role="owner")
        token = await add_session(engine, USER, TEAM)
        await engine.dispose()
        return token

    def _read(self, http: httpx.AsyncClient, *gateways: Installation) -> None:
        reader = Heard()
        self._outcome.readers.append(reader)
        urls = [installation.gateway_url for installation in gateways]
        self._tasks.append(asyncio.create_task(_listen(self._outcome, reader, http, urls)))

    async def _start(self, installation: Installation) -> None:
        await asyncio.gather(*(process.start() for process in installation.processes.values()))

    async def _end(self, installation: Installation) -> None:
        for process in installation.processes.values():
            status = await process.terminate(STOP_SECONDS)
            self._outcome.steps.append(f"{process.name} ended with {status}")
            if status != 0:
                self._outcome.faults.append(f"{process.name} ended with {status}")

    async def _phase(self, name: str) -> None:
        """Let it work until as many orders as wanted, of this phase, are done."""
        self._outcome.steps.append(name)
        before = set(self._outcome.accepted)
        await self._wait(lambda: len(self._outcome.ended - before) >= self._orders)

    async def _wait(self, done: Callable[[], bool]) -> None:
        """Wait until it is done. Raises TimeoutError when no further job ends for long."""
        while not done():
            seen = len(self._outcome.ended)
            async with asyncio.timeout(STANDSTILL_SECONDS):
                while not done() and len(self._outcome.ended) == seen:
                    await asyncio.sleep(PAUSE)

    def _all_told(self) -> bool:
        """Whether the first reader heard the end of all jobs, and the others came as far."""
        first = self._outcome.readers[0]
        return self._outcome.accepted.keys() <= first.endings.keys() and all(
            reader.last_id == first.last_id for reader in self._outcome.readers
        )

    def _judge(self) -> None:
        outcome = self._outcome
        for process in (*self._old.processes.values(), *self._new.processes.values()):
            outcome.faults += [
                f"{process.name} ended by itself: {code}" for code in process.crashes
            ]
        first, *later = outcome.readers
        for job_id, name in outcome.accepted.items():
            endings = first.endings.get(job_id, [])
            if endings != ["completed"]:
                outcome.faults.append(f"{name} (job {job_id}) ended as {endings}")
        for reader in later:
            if any(endings != ["completed"] for endings in reader.endings.values()):
                outcome.faults.append(f"another reader was told {reader.endings}")
        outcome.faults += [
            f"{count} answers {status}"
            for status, count in outcome.statuses.items()
            if status.startswith("5")
        ]


def _migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "slipway", "migrate"], cwd=ROOT, env=environment, check=True
    )


async def _order(
    outcome: Outcome, http: httpx.AsyncClient, urls: Sequence[str], stop: asyncio.Event
) -> None:
    """Order all the time, from whichever release answers; a key makes repeating safe."""
    for number in itertools.count():
        if stop.is_set():
            return
        name = f"shop-{number}"
        for url in itertools.cycle(urls if number % 2 else tuple(reversed(urls))):
            try:
                answer = await http.post(
                    f"{url}/api/v1/environments",
                    json={"shortdomain": name},
                    headers={"idempotency-key": name},
                )
            except httpx.TransportError:
                outcome.statuses["no connection"] += 1
                await asyncio.sleep(PAUSE)
                continue
            outcome.statuses[str(answer.status_code)] += 1
            if answer.status_code == httpx.codes.ACCEPTED:
                outcome.accepted[answer.json()["job_id"]] = name
                break
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(PAUSE)


async def _listen(
    outcome: Outcome, heard: Heard, http: httpx.AsyncClient, urls: Sequence[str]
) -> None:
    """Read the team's stream as a browser does, and check the numbers."""
    for url in itertools.cycle(urls):
        headers = {} if heard.last_id is None else {"last-event-id": heard.last_id}
        try:
            async with http.stream("GET", f"{url}/api/v1/events", headers=headers) as stream:
                if stream.status_code == httpx.codes.OK:
                    heard.connects += 1
                    await _take_all(outcome, heard, stream)
        except httpx.TransportError:
            pass
        await asyncio.sleep(PAUSE)


async def _take_all(outcome: Outcome, heard: Heard, stream: httpx.Response) -> None:
    event: dict[str, str] = {}
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
            continue
        _take(outcome, heard, event)
        event = {}


def _take(outcome: Outcome, heard: Heard, event: dict[str, str]) -> None:
    if event.get("event") in {"reset", "lagged"}:
        outcome.faults.append(
            f"the stream was told {event['event']}: {event.get('data', '')[:200]}"
        )
    before, heard.last_id = heard.last_id, event.get("id") or heard.last_id
    if event.get("event") != "message" or "id" not in event:
        return
    heard.events += 1
    if before is not None and _number(event["id"]) != (_number(before)[0], _number(before)[1] + 1):
        outcome.faults.append(f"event {event['id']} came after {before}")
    body = json.loads(event["data"])
    if body.get("type") == "job_status" and body["status"] in ENDED:
        heard.endings.setdefault(body["job_id"], []).append(body["status"])


def _number(event_id: str) -> tuple[str, int]:
    epoch, _, position = event_id.rpartition(".")
    return epoch, int(position)
