"""FastAPI's own server-sent events."""

from collections.abc import AsyncIterable

from asgi_queue import Queues
from fastapi import FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

queues = Queues()
app = FastAPI()


@app.get("/events", response_class=EventSourceResponse)
async def events() -> AsyncIterable[ServerSentEvent]:
    async for told in queues.events():
        yield ServerSentEvent(
            raw_data=told["text"], event=told.get("event") or None, id=told.get("id") or None
        )


@app.post("/publish", status_code=204)
async def publish(request: Request) -> Response:
    queues.take(await request.body())
    return Response(status_code=204)
