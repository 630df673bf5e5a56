"""Draws a reading: streams and rates, jobs and queues, leaders and processes."""

from __future__ import annotations

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from slipway.top.reading import Reading, rate

ORDERS = "/api/v1/environments"


def view(before: Reading | None, now: Reading) -> RenderableType:
    """Draw what there is to see; `before` is the look before, for the rates."""
    parts: list[RenderableType] = [
        Columns([_streams(before, now), _orders(before, now), _leaders(before, now)]),
        _jobs(now),
        _queues(now),
    ]
    if now.silent:
        parts.append(Text(f"No answer from {', '.join(now.silent)}", style="red"))
    return Group(*parts)


def _streams(before: Reading | None, now: Reading) -> Panel:
    told = "slipway_gateway_"
    return _facts(
        "Streams",
        ("open", _count(now.total(f"{told}subscribers_active"))),
        ("teams", _count(now.total(f"{told}teams_active"))),
        ("behind", _count(now.total(f"{told}subscribers_behind"))),
        ("events/s", _rate(rate(before, now, f"{told}events_total"))),
        ("deliveries/s", _rate(rate(before, now, f"{told}deliveries_total"))),
        ("delay", _delay(before, now)),
    )


def _orders(before: Reading | None, now: Reading) -> Panel:
    requests = "slipway_http_requests_total"
    orders = rate(before, now, requests, method="POST", route=ORDERS, status="202")
    return _facts(
        "Requests",
        ("requests/s", _rate(rate(before, now, requests))),
        ("orders/s", _rate(orders)),
        ("jobs in hand", _count(now.total("slipway_worker_jobs_in_hand"))),
        ("deliveries/s", _rate(rate(before, now, "slipway_worker_deliveries_total"))),
        ("provider calls/s", _rate(rate(before, now, "slipway_provider_call_seconds_count"))),
        ("put aside", _count(now.total("slipway_messages_put_aside_total"))),
    )


def _leaders(before: Reading | None, now: Reading) -> Panel:
    led = now.highest("slipway_relay_has_leader")
    leader = {None: "unknown", 0.0: "none"}.get(led, "yes")
    return _facts(
        "Relay",
        ("leader", leader),
        ("published/s", _rate(rate(before, now, "slipway_relay_published_total"))),
        ("outbox", _known(now.highest("slipway_outbox_messages"))),
        ("oldest", _known(now.highest("slipway_outbox_oldest_seconds"), "s")),
        ("gateways at the broker", _count(now.total("slipway_gateway_broker_connected"))),
        ("processes", _count(now.answered)),
    )


def _jobs(now: Reading) -> Table:
    table = Table("job", "state", "unfinished", "oldest queued", "attempts", box=None)
    kinds = now.labels_of("slipway_jobs", "kind")
    for kind in kinds:
        for state in now.labels_of("slipway_jobs", "status"):
            number = now.highest("slipway_jobs", kind=kind, status=state)
            if number is None:
                continue
            queued = state == "queued"
            age = now.highest("slipway_jobs_oldest_queued_seconds", kind=kind) if queued else None
            attempts = now.highest("slipway_jobs_attempts_max", kind=kind)
            table.add_row(
                kind, state, _count(number), "" if age is None else f"{age:.0f} s", _known(attempts)
            )
    if not kinds:
        table.add_row("no unfinished jobs", "", "", "", "")
    return table


def _queues(now: Reading) -> Table:
    table = Table("queue", "messages", "consumers", box=None)
    for queue in now.labels_of("slipway_job_queue_messages", "queue"):
        consumers = now.highest("slipway_job_queue_consumers", queue=queue)
        table.add_row(
            queue,
            _known(now.highest("slipway_job_queue_messages", queue=queue)),
            Text(_known(consumers), style="red" if consumers == 0 else ""),
        )
    for queue in now.labels_of("slipway_dead_letters", "queue"):
        dead = now.highest("slipway_dead_letters", queue=queue)
        table.add_row(queue, Text(_known(dead), style="yellow" if dead else ""), "")
    return table


def _delay(before: Reading | None, now: Reading) -> str:
    """Return the mean time from recording to writing since the look before."""
    events = rate(before, now, "slipway_gateway_event_seconds_count")
    seconds = rate(before, now, "slipway_gateway_event_seconds_sum")
    return "-" if not events or seconds is None else f"{seconds / events * 1000:.1f} ms"


def _facts(title: str, *facts: tuple[str, str]) -> Panel:
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        table.add_row(name, Text(value, justify="right"))
    return Panel(table, title=title, expand=False)


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _known(number: float | None, unit: str = "") -> str:
    return "-" if number is None else f"{number:,.0f} {unit}".rstrip()


def _rate(per_second: float | None) -> str:
    return "…" if per_second is None else f"{per_second:,.1f}"
