"""Sanic's streaming response with frames written by hand."""

import os
import re

from asgi_queue import Queues
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty

queues = Queues()
app = Sanic("conformance")
app.config.REQUEST_MAX_SIZE = 2**24
app.config.RESPONSE_TIMEOUT = 3600
TYPE = "text/event-stream; charset=utf-8"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/events")
async def events(request: Request) -> None:
    response = await request.respond(content_type=TYPE, headers=HEADERS)
    await response.send(": open\n\n")
    async for told in queues.events():
        lines = re.split(r"\r\n|\r|\n", told["text"])
        name = re.sub(r"[\r\n]", " ", told.get("event") or "")
        frame = f"event: {name}\n" if name else ""
        await response.send(frame + "".join(f"data: {line}\n" for line in lines) + "\n")


@app.post("/publish")
async def publish(request: Request) -> HTTPResponse:
    queues.take(request.body)
    return empty()


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]), single_process=True, access_log=False, motd=False)
