"""The spans of events that are written to streams: one for all streams, in each event's trace."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind
from opentelemetry.trace.propagation import set_span_in_context

if TYPE_CHECKING:
    from gateway.outgoing.entry import Entry


tracer = trace.get_tracer("slipway.gateway")


@contextmanager
def writing(
    entries: Sequence[Entry], team_id: int, job_id: int | None, streams: int
) -> Generator[None]:
    """Trace the write in the block; several events in it have a span each, linked to the first.

    `streams` is to how many it goes.
    """
    told = {"team_id": team_id, "events": len(entries), "streams": streams}
    if job_id is not None:
        told["job_id"] = job_id
    links: list[Link] = []
    with ExitStack() as stack:
        for entry in entries:
            if entry.span is None:
                continue
            parent = set_span_in_context(NonRecordingSpan(entry.span))
            span = tracer.start_span("sse.stream.send", parent, SpanKind.INTERNAL, told, links)
            stack.callback(span.end)
            links = links or [Link(span.get_span_context())]
        yield
