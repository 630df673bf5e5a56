"""The claims of a server. Cases of what is not claimed are skipped; what is claimed is tested."""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A server's claims; each field's comment says what its value means.

    Framing, header fields, methods, order, bursts and broken connections are not claims: every
    event stream must get them right.
    """

    ids: bool = False  # every published event carries an id
    event_names: bool = False  # a publisher names an event's type
    publisher_ids: bool = False  # a publisher chooses an event's id
    retry: bool = False  # streams begin with a reconnection time
    resume_header: bool = False  # what followed `Last-Event-ID` is sent again
    resume_query: str = ""  # name of the query parameter that does the same
    durable: bool = False  # what was published survives a restart
    reset: str = ""  # name of the event that tells a client that its position is not usable
    snapshot: str = ""  # where the reset's JSON data has the position to go on from: `a.b`
    retention: int = 0  # events that can be resumed over, at least
    end: str = ""  # name of the last event of a stream that is over; then 204
    drain: bool = False  # SIGTERM ends streams whole, then the process
    drain_event: str = ""  # name of the event that says so
    auth: bool = False  # streams want credentials
    revocation: bool = False  # withdrawn credentials end streams
    teams: bool = False  # channels are isolated from each other
    heartbeat: float = 0.0  # seconds of silence after which a comment is sent
    slow_reader: Literal["", "kept", "told", "closed"] = ""
    # kept: it loses nothing; told: an event (`lagged`) reports a loss; closed: it is disconnected
    lagged: str = ""  # name of the event that says that some were lost
    cors: str = ""  # an origin whose pages may read streams, with credentials
    proxy_buffering: bool = False  # events pass a proxy that buffers answers
    memory_per_stream: int = 0  # bytes of the server's memory that an idle stream takes at most

    def claimed(self, name: str) -> bool:
        """Return whether a capability is claimed."""
        return bool(getattr(self, name))

    def all_claimed(self) -> list[str]:
        """Return the names of what is claimed."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


def names() -> list[str]:
    """Return the names of all capabilities."""
    return [field.name for field in fields(Capabilities)]
