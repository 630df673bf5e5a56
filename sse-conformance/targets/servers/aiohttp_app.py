"""aiohttp-sse as its documentation shows it."""

import contextlib
import os

from aiohttp import web
from aiohttp_sse import sse_response
from asgi_queue import Queues

queues = Queues()


async def events(request: web.Request) -> web.StreamResponse:
    async with sse_response(request, ping_interval=1) as response:
        async for told in queues.events():
            # It refuses line breaks in types and ids, which shall not end the stream.
            with contextlib.suppress(ValueError):
                await response.send(
                    told["text"], event=told.get("event") or None, id=told.get("id") or None
                )
    return response


async def publish(request: web.Request) -> web.Response:
    queues.take(await request.read())
    return web.Response(status=204)


app = web.Application(client_max_size=2**24)
app.add_routes([web.get("/events", events), web.post("/publish", publish)])
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
