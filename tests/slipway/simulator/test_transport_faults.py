"""Hanging and breaking off as a server sees them: the raw ASGI conversation, without httpx."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from slipway.simulator import Do, Script, SimulatorConfig, create_simulator


class Conversation:
    """One request whose client leaves when told to."""

    def __init__(self, app) -> None:
        self.sent: list[dict] = []
        self.left = asyncio.Event()
        self.reading = asyncio.Event()
        self._body = urlencode({"session": "t"}).encode()
        self._app = app

    async def run(self) -> None:
        headers = [(b"content-type", b"application/x-www-form-urlencoded")]
        path = "/1.0/environment/control/rest/getenvs"
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": headers,
        }
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> dict:
        if self._body:
            body, self._body = self._body, b""
            return {"type": "http.request", "body": body}
        self.reading.set()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict) -> None:
        self.sent.append(message)


def scripted(do: Do):
    app = create_simulator(SimulatorConfig(tokens=frozenset({"t"})))
    app.state.simulator.scripts.add(Script(do=do))
    return app


async def test_a_hanging_call_ends_when_the_client_leaves():
    conversation = Conversation(scripted(Do.HANG))
    call = asyncio.create_task(conversation.run())
    await conversation.reading.wait()
    assert not call.done()
    assert conversation.sent == []
    conversation.left.set()
    await call


async def test_a_hanging_call_ends_when_the_simulator_closes():
    app = scripted(Do.HANG)
    conversation = Conversation(app)
    call = asyncio.create_task(conversation.run())
    await conversation.reading.wait()
    app.state.simulator.close()
    await call


async def test_a_held_call_ends_when_the_simulator_closes():
    app = scripted(Do.HOLD)
    state = app.state.simulator
    conversation = Conversation(app)
    call = asyncio.create_task(conversation.run())
    async with state.held_changed:
        await state.held_changed.wait_for(lambda: state.held)
    state.close()
    await call
    assert [m["type"] for m in conversation.sent] == ["http.response.start"]


async def test_a_closed_connection_is_an_answer_without_its_end():
    conversation = Conversation(scripted(Do.CLOSE))
    await conversation.run()
    (start,) = conversation.sent
    assert start["type"] == "http.response.start"
    assert (b"content-length", b"2") in start["headers"]
