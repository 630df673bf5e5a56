"""What the benchmark asks of every server under test."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fanout.broker import Broker
from benchmarks.fanout.cases import Case
from benchmarks.fanout.database import Database
from benchmarks.fanout.processes import Child, free_port
from benchmarks.fanout.workload import Event, line


@dataclass(frozen=True)
class ServerEnvironment:
    """Where a server runs: its directory for files, its core and priority, and what some need besides.

    `load_core` is the load generator's; `database` and `broker` are for the gateway.
    """

    directory: Path
    core: int | None
    load_core: int | None
    socket_limit: Path
    real_time: bool = False
    database: Database | None = None
    broker: Broker | None = None


class Server(ABC):
    """A server: started anew for each run, fed through its own port, stopped without mercy.

    `ceiling` is more events per second than it can take to 1,000 clients; it bounds the run. `alone`:
    no other program has a part in the work, so that server and load may have their cores to themselves.
    """

    name: str
    title: str
    ceiling: int
    alone: bool = True

    def __init__(self, place: ServerEnvironment) -> None:
        self.place = place
        self.stream_port = 0
        self.feed_port = 0
        self.child: Child | None = None

    @property
    def real_time(self) -> bool:
        """Whether server and load go before all other programs on their cores."""
        return self.place.real_time and self.alone

    def missing(self) -> str | None:
        """Say in one line what is not installed, or None."""
        return None

    @classmethod
    def runs(cls, case: Case) -> bool:
        """Return whether a case concerns this server."""
        return not (case.ingest or case.behind or case.broker)

    def prepare(self, teams: int, clients: int) -> None:  # noqa: B027 - most need nothing
        """Make ready what the streams of a run need."""

    @abstractmethod
    def launch(self) -> Child:
        """Start the process on `stream_port` and `feed_port`."""

    def start(self, teams: int, clients: int) -> None:
        """Start on free ports and return when it listens."""
        self.stream_port, self.feed_port = free_port(), free_port()
        self.prepare(teams, clients)
        self.child = self.launch()
        for port in {self.stream_port, self.feed_port}:
            self.child.wait_for_port(port)

    def request(self, team: int, number: int) -> str:
        """Return path and headers, separated by tabs, of the team's `number`th kind of client."""
        return f"/api/v1/events?team_id={team}"

    def return_requests(self, teams: int, clients: int, position: int) -> list[str]:
        """Return a request per client that comes back with the cursor `position`."""
        raise NotImplementedError

    def statements(self) -> int | None:
        """Count the statements that the server has sent to a database, None where there is none."""
        return None

    def encode(self, event: Event) -> bytes:
        """Encode an event for the feed."""
        return line(event, f"benchmark.{event.sequence}")

    def record(self, events: list[Event]) -> None:  # noqa: B027 - most keep no log
        """Write events where the server would look them up, before they are published."""

    def advance(self, teams: int, position: int) -> None:  # noqa: B027 - most keep no log
        """Let each team's log end at a position, which is ahead of what is published."""

    def kinds_of_clients(self, teams: int, clients: int) -> int:
        """Return how many kinds of clients (users, say) each team needs."""
        return 1

    def faults(self) -> tuple[str, ...]:
        """Say what would make the run's figures mean something else; asked at its end."""
        return ()

    def pids(self) -> list[int]:
        """Return the processes whose time and memory count."""
        return self.child.pids() if self.child else []

    def stop(self) -> None:
        """End it."""
        if self.child:
            self.child.stop(0.3)
            self.child = None
