"""The spans of events that are written to streams: one for all streams, in each event's trace."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind
from opentelemetry.trace.propagation import set_span_in_context

if TYPE_CHECKING:
    from gateway.outgoing.entry import Entry

tracer = trace.get_tracer("slipway.gateway")

_UNTRACED: Final[AbstractContextManager[None]] = nullcontext()


def writing(
    entries: Sequence[Entry], team_id: int, job_id: int | None, streams: int
) -> AbstractContextManager[None]:
    """Trace the write in the block; several events in it have a span each, linked to the first.

    `streams` is to how many it goes. Events that came without a trace have no span.
    """
    parents = [entry.span for entry in entries if entry.span is not None]
    if not parents:
        return _UNTRACED
    told = {"team_id": team_id, "events": len(entries), "streams": streams}
    if job_id is not None:
        told["job_id"] = job_id
    return _writing(parents, told)


@contextmanager
def _writing(parents: Sequence[SpanContext], told: Mapping[str, int]) -> Generator[None]:
    links: list[Link] = []
    with ExitStack() as stack:
        for parent in parents:
            context = set_span_in_context(NonRecordingSpan(parent))
            span = tracer.start_span("sse.stream.send", context, SpanKind.INTERNAL, told, links)
            stack.callback(span.end)
            links = links or [Link(span.get_span_context())]
        yield
