"""A rolling upgrade under load: an old release's processes, then both, then the new one's alone."""

import asyncio
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backbone.database.engine import create_engine
from testing.accounts import add_member, add_session
from testing.installation import Installation, common_environment, provider, release
from testing.postgres import postgres_database
from testing.process import ROOT
from testing.rabbitmq import rabbitmq_vhost
from tests.backbone.rows import make_team

TEAM, USER = 7, 3
ENDED = {"completed", "failed", "cancelled"}
PAUSE = 0.1
LAST_SECONDS = 120.0


@dataclass(slots=True)
class Outcome:
    """What happened. `faults` are broken promises; refusals of a process that ends are none."""

    accepted: dict[int, str] = field(default_factory=dict)
    endings: dict[int, list[str]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    events: int = 0
    faults: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


def unpacked(revision: str, folder: Path) -> Path:
    """Put the files of a commit into a folder."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


async def upgrade_under_load(revision: str, home: Path, *, seconds: float) -> Outcome:
    """Upgrade from a commit to this checkout, `seconds` in each of the three phases."""
    outcome = Outcome()
    old_root = unpacked(revision, home / "old")
    with postgres_database() as database_url, rabbitmq_vhost() as rabbitmq_url:
        environment = common_environment(home, database_url, rabbitmq_url)
        async with provider(home, environment) as simulator:
            old = release(home, environment, simulator, name="old-", root=old_root)
            new = release(home, environment, simulator, name="new-")
            try:
                await _roll(outcome, old, new, environment, seconds)
            finally:
                for process in (*old.processes.values(), *new.processes.values()):
                    await process.kill()
    return outcome


async def _roll(
    outcome: Outcome,
    old: Installation,
    new: Installation,
    environment: dict[str, str],
    seconds: float,
) -> None:
    await old.processes["service"].start()
    await asyncio.gather(*(p.start() for n, p in old.processes.items() if n != "service"))
    engine = create_engine(environment["DATABASE_URL"])
    await make_team(engine, TEAM)
    await add_member(engine, USER, TEAM, role="owner")
    token = await add_session(engine, USER, TEAM)
    await engine.dispose()
    stop = asyncio.Event()
    bearer = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=bearer, timeout=30) as http:
        tasks = [
            asyncio.create_task(_order(outcome, http, [old.service_url, new.service_url], stop)),
            asyncio.create_task(_listen(outcome, http, [old.gateway_url, new.gateway_url])),
        ]
        outcome.steps.append("the old release alone")
        await asyncio.sleep(seconds)
        _migrate(environment)
        outcome.steps.append("migrated, the old release goes on")
        await asyncio.gather(*(process.start() for process in new.processes.values()))
        outcome.steps.append("both releases")
        await asyncio.sleep(seconds)
        for name, process in old.processes.items():
            status = await process.terminate(20.0)
            outcome.steps.append(f"old {name} ended with {status}")
        await asyncio.sleep(seconds)
        stop.set()
        await tasks[0]
        await _all_ended(outcome)
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
    for process in (*old.processes.values(), *new.processes.values()):
        outcome.faults += [f"{process.name} ended by itself: {code}" for code in process.crashes]
    _judge(outcome)


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


async def _listen(outcome: Outcome, http: httpx.AsyncClient, urls: Sequence[str]) -> None:
    """Read the team's stream as a browser does, and check the numbers."""
    last_id: str | None = None
    for url in itertools.cycle(urls):
        headers = {} if last_id is None else {"last-event-id": last_id}
        try:
            async with http.stream("GET", f"{url}/api/v1/events", headers=headers) as stream:
                if stream.status_code != httpx.codes.OK:
                    await asyncio.sleep(PAUSE)
                    continue
                event = {}
                async for line in stream.aiter_lines():
                    name, _, value = line.partition(": ")
                    if line:
                        event[name] = value
                        continue
                    last_id = _take(outcome, event, last_id)
                    event = {}
        except httpx.TransportError:
            await asyncio.sleep(PAUSE)
        outcome.reconnects += 1


def _take(outcome: Outcome, event: dict[str, str], last_id: str | None) -> str | None:
    if event.get("event") in {"reset", "lagged"}:
        outcome.faults.append(
            f"the stream was told {event['event']}: {event.get('data', '')[:200]}"
        )
    if event.get("event") != "message" or "id" not in event:
        return event.get("id") or last_id
    outcome.events += 1
    epoch, _, position = event["id"].rpartition(".")
    if last_id is not None:
        before, _, number = last_id.rpartition(".")
        if (before, int(number) + 1) != (epoch, int(position)):
            outcome.faults.append(f"event {event['id']} came after {last_id}")
    body = json.loads(event["data"])
    if body.get("type") == "job_status" and body["status"] in ENDED:
        outcome.endings.setdefault(body["job_id"], []).append(body["status"])
    return event["id"]


async def _all_ended(outcome: Outcome) -> None:
    try:
        async with asyncio.timeout(LAST_SECONDS):
            while outcome.accepted.keys() - outcome.endings.keys():
                await asyncio.sleep(0.1)
    except TimeoutError:
        return


def _judge(outcome: Outcome) -> None:
    for job_id, name in outcome.accepted.items():
        endings = outcome.endings.get(job_id, [])
        if endings != ["completed"]:
            outcome.faults.append(f"{name} (job {job_id}) ended as {endings}")
    for status in outcome.statuses:
        if status.startswith("5"):
            outcome.faults.append(f"{outcome.statuses[status]} answers {status}")
