"""sse-starlette, the package most use."""

from importlib.util import find_spec

from benchmarks.fanout.processes import Child
from benchmarks.fanout.servers.server import Server


class SseStarlette(Server):
    """`EventSourceResponse` over a queue per client, found by team."""

    name = "sse-starlette"
    title = "sse-starlette"
    ceiling = 200

    def missing(self) -> str | None:
        """Need the package."""
        return None if find_spec("sse_starlette") else "the package sse-starlette is not installed"

    def launch(self) -> Child:
        """Start the application on uvicorn."""
        return Child.module(
            "benchmarks.fanout.apps.sse_starlette_app",
            self.stream_port,
            self.feed_port,
            core=self.place.core,
            real_time=self.real_time,
            errors=self.place.directory / self.name,
        )
