"""sse-starlette as its documentation shows it."""

from asgi_queue import Queues
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

queues = Queues()


async def frames():
    async for told in queues.events():
        yield ServerSentEvent(
            data=told["text"], event=told.get("event") or None, id=told.get("id") or None
        )


async def events(request: Request) -> Response:
    return EventSourceResponse(frames(), ping=1)


async def publish(request: Request) -> Response:
    queues.take(await request.body())
    return Response(status_code=204)


app = Starlette(routes=[Route("/events", events), Route("/publish", publish, methods=["POST"])])
