"""Slipway's gateway, whole: authenticated streams, event ids, log positions, every guarantee on."""

from urllib.request import Request, urlopen

from benchmarks.fanout.apps.counting import STATEMENTS
from benchmarks.fanout.cases import Case
from benchmarks.fanout.database import USERS_OF_FIRST_TEAM, Database
from benchmarks.fanout.processes import Child
from benchmarks.fanout.servers.server import Server
from benchmarks.fanout.workload import Event, line

NEVER = "3600"
"""Seconds between comparisons with the log: longer than a run."""
REFETCHED = "slipway_gateway_refetched_total"
METRICS_TOKEN = "benchmark"


class Gateway(Server):
    """Events come through the hub's own door, without a broker: as with the other servers, only
    fan-out is measured. They are in the log as rows before the run; its end, by which the gateway
    goes, moves along a little ahead of what is published.
    """

    name = "gateway"
    title = "Slipway gateway"
    ceiling = 8_000

    @property
    def database(self) -> Database:
        """The database of this benchmark."""
        if self.place.database is None:
            raise RuntimeError("the gateway needs a database")
        return self.place.database

    @classmethod
    def runs(cls, case: Case) -> bool:
        """Return all but ingest, which needs a broker."""
        return not (case.ingest or case.broker)

    def prepare(self, teams: int, clients: int) -> None:
        """Begin all logs anew."""
        self.database.clear()

    def launch(self) -> Child:
        """Start the gateway as its own command does, plus a feed."""
        # Without a broker the gateway looks for itself, and would find what is about to come.
        environment = {"ENABLE_SSE_BROKER": "false", "SSE_POLL_SECONDS": NEVER}
        return self._launch(self.feed_port, environment)

    def _launch(self, feed_port: int, environment: dict[str, str]) -> Child:
        return Child.module(
            "benchmarks.fanout.apps.gateway_app",
            self.stream_port,
            feed_port,
            core=self.place.core,
            real_time=self.real_time,
            errors=self.place.directory / self.name,
            DATABASE_URL=self.database.url,
            SLIPWAY_HOME=str(self.place.directory),
            LOG_LEVEL="warning",
            METRICS_TOKEN=METRICS_TOKEN,
            **environment,
        )

    def kinds_of_clients(self, teams: int, clients: int) -> int:
        """Return how many users listen: a single team needs several."""
        return USERS_OF_FIRST_TEAM if teams == 1 else 1

    def request(self, team: int, number: int) -> str:
        """Listen with a session's token."""
        token = self.database.tokens[team, number]
        return f"/api/v1/events?team_id={team}\tAuthorization: Bearer {token}"

    def return_requests(self, teams: int, clients: int, position: int) -> list[str]:
        """Return a request per client, with a session of its own."""
        tokens = self.database.sign_in(teams, clients // teams)
        return [
            f"/api/v1/events\tAuthorization: Bearer {tokens[team, number]}"
            f"\tLast-Event-ID: {self.database.epochs[team]}.{position}"
            for number in range(clients // teams)
            for team in range(1, teams + 1)
        ]

    def statements(self) -> int:
        """Ask the gateway's process, which counts them."""
        with urlopen(f"http://127.0.0.1:{self.stream_port}{STATEMENTS}", timeout=10) as answer:
            return int(answer.read())

    def encode(self, event: Event) -> bytes:
        """Number events as the log does."""
        return line(event, self.database.event_id(event))

    def record(self, events: list[Event]) -> None:
        """Write the events into the log, from where a reader that falls behind gets them."""
        self.database.append(events)

    def advance(self, teams: int, position: int) -> None:
        """Move the log's end along."""
        self.database.advance(teams, position)

    def faults(self) -> tuple[str, ...]:
        """Events that the gateway took from the log would not have come the way that is measured."""
        asked = Request(
            f"http://127.0.0.1:{self.stream_port}/metrics",
            headers={"Authorization": f"Bearer {METRICS_TOKEN}"},
        )
        with urlopen(asked, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        found = (line.split() for line in lines if line.startswith(REFETCHED))
        refetched = sum(float(value) for _, value in found)
        return (f"{refetched:,.0f} events taken from the log instead",) if refetched else ()


class GatewayBehindRabbitMQ(Gateway):
    """The same, its events published to RabbitMQ and taken by the generated subscriber.

    The load generator's feed is a pipe on its own core, into which it puts ready AMQP frames.
    """

    name = "gateway-rabbitmq"
    title = "Slipway gateway behind RabbitMQ"
    alone = False
    pipe: Child | None = None

    @classmethod
    def runs(cls, case: Case) -> bool:
        """Memory is no different behind a broker."""
        return case.behind > 0 or not (case.idle or case.cycles)

    def missing(self) -> str | None:
        """Need RabbitMQ."""
        return None if self.place.broker else "RabbitMQ does not answer (set RABBITMQ_URL)"

    def launch(self) -> Child:
        """Start the gateway with its consumer, and the pipe to the broker."""
        broker = self.place.broker
        if broker is None:
            raise RuntimeError("RabbitMQ does not answer")
        # What waits at the broker for long would else be read from the log.
        child = self._launch(0, {**broker.environment, "SSE_SWEEP_SECONDS": NEVER})
        child.wait_for_answer(self.stream_port, "/api/v1/health/ready")
        self.pipe = Child.module(
            "benchmarks.fanout.apps.amqp_pipe",
            self.feed_port,
            broker.url,
            core=self.place.load_core,
            errors=self.place.directory / "amqp-pipe",
        )
        self.pipe.wait_for_port(self.feed_port)
        return child

    def encode(self, event: Event) -> bytes:
        """Return the frames that publish the event's message."""
        if self.place.broker is None:
            raise RuntimeError("RabbitMQ does not answer")
        return self.place.broker.encode(event, self.database.event_id(event))

    def stop(self) -> None:
        """End both."""
        if self.pipe:
            self.pipe.stop(0.3)
        super().stop()
