"""The cases: how many clients of how many teams get how many events, and what is read off a run."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Case:
    """One way to load a server. Exactly one of `window`, `rate`, `idle` and `cycles` says how.

    `window`: events in flight; `rate`: events per second; `idle`: only connect; `cycles`: connect and
    disconnect that often. `behind`: each client has a session of its own and comes back with a
    `Last-Event-ID`, so many events behind, to a server that has just started. `broker`: for a server
    behind a broker only; with fewer clients than teams, the first teams have one each. `ingest`: so many events, all in flight at once, for a server behind a
    broker. `stalled`: the share of clients that never read, until the end.
    """

    name: str
    title: str
    clients: int
    teams: int = 1
    window: int = 0
    rate: float = 0.0
    seconds: float = 3.0
    stalled: float = 0.0
    padding: int = 0
    idle: bool = False
    cycles: int = 0
    ingest: int = 0
    behind: int = 0
    broker: bool = False

    def quick(self) -> "Case":
        """Return the short form: for a look, not for a figure to quote."""
        return replace(
            self,
            seconds=self.seconds / 2,
            clients=2_000 if self.idle else self.clients,
            cycles=min(self.cycles, 2_000),
            ingest=min(self.ingest, 5_000),
        )


CASES = (
    Case("saturated", "1,000 clients, 64 events in flight", clients=1_000, window=64),
    Case("single", "1,000 clients, one event in flight", clients=1_000, window=1),
    Case("steady", "1,000 clients, 50 events/s", clients=1_000, rate=50.0, seconds=5.0),
    Case(
        "teams",
        "500 teams of 10, 1,000 events/s",
        clients=5_000,
        teams=500,
        rate=1_000.0,
        seconds=5.0,
    ),
    Case(
        "stalled",
        "1,000 clients, 1 % never read, 64 events of 1 KB in flight",
        clients=1_000,
        window=64,
        stalled=0.01,
        padding=800,
    ),
    Case(
        "idle", "10,000 idle connections (2,000 when quick)", clients=10_000, teams=100, idle=True
    ),
    Case(
        "cycles",
        "10,000 connects and disconnects (2,000 when quick)",
        clients=100,
        teams=10,
        cycles=10_000,
    ),
    Case(
        "storm",
        "10,000 clients come back 10 events behind, each with its own session (2,000 when quick)",
        clients=10_000,
        teams=100,
        idle=True,
        behind=10,
    ),
    Case(
        "returns",
        "10,000 connects and disconnects, 10 events behind (2,000 when quick)",
        clients=100,
        teams=10,
        cycles=10_000,
        behind=10,
    ),
    Case(
        "share",
        "5 of 500 teams are listened to, 20,000 events/s",
        clients=5,
        teams=500,
        rate=20_000.0,
        broker=True,
    ),
    Case(
        "whole",
        "all of 500 teams are listened to, 2,000 events/s",
        clients=500,
        teams=500,
        rate=2_000.0,
        broker=True,
    ),
    Case(
        "quarter",
        "125 of 500 teams are listened to, 2,000 events/s",
        clients=125,
        teams=500,
        rate=2_000.0,
        broker=True,
    ),
    Case("ingest", "messages from RabbitMQ", clients=1, window=20_000, ingest=20_000, seconds=30.0),
)


@dataclass(frozen=True)
class Sample:
    """What one run of a case gave; `values` has the figures, `faults` says in words what went wrong."""

    values: dict[str, float]
    faults: tuple[str, ...] = ()


def from_streams(case: Case, reports: dict[str, Any]) -> Sample:
    """Read a run with events."""
    done = reports["done"]
    deliveries, cpu = done["deliveries"], done["server_cpu_seconds"]
    values = {
        "deliveries": float(deliveries),
        "per_core": deliveries / cpu if cpu else 0.0,
        "cpu_us": cpu / deliveries * 1e6 if deliveries else 0.0,
        "per_second": deliveries / done["seconds"] if done["seconds"] else 0.0,
        "p50_ms": done["p50_ms"],
        "p99_ms": done["p99_ms"],
        "max_ms": done["max_ms"],
        "cpu_seconds": cpu,
        "published_per_second": done["published"] / done["load_seconds"],
        "server_percent": 100 * cpu / done["load_seconds"],
        "server_share": cpu / done["load_seconds"],
        "load_share": done["load_cpu_seconds"] / done["load_seconds"],
        "lost": float(done["missing"]),
        "early": float(done["early"]),
    }
    if case.ingest:
        values["messages_per_second"] = values["per_second"]
    faults = []
    if case.stalled:
        values["stalled_lost"] = float(done["stalled_lost"])
        values["stalled_behind"] = float(reports["recovered"]["behind"])
        values["lagged"] = float(done["lagged"])
    healthy = round(case.clients * (1 - case.stalled))
    expected = done["published"] * healthy // case.teams
    if done["missing"]:
        faults.append(f"{done['missing'] / max(1, expected):.1%} not delivered in time")
    for key, words in (
        ("repeated", "repeated or out of order"),
        ("id_errors", "with a wrong position"),
        ("refused", "connections refused"),
        ("feed_refusals", "events refused"),
    ):
        if done[key]:
            faults.append(f"{done[key]:,} {words}")
    if done["dropped"] and not case.stalled:
        faults.append(f"{done['dropped']:,} connections cut")
    return Sample(values, tuple(faults))
