"""The limit: a C program that knows nothing but its sockets."""

from benchmarks.fanout.processes import Child
from benchmarks.fanout.servers.server import Server


class BareSocket(Server):
    """One send() per listener and event."""

    name = "bare-socket"
    title = "C, one send() per client"
    ceiling = 12_000

    def launch(self) -> Child:
        """Start the compiled program."""
        command = [str(self.place.socket_limit), str(self.stream_port), str(self.feed_port)]
        errors = self.place.directory / self.name
        return Child.start(command, self.place.core, errors, real_time=self.real_time)
