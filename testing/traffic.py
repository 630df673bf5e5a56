"""Orders and readers of an installation's streams while something is done to it, and what they saw."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import httpx

from backbone.database.engine import create_engine
from testing.accounts import add_member, add_session
from tests.backbone.rows import make_team

TEAM, USER = 7, 3
ENDED = {"completed", "failed", "cancelled"}
PAUSE = 0.1
STANDSTILL_SECONDS = 240.0
"""Without an end of a job for so long, the installation stands still."""


@dataclass(slots=True)
class ReaderLog:
    """What one reader of the team's stream was told: how each job ended, and how much else."""

    endings: dict[int, list[str]] = field(default_factory=dict)
    last_id: str | None = None
    events: int = 0
    connects: int = 0


class Traffic:
    """Orders all the time, from whichever of `services` answers; a key makes repeating safe.

    `faults` are broken promises; refusals of a process that ends are none.
    """

    def __init__(self, http: httpx.AsyncClient, services: Sequence[str]) -> None:
        self.accepted: dict[int, str] = {}
        self.readers: list[ReaderLog] = []
        self.statuses: Counter[str] = Counter()
        self.faults: list[str] = []
        self._http = http
        self._services = services
        self._stop = asyncio.Event()
        self._ordering = asyncio.create_task(self._order())
        self._reading: list[asyncio.Task[None]] = []

    def read(self, *gateways: str) -> None:
        """Read the team's stream from now on, at the first gateway that answers."""
        reader = ReaderLog()
        self.readers.append(reader)
        self._reading.append(asyncio.create_task(self._listen(reader, gateways)))

    async def done(self, orders: int) -> None:
        """Wait until so many further orders are done. Raises TimeoutError when all stands still."""
        before = set(self.accepted)
        await self._wait(lambda: len(self._ended() - before) >= orders)

    async def finish(self) -> None:
        """Order no more, wait until all is told, and judge."""
        self._stop.set()
        await self._ordering
        await self._wait(self._all_told)
        first, *later = self.readers
        for job_id, name in self.accepted.items():
            endings = first.endings.get(job_id, [])
            if endings != ["completed"]:
                self.faults.append(f"{name} (job {job_id}) ended as {endings}")
        for reader in later:
            if any(endings != ["completed"] for endings in reader.endings.values()):
                self.faults.append(f"another reader was told {reader.endings}")
        self.faults += [
            f"{count} answers {status}"
            for status, count in self.statuses.items()
            if status.startswith("5")
        ]

    async def cancel(self) -> None:
        """End all tasks."""
        for task in (self._ordering, *self._reading):
            task.cancel()
        await asyncio.gather(self._ordering, *self._reading, return_exceptions=True)

    def _ended(self) -> set[int]:
        """Return the jobs whose end some reader was told."""
        return set.union(*(set(reader.endings) for reader in self.readers))

    def _all_told(self) -> bool:
        """Return whether the first reader heard the end of all jobs, and the others came as far."""
        first = self.readers[0]
        return self.accepted.keys() <= first.endings.keys() and all(
            reader.last_id == first.last_id for reader in self.readers
        )

    async def _wait(self, done: Callable[[], bool]) -> None:
        while not done():
            seen = len(self._ended())
            async with asyncio.timeout(STANDSTILL_SECONDS):
                while not done() and len(self._ended()) == seen:
                    await asyncio.sleep(PAUSE)

    async def _order(self) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            name = f"shop-{number}"
            urls = self._services if number % 2 else tuple(reversed(self._services))
            for url in itertools.cycle(urls):
                try:
                    answer = await self._http.post(
                        f"{url}/api/v1/environments",
                        json={"shortdomain": name},
                        headers={"idempotency-key": name},
                    )
                except httpx.TransportError:
                    self.statuses["no connection"] += 1
                    await asyncio.sleep(PAUSE)
                    continue
                self.statuses[str(answer.status_code)] += 1
                if answer.status_code == httpx.codes.ACCEPTED:
                    self.accepted[answer.json()["job_id"]] = name
                    break
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(PAUSE)

    async def _listen(self, heard: ReaderLog, urls: Sequence[str]) -> None:
        """Read as a browser does, and check the numbers."""
        for url in itertools.cycle(urls):
            headers = {} if heard.last_id is None else {"last-event-id": heard.last_id}
            try:
                async with self._http.stream(
                    "GET", f"{url}/api/v1/events", headers=headers
                ) as stream:
                    if stream.status_code == httpx.codes.OK:
                        heard.connects += 1
                        await self._take_all(heard, stream)
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE)

    async def _take_all(self, heard: ReaderLog, stream: httpx.Response) -> None:
        async for event in frames(stream):
            self._take(heard, event)

    def _take(self, heard: ReaderLog, event: dict[str, str]) -> None:
        if event.get("event") in {"reset", "lagged"}:
            told = event.get("data", "")[:200]
            self.faults.append(f"the stream was told {event['event']}: {told}")
        before, heard.last_id = heard.last_id, event.get("id") or heard.last_id
        if event.get("event") != "message" or "id" not in event:
            return
        heard.events += 1
        if before is not None:
            epoch, position = _number(before)
            if _number(event["id"]) != (epoch, position + 1):
                self.faults.append(f"event {event['id']} came after {before}")
        body = json.loads(event["data"])
        if body.get("type") == "job_status" and body["status"] in ENDED:
            heard.endings.setdefault(body["job_id"], []).append(body["status"])


async def frames(stream: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """Yield the fields of each frame of one of our streams, whose fields are single lines."""
    frame: dict[str, str] = {}
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            frame[name] = value
            continue
        yield frame
        frame = {}


async def team_token(database_url: str) -> str:
    """Make the team and its owner; return the token of a session."""
    engine = create_engine(database_url)
    try:
        await make_team(engine, TEAM)
        await add_member(engine, USER, TEAM, role="owner")
        return await add_session(engine, USER, TEAM)
    finally:
        await engine.dispose()


def _number(event_id: str) -> tuple[str, int]:
    epoch, _, position = event_id.rpartition(".")
    return epoch, int(position)
