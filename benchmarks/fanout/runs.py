"""One run of one case on one server: start it, load it, read off what happened, end it."""

import time
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.fanout.cases import Case, Sample, from_streams
from benchmarks.fanout.load import Load
from benchmarks.fanout.processes import cpu_seconds, memory, waited
from benchmarks.fanout.servers import Server, ServerEnvironment
from benchmarks.fanout.workload import make_events, write_events

PAUSE = 0.5
"""Seconds between the last connection and the first event, or a look at the memory."""
SPIN = 200_000
"""Nanoseconds without an event after which a spinning load generator sleeps."""
LOG_AHEAD = 0.5
"""Seconds by which a team's log is ahead of what is published."""
AT_ONCE = 1_000
"""Connections of a storm that are being opened at a time."""
WARM_UP = 500
"""Connections made and closed before the memory is looked at for the first time."""


@dataclass
class Bench:
    """Where the servers and the load generator run."""

    place: ServerEnvironment
    load: Load
    spin: bool = False

    def run(self, case: Case, kind: type[Server]) -> Sample:
        """Run a case on a fresh server.

        Raises:
            LoadError: nothing could be measured.
            RuntimeError: the server did not start.
        """
        server = kind(self.place)
        try:
            server.start(case.teams, max(case.clients, WARM_UP))
            if case.idle:
                return self._storm(case, server) if case.behind else self._idle(case, server)
            if case.cycles:
                return self._cycles(case, server)
            return self._publish(case, server)
        finally:
            server.stop()

    def _arguments(self, case: Case, server: Server) -> list[object]:
        if case.behind:
            server.record(make_events(case.teams, 2 * case.behind * case.teams))
            server.advance(case.teams, 2 * case.behind)
            lines = server.return_requests(case.teams, case.clients, case.behind)
        else:
            kinds = server.kinds_of_clients(case.teams, case.clients)
            lines = [
                server.request(team, number)
                for number in range(kinds)
                for team in range(1, case.teams + 1)
            ]
        return [
            "--port",
            server.stream_port,
            "--requests",
            self.load.requests(lines),
            "--groups",
            case.teams,
            "--clients",
            case.clients,
            "--connect-seconds",
            60,
            *(("--expect", 2 * case.behind, "--behind", case.behind) if case.behind else ()),
        ]

    def _publish(self, case: Case, server: Server) -> Sample:
        count = case.ingest or int((case.rate or server.ceiling) * case.seconds * 1.01) + 1
        events = make_events(case.teams, count, case.padding)
        path = self.place.directory / "events"

        waited_before = 0.0

        def ready(report: dict[str, Any]) -> None:
            nonlocal waited_before
            time.sleep(PAUSE)
            server.record(events)
            server.advance(case.teams, ahead)
            waited_before = waited(server.pids())

        # The log is written before an event is published; of progress it is told every 50 ms.
        ahead = int((case.rate or server.ceiling) * LOG_AHEAD / case.teams) + 1
        last = count // case.teams
        told = 0

        def published(report: dict[str, Any]) -> None:
            nonlocal told
            position = report["count"] // case.teams
            if position > told:
                told = position
                server.advance(case.teams, min(last, position + ahead))

        def finished(report: dict[str, Any]) -> None:
            server.advance(case.teams, report["count"] // case.teams)

        write_events(path, events, server.encode)
        pace = ["--window", case.window] if case.window else ["--rate", case.rate]
        arguments = [
            *self._arguments(case, server),
            *("--feed-port", server.feed_port, "--events", path, "--seconds", case.seconds, *pace),
            *("--drain-seconds", 60 if case.ingest else 12 if case.window else 3),
            *("--spin", SPIN if self.spin and server.alone else 0),
            *("--stalled", case.stalled, "--recover-seconds", 5 if case.stalled else 0),
        ]
        for pid in server.pids():
            arguments += ["--process", pid]
        before = memory(server.pids())
        after, wait = 0, 0.0

        def done(report: dict[str, Any]) -> None:
            nonlocal after, wait
            wait = waited(server.pids()) - waited_before
            after = memory(server.pids())
            faults.extend(server.faults())

        faults: list[str] = []
        limit = 90 + case.seconds
        sample = from_streams(
            case,
            self.load.run(
                arguments,
                at={"ready": ready, "published": published, "finished": finished, "done": done},
                limit=limit,
                real_time=server.real_time,
            ),
        )
        sample = replace(sample, faults=(*sample.faults, *faults))
        sample.values["disturbed"] = wait / max(0.001, sample.values["cpu_seconds"])
        sample.values["memory_mb"] = after / 1e6
        sample.values["growth_mb"] = (after - before) / 1e6
        return sample

    def _warm_up(self, case: Case, server: Server, count: int) -> None:
        arguments = self._arguments(replace(case, behind=0), server)
        arguments[arguments.index("--clients") + 1] = min(case.clients, 100)
        self.load.run([*arguments, "--cycles", count], at={}, limit=90, real_time=server.real_time)
        time.sleep(PAUSE)

    def _idle(self, case: Case, server: Server) -> Sample:
        self._warm_up(case, server, WARM_UP)
        before, cpu = memory(server.pids()), cpu_seconds(server.pids())
        after = 0

        def ready(report: dict[str, Any]) -> None:
            nonlocal after, cpu
            cpu = cpu_seconds(server.pids()) - cpu
            time.sleep(PAUSE)
            after = memory(server.pids())

        reports = self.load.run(
            [*self._arguments(case, server), "--seconds", 0],
            at={"ready": ready},
            limit=90,
            real_time=server.real_time,
        )
        connected = reports["ready"]["connected"]
        values = {
            "kb_per_connection": (after - before) / 1024 / max(1, connected),
            "connects_per_second": connected / reports["ready"]["connect_seconds"],
            "connects_per_core": connected / max(0.01, cpu),
        }
        faults = (
            () if connected == case.clients else (f"{connected:,} of {case.clients:,} connected",)
        )
        return Sample(values, faults)

    def _storm(self, case: Case, server: Server) -> Sample:
        arguments = self._arguments(case, server)
        cpu, statements = cpu_seconds(server.pids()), server.statements() or 0

        def ready(report: dict[str, Any]) -> None:
            nonlocal cpu, statements
            cpu = cpu_seconds(server.pids()) - cpu
            statements = (server.statements() or 0) - statements

        reports = self.load.run(
            [*arguments, "--connecting", AT_ONCE, "--seconds", 0],
            at={"ready": ready},
            limit=90,
            real_time=server.real_time,
        )
        found = reports["ready"]
        values = {
            "complete_seconds": found["connect_seconds"],
            "connects_per_core": found["connected"] / max(0.01, cpu),
            "statements": float(statements),
        }
        faults = []
        if found["complete"] < case.clients:
            faults.append(f"{found['complete']:,} of {case.clients:,} complete")
        if found["faults"]:
            faults.append(f"{found['faults']:,} events lost, repeated or told by a snapshot")
        return Sample(values, tuple(faults))

    def _cycles(self, case: Case, server: Server) -> Sample:
        self._warm_up(case, server, case.cycles // 5)
        arguments = self._arguments(case, server)
        before, cpu = memory(server.pids()), cpu_seconds(server.pids())
        reports = self.load.run([*arguments, "--cycles", case.cycles], at={}, limit=90)
        cpu = cpu_seconds(server.pids()) - cpu
        time.sleep(PAUSE * 2)
        done = reports["done"]
        values = {
            "growth_bytes_per_cycle": (memory(server.pids()) - before) / max(1, done["cycles"]),
            "cycles_per_second": done["cycles"] / done["seconds"],
            "cycles_per_core": done["cycles"] / max(0.01, cpu),
        }
        faults = (f"{done['refused']:,} refused",) if done["refused"] else ()
        return Sample(values, faults)
