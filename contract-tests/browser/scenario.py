"""What every EventSource must live through; the client under test only reports what it hears.

A report is a dictionary with `kind`: `open`; `message` and the control frames' names, with `id` and
`data`; `error` with `state` (0 connecting, 2 closed for good).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import httpx

from slipway import demo
from testing.stack import RunningStack
from testing.tcp_proxy import Proxy

TIMEOUT = 60.0
CONTROL_FRAMES = ("sync", "reset", "lagged", "drain", "end")
STATUSES = ["queued", "started", "polling", "completed"]
FOREIGN_JOB = 999_999
FOREIGN = {
    "type": "job_status",
    "job_id": FOREIGN_JOB,
    "team_id": 0,
    "status": "polling",
    "message": "Grüße an 船\u2028 🚢",
    "env_name": "x",
    "occurred_at": 1,
}
"""Another program's event: no position, not ASCII, and written over several lines."""

BAD_GATEWAY = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"
    b"Content-Length: 3\r\nConnection: close\r\n\r\n502"
)
"""What a proxy says whose server is gone, as far as a page of another origin may read it."""

Report = dict[str, Any]


class Reports:
    """What a client told, in order."""

    def __init__(self) -> None:
        self.all: list[Report] = []
        self._news = asyncio.Condition()

    async def add(self, report: Report) -> None:
        async with self._news:
            self.all.append(report)
            self._news.notify_all()

    def of(self, kind: str) -> list[Report]:
        return [report for report in self.all if report["kind"] == kind]

    @property
    def ids(self) -> list[str]:
        return [
            report["id"] for report in self.of("message") if report["data"]["job_id"] != FOREIGN_JOB
        ]

    async def until(self, done: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(TIMEOUT), self._news:
                await self._news.wait_for(done)
        except TimeoutError:
            raise AssertionError(f"it never happened; told so far: {self.all}") from None


class Scene:
    """A running stack behind a proxy, and somebody who orders beside the client under test."""

    def __init__(self, stack: RunningStack, edge: Proxy, client: httpx.AsyncClient) -> None:
        self.stack = stack
        self.edge = edge
        self.client = client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.edge.port}"

    @property
    def token(self) -> str:
        return self.client.headers["Authorization"].removeprefix("Bearer ")

    async def order(self) -> dict[str, Any]:
        return await demo.order(self.client, demo.new_shortdomain())

    async def publish_foreign(self, team_id: int) -> None:
        assert self.stack.origin.amqp_url is not None
        body = json.dumps({**FOREIGN, "team_id": team_id}, indent=2, ensure_ascii=False)
        connection = await aio_pika.connect(self.stack.origin.amqp_url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("events.topic")
            message = aio_pika.Message(body.encode(), content_type="application/json")
            await exchange.publish(message, routing_key=f"team.{team_id}.job.{FOREIGN_JOB}.status")


@asynccontextmanager
async def scene(stack: RunningStack) -> AsyncIterator[Scene]:
    port = httpx.URL(stack.origin.base_url).port
    assert port is not None
    edge = Proxy(port)
    await edge.start()
    try:
        async with httpx.AsyncClient(base_url=stack.origin.base_url, timeout=30) as client:
            await demo.sign_in(client, demo.Credentials(stack.origin.email, stack.origin.password))
            yield Scene(stack, edge, client)
    finally:
        await edge.stop()


async def a_team_stream_survives_cuts(
    scene: Scene, reports: Reports, *, gives_up: bool = False
) -> None:
    """Every id once and in order, over a cut and an outage; the client reconnects by itself.

    `gives_up` says that the client may close for good when a connection is refused, and is opened
    again by its page.
    """
    await reports.until(lambda: bool(reports.of("sync")))
    began = reports.of("sync")[0]
    assert began["data"]["status"] == "fresh"
    assert began["id"] == ""
    epoch, _, first = began["data"]["to"].rpartition(".")

    await scene.order()
    await reports.until(lambda: len(reports.ids) >= 4)
    scene.edge.cut()
    await reports.until(lambda: len(reports.of("sync")) >= 2)
    scene.edge.refuse()
    await scene.order()
    await reports.until(lambda: len(reports.of("error")) >= 3)
    scene.edge.heal()
    await reports.until(lambda: len(reports.ids) >= 8)
    team_id = reports.of("message")[0]["data"]["team_id"]
    await scene.publish_foreign(team_id)
    await reports.until(lambda: len(reports.of("message")) >= 9)
    scene.edge.cut()
    await reports.until(lambda: len(reports.of("sync")) >= 4)
    await scene.order()
    await reports.until(lambda: len(reports.ids) >= 12)

    assert reports.ids == [f"{epoch}.{int(first) + n}" for n in range(1, 13)]
    told = [
        each["data"]["status"]
        for each in reports.of("message")
        if each["data"]["job_id"] != FOREIGN_JOB
    ]
    assert told == STATUSES * 3
    resumed = [each["data"] for each in reports.of("sync")[1:]]
    assert {each["status"] for each in resumed} == {"resumed"}
    # An event without an id leaves the cursor where it was.
    assert [each["from"] for each in resumed] == [reports.ids[n] for n in (3, 3, 7)]
    (foreign,) = [each for each in reports.of("message") if each["data"]["job_id"] == FOREIGN_JOB]
    assert foreign["data"] == {**FOREIGN, "team_id": team_id}
    assert gives_up or all(report["state"] == 0 for report in reports.of("error"))


async def a_team_stream_survives_a_proxy_without_server(scene: Scene, reports: Reports) -> None:
    """Goes on behind the last event when the proxy answers 502 for a while, which is no stream."""
    before, errors = list(reports.ids), len(reports.of("error"))
    scene.edge.answer(BAD_GATEWAY)
    await reports.until(lambda: len(reports.of("error")) >= errors + 3)
    await scene.order()
    scene.edge.heal()
    await reports.until(lambda: len(reports.ids) >= len(before) + 4)
    epoch, _, last = before[-1].rpartition(".")
    assert reports.ids[len(before) :] == [f"{epoch}.{int(last) + n}" for n in range(1, 5)]
    assert reports.of("sync")[-1]["data"]["from"] == before[-1]


async def a_job_stream_ends_for_good(reports: Reports) -> None:
    """It hears the end; the reconnect that every EventSource makes then is answered with 204."""
    await reports.until(lambda: any(each["state"] == 2 for each in reports.of("error")))
    assert [each["data"]["status"] for each in reports.of("message")] == STATUSES
    assert len(reports.of("end")) == 1
    assert len(reports.of("sync")) == 1
