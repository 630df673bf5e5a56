"""The usual design: a queue and a filter per client."""

from benchmarks.fanout.processes import Child
from benchmarks.fanout.servers.server import Server
from benchmarks.fanout.workload import Event


class QueuePerClient(Server):
    """`is_disconnected` polling and JSON per client, in a StreamingResponse."""

    name = "queue-per-client"
    title = "FastAPI, queue and filter per client"
    ceiling = 200

    def launch(self) -> Child:
        """Start the application on uvicorn."""
        return Child.module(
            "benchmarks.fanout.apps.queue_per_client",
            self.stream_port,
            self.feed_port,
            core=self.place.core,
            real_time=self.real_time,
            errors=self.place.directory / self.name,
        )

    def encode(self, event: Event) -> bytes:
        """Return what it filters by in the place of what others look up."""
        return f"{event.routing_key} {event.sequence} {event.body}\n".encode()
