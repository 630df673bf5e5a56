"""Litestar's own server-sent events."""

from asgi_queue import Queues
from litestar import Litestar, Request, get, post
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

queues = Queues()


async def frames():
    async for told in queues.events():
        yield ServerSentEventMessage(
            data=told["text"], event=told.get("event") or None, id=told.get("id") or None
        )


@get("/events")
async def events() -> ServerSentEvent:
    return ServerSentEvent(frames())


@post("/publish", status_code=204)
async def publish(request: Request) -> None:
    queues.take(await request.body())


app = Litestar([events, publish], request_max_body_size=None)
