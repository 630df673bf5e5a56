"""FastAPI's own server-sent events."""

from collections.abc import AsyncIterable

from asgi_queue import Queues
from fastapi import FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

queues = Queues()
app = FastAPI()


@app.get("/events", response_class=EventSourceResponse)
async def events() -> AsyncIterable[ServerSentEvent]:
    async for event in queues.events():
        yield event


@app.post("/publish", status_code=204)
async def publish(request: Request) -> Response:
    told = await request.json()
    # Made here, so that what it refuses is refused to the publisher.
    queues.tell(
        ServerSentEvent(
            raw_data=told["text"], event=told.get("event") or None, id=told.get("id") or None
        )
    )
    return Response(status_code=204)
