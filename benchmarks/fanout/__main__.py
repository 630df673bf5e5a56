"""`make bench-fanout`: measure the gateway beside other servers and judge its goals."""

import argparse
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.fanout import goals, page, report
from benchmarks.fanout.broker import own_names
from benchmarks.fanout.cases import CASES, Case, Sample
from benchmarks.fanout.compiler import NoCompilerError, compile_program
from benchmarks.fanout.database import temporary_database
from benchmarks.fanout.load import Load, LoadError
from benchmarks.fanout.processes import ROOT, Cores, stolen
from benchmarks.fanout.runs import Bench
from benchmarks.fanout.servers import SERVERS, Server, ServerEnvironment
from benchmarks.picture import draw
from benchmarks.verdicts import print_verdicts


@dataclass(frozen=True)
class Plan:
    """What to measure."""

    cases: list[Case]
    servers: list[type[Server]]
    runs: int


def choose(text: str, names: Sequence[str], what: str) -> set[str]:
    """Read a list of names, separated by commas; argparse prints the error."""
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    if unknown := wanted - set(names):
        raise argparse.ArgumentTypeError(
            f"no {what} {', '.join(sorted(unknown))}; there are {', '.join(names)}"
        )
    return wanted


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    cases, servers = [case.name for case in CASES], [server.name for server in SERVERS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fanout",
        description="Deliveries per second and core, latency and memory of the gateway, beside other "
        "servers. Exits with 1 when a goal that was measured is not met.",
    )
    parser.add_argument(
        "--runs", type=int, default=3, help="runs of each case (default 3; odd is best)"
    )
    parser.add_argument("--quick", action="store_true", help="one short run: a look, not a figure")
    parser.add_argument(
        "--only",
        type=lambda text: choose(text, cases, "case"),
        default=set(cases),
        metavar="CASE,...",
        help=f"cases: {', '.join(cases)}",
    )
    parser.add_argument(
        "--servers",
        type=lambda text: choose(text, servers, "server"),
        default=set(servers),
        metavar="NAME,...",
        help=f"servers: {', '.join(servers)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    parser.add_argument(
        "--page", action="store_true", help="write docs/benchmarks.md and its picture"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="a PostgreSQL on which to make the gateway's database (default DATABASE_URL, then a local "
        "one), or sqlite://",
    )
    parser.add_argument(
        "--amqp", metavar="URL", help="RabbitMQ (default RABBITMQ_URL, then a local one)"
    )
    parser.add_argument(
        "--real-time",
        action="store_true",
        help="let server and load go before all other programs on their cores, so that a busy "
        "machine can be measured on (needs root; not behind a broker, which needs its part)",
    )
    parser.add_argument(
        "--spin",
        action="store_true",
        help="let the load generator spin while events arrive, so that no server is charged with "
        "waking it (not behind a broker)",
    )
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def measure(console: Console, bench: Bench, plan: Plan) -> dict[tuple[str, str], list[Sample]]:
    """Run every case, the servers of each run one after the other."""
    samples: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for case in plan.cases:
        servers = [server for server in plan.servers if server.runs(case)]
        for number in range(1, plan.runs + 1):
            for server in servers:
                what = f"{case.name}: {server.title}, run {number} of {plan.runs}"
                with console.status(what):
                    try:
                        sample = bench.run(case, server)
                    except (LoadError, RuntimeError, OSError) as error:
                        sample = Sample({}, (f"not measured: {error}",))
                samples[case.name, server.name].append(sample)
                if not console.is_terminal:
                    console.print(f"{what}: done")
        report.print_case(console, case, samples, plan.servers)
    return dict(samples)


def available(
    console: Console, place: ServerEnvironment, wanted: set[str], kinds: Sequence[type[Server]]
) -> list[type[Server]]:
    """Return the servers that can run; say in a line each what the others lack."""
    found = []
    for kind in kinds:
        if kind.name not in wanted:
            continue
        if missing := kind(place).missing():
            console.print(f"[yellow]{kind.name} is left out:[/] {missing}")
        else:
            found.append(kind)
    return found


def prepare(stack: ExitStack, directory: Path, options: argparse.Namespace) -> Bench:
    """Compile the programs; make the gateway's database and its names at the broker."""
    cores = Cores.choose()
    socket_limit = compile_program("socket_limit", directory)
    load = Load(compile_program("sse_load", directory), cores.load, directory)
    ours = any(name.startswith(goals.GATEWAY) for name in options.servers)
    database = (
        stack.enter_context(temporary_database(directory, options.database)) if ours else None
    )
    broker = stack.enter_context(own_names(options.amqp)) if ours else None
    place = ServerEnvironment(
        directory, cores.server, cores.load, socket_limit, options.real_time, database, broker
    )
    return Bench(place, load, options.spin)


def main(arguments: Sequence[str]) -> int:
    """Measure; give the exit code."""
    options = parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    runs = 1 if options.quick else options.runs
    cases = [case.quick() if options.quick else case for case in CASES if case.name in options.only]
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slipway-fanout-")))
        try:
            bench = prepare(stack, directory, options)
        except NoCompilerError as error:
            console.print(f"[yellow]no goal can be measured:[/] {error}")
            print_verdicts(console, goals.verdicts({}))
            return 0
        place = bench.place
        plan = Plan(cases, available(console, place, options.servers, SERVERS), runs)
        if place.core is None:
            console.print("[yellow]one core only: server and load share it, figures mean little[/]")
        console.print(f"server on core {place.core}, load on core {place.load_core}, {runs} run(s)")
        (busy, lost), began = stolen(), time.monotonic()
        samples = measure(console, bench, plan)
        (busy_now, lost_now), seconds = stolen(), time.monotonic() - began
    found = goals.verdicts(samples)
    share = (lost_now - lost) / max(1.0, busy_now - busy)
    about = {
        **report.machine(),
        "runs": runs,
        "quick": options.quick,
        "spin": options.spin,
        "real_time": options.real_time,
        "seconds": round(seconds),
        "stolen": round(share, 3),
    }
    console.print(f"{seconds:,.0f} s in all; the host took {share:.1%} of the processor time away")
    if options.json:
        report.write_json(options.json, about, samples, found)
    if options.page:
        body = page.text(about, plan.cases, samples, plan.servers, found)
        page.write_page(ROOT / "docs", body, draw(page.panels(samples, plan.servers)))
    print_verdicts(console, found)
    return 1 if any(verdict.met is False for verdict in found) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
