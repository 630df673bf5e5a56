"""Streams that can't be opened: what a browser gets leaves its EventSource alive."""

import asyncio
from typing import Any

import pytest

from gateway.http.openings import OpeningsMiddleware
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual

PATH = "/api/v1/events"


class Answer:
    def __init__(self) -> None:
        self.status = 0
        self.source = EventSource()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.source.feed(message.get("body", b""))


async def request(world: World, app: Any, path: str = PATH, **headers: str) -> Answer:
    answer = Answer()
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "path": path, "headers": raw}
    await OpeningsMiddleware(app, world.hub, PATH)(scope, None, answer.send)  # type: ignore[arg-type]
    return answer


async def hangs(*_: Any) -> None:
    await asyncio.sleep(1e6)


async def fails(*_: Any) -> None:
    raise RuntimeError("nobody foresaw it")


@virtual
@pytest.mark.parametrize("headers", [{}, {"last_event_id": "e1.3"}])
async def test_a_stream_that_is_being_opened_while_the_gateway_stops_is_drained(headers) -> None:
    world = World()
    opening = asyncio.create_task(request(world, hangs, **headers))
    await turns()
    await world.hub.drain_all(1.0)
    answer = await opening
    assert answer.status == 200
    assert answer.source.dispatched[-1].json == {"reason": "shutdown"}
    assert answer.source.retry
    assert world.hub.interruptible == set()


@virtual
async def test_a_request_that_was_cancelled_for_another_reason_stays_so() -> None:
    world = World()
    opening = asyncio.create_task(request(world, hangs))
    await turns()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


@virtual
async def test_an_answer_that_has_begun_is_left_to_the_drain_of_its_stream() -> None:
    world = World()

    async def begins(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await asyncio.sleep(2)
        await send({"type": "http.response.body", "body": b"data: x\n\n"})

    opening = asyncio.create_task(request(world, begins))
    await turns()
    await world.hub.drain_all(1.0)
    assert (await opening).source.dispatched[-1].data == "x"


@virtual
async def test_a_reconnect_that_meets_an_unforeseen_error_comes_back_later() -> None:
    answer = await request(World(), fails, last_event_id="e1.3")
    assert answer.status == 200
    assert answer.source.dispatched[-1].json == {"reason": "overloaded"}
    assert answer.source.retry


@virtual
async def test_the_error_of_a_first_connect_or_of_another_request_is_told() -> None:
    with pytest.raises(RuntimeError):
        await request(World(), fails)
    with pytest.raises(RuntimeError):
        await request(World(), fails, path="/metrics", last_event_id="e1.3")
