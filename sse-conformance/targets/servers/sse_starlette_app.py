"""sse-starlette as its documentation shows it, with its cooperative shutdown."""

import asyncio

import anyio
from asgi_queue import Queues
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

queues = Queues()


async def frames(stopping: anyio.Event):
    events = queues.events()
    stopped = asyncio.ensure_future(stopping.wait())
    while True:
        coming = asyncio.ensure_future(anext(events))
        try:
            await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not coming.done():
                coming.cancel()
        if coming.cancelling():
            return
        told = coming.result()
        yield ServerSentEvent(
            data=told["text"], event=told.get("event") or None, id=told.get("id") or None
        )


async def events(request: Request) -> Response:
    stopping = anyio.Event()
    return EventSourceResponse(
        frames(stopping), ping=1, shutdown_event=stopping, shutdown_grace_period=5
    )


async def publish(request: Request) -> Response:
    queues.take(await request.body())
    return Response(status_code=204)


app = Starlette(routes=[Route("/events", events), Route("/publish", publish, methods=["POST"])])
