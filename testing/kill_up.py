"""`slipway up`, killed at random moments while orders come in, and started again each time.

What it proves: every order that was recorded gets exactly one ending, whoever died when.
"""

import asyncio
import random
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from testing.stack import RunningStack, bare_environment

TERMINAL = ("completed", "failed", "cancelled")
BACKLOG_SECONDS = 900.0
FIRST_ORDER_SECONDS = 60.0
PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Outcome:
    """What was seen: orders that got a 202, all that are recorded, and what is wrong with them.

    `backlog_seconds` lie between the last start and the last ending.
    """

    kills: int = 0
    accepted: set[int] = field(default_factory=set)
    recorded: int = 0
    unfinished: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waiting_at_last_start: int = 0
    backlog_seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """One line per broken promise; none when all is well."""
        lines = [f"job {job} was accepted and is not recorded" for job in self.lost]
        lines += [f"job {job} has no ending" for job in self.unfinished]
        return lines + self.wrong


async def kill_under_load(
    home: Path, *, kills: int, clients: int, seed: int, live: tuple[float, float] = (0.3, 3.0)
) -> Outcome:
    """Kill `slipway up` so often, each time after a random part of `live` seconds of orders."""
    chance = random.Random(seed)
    outcome = Outcome()
    environment = bare_environment(home) | {"ORDERS_PER_MINUTE": "100000"}
    environment |= {"JOB_LEASE_SECONDS": "5", "LOG_LEVEL": "warning"}
    # Each ending is looked for in the log, so nothing of it may be trimmed.
    environment |= {"EVENTS_RETENTION_COUNT": "1000000"}
    stack = RunningStack(home, environment)
    try:
        for _ in range(kills):
            await asyncio.to_thread(stack.launch)
            first = asyncio.Event()
            orders = [
                asyncio.create_task(_order(stack, outcome, f"k{outcome.kills}-{each}", first))
                for each in range(clients)
            ]
            async with asyncio.timeout(FIRST_ORDER_SECONDS):
                await first.wait()
            await asyncio.sleep(chance.uniform(*live))
            await asyncio.to_thread(stack.kill)
            outcome.kills += 1
            await asyncio.gather(*orders)
        await asyncio.to_thread(stack.launch)
        await _backlog(home, outcome)
    finally:
        await asyncio.to_thread(stack.stop)
    _judge(home, outcome)
    return outcome


async def _order(stack: RunningStack, outcome: Outcome, name: str, accepted: asyncio.Event) -> None:
    """Order one environment after the other until the server dies."""
    origin = stack.origin
    async with httpx.AsyncClient(base_url=f"{origin.base_url}/api/v1", timeout=10) as client:
        with suppress(httpx.TransportError):
            login = {"email": origin.email, "password": origin.password}
            token = (await client.post("/auth/login", json=login)).json()["exchange_token"]
            exchanged = await client.post("/auth/session-exchange", json={"exchange_token": token})
            client.headers["Authorization"] = f"Bearer {exchanged.cookies['slipway_session']}"
            client.cookies.clear()
            number = 0
            while True:
                number += 1
                body = {"shortdomain": f"{name}-{number}", "nodes": [{"node_type": "nginxphp"}]}
                answer = await client.post("/environments", json=body)
                if answer.status_code == httpx.codes.ACCEPTED:
                    outcome.accepted.add(answer.json()["job_id"])
                    accepted.set()
                await asyncio.sleep(PAUSE_SECONDS)


async def _backlog(home: Path, outcome: Outcome) -> None:
    """Wait until all jobs have ended, and note how long that took."""
    began = time.monotonic()
    outcome.waiting_at_last_start = len(_jobs_without_ending(home))
    while _jobs_without_ending(home):
        if time.monotonic() - began > BACKLOG_SECONDS:
            break
        await asyncio.sleep(0.2)
    outcome.backlog_seconds = time.monotonic() - began


def _rows(home: Path, sql: str) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(f"file:{home / 'slipway.db'}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def _jobs_without_ending(home: Path) -> list[int]:
    marks = ", ".join(f"'{each}'" for each in TERMINAL)
    sql = f"SELECT id, status FROM job_logs WHERE status NOT IN ({marks})"
    return [job for job, _ in _rows(home, sql)]


def _judge(home: Path, outcome: Outcome) -> None:
    """Compare jobs, log and provider: one ending each, and one environment per completed order."""
    jobs = dict(_rows(home, "SELECT id, status FROM job_logs WHERE id > 0"))
    outcome.recorded = len(jobs)
    outcome.unfinished = _jobs_without_ending(home)
    outcome.lost = sorted(outcome.accepted - jobs.keys())
    endings: dict[int, list[str]] = {job: [] for job in jobs}
    for job, status in _rows(home, "SELECT job_id, status FROM events ORDER BY position"):
        if status in TERMINAL and job in endings:
            endings[job].append(status)
    for job, told in endings.items():
        if told != [jobs[job]] and job not in outcome.unfinished:
            outcome.wrong.append(f"job {job} is {jobs[job]}, and its log says {told}")
    names = [name for name, _ in _rows(home, "SELECT env_name, status FROM environments")]
    if len(names) != len(set(names)):
        outcome.wrong.append("an environment exists twice")
