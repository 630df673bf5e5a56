"""The trace that a piece of work belongs to, as the text that rows and messages carry.

It is the header `traceparent` and, after a space, `tracestate` if there is one (W3C Trace Context).
What is malformed counts as absent: a trace is never a reason to refuse anything.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    NoOpTracerProvider,
    ProxyTracerProvider,
    Span,
    SpanKind,
    StatusCode,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"

_PROPAGATOR = TraceContextTextMapPropagator()


def is_tracing() -> bool:
    """Return whether this process has somebody to send spans to."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider | NoOpTracerProvider)


def current_trace() -> str | None:
    """Return the current span as text; None while there is none."""
    return trace_of(trace.get_current_span())


def trace_of(span: Span) -> str | None:
    """Return a span as text; None when it belongs to no trace."""
    told = span.get_span_context()
    if not told.is_valid:
        return None
    parent = f"00-{told.trace_id:032x}-{told.span_id:016x}-{told.trace_flags:02x}"
    return f"{parent} {told.trace_state.to_header()}" if told.trace_state else parent


def exemplar() -> dict[str, str] | None:
    """Return the current span as an exemplar of a histogram; None when it is not recorded."""
    told = trace.get_current_span().get_span_context()
    if not (told.is_valid and told.trace_flags.sampled):
        return None
    return {"trace_id": f"{told.trace_id:032x}", "span_id": f"{told.span_id:016x}"}


def is_recorded(text: str | None) -> bool:
    """Return whether the trace that a text names is recorded; every process keeps to that."""
    if text is None:
        return False
    try:
        return bool(int(text.partition(" ")[0].rpartition("-")[2], 16) & 1)
    except ValueError:
        return False


def trace_headers(text: str) -> dict[str, str]:
    """Return the headers of a message that belongs to a trace."""
    parent, _, state = text.partition(" ")
    return {TRACEPARENT: parent, TRACESTATE: state} if state else {TRACEPARENT: parent}


def trace_in(headers: Mapping[str, Any]) -> str | None:
    """Return the trace of a received message; None when it names none."""
    parent = headers.get(TRACEPARENT)
    if not isinstance(parent, str):
        return None
    state = headers.get(TRACESTATE)
    return f"{parent} {state}" if isinstance(state, str) and state else parent


def parent_of(text: str | None) -> Context:
    """Return the context whose span is the one that a text names; without one, an empty one."""
    return Context() if text is None else _PROPAGATOR.extract(trace_headers(text), Context())


@contextmanager
def under(span: Span) -> Generator[None]:
    """Make a span the current one while the block runs; it stays open."""
    token = context.attach(trace.set_span_in_context(span))
    try:
        yield
    finally:
        context.detach(token)


def mark_failed(span: Span, kind: str | BaseException) -> None:
    """Make a span an error of a kind, or of an error's class.

    No text of an error is told, as it may hold what no trace should.
    """
    name = kind if isinstance(kind, str) else type(kind).__qualname__
    span.set_attribute("error.type", name)
    span.set_status(StatusCode.ERROR)


def start_shared(
    tracer: trace.Tracer,
    name: str,
    kind: SpanKind,
    work: Sequence[tuple[str | None, Attributes]],
) -> list[Span]:
    """Start a span in the trace of each piece of work that is done at once, in one go.

    The first one stands for what is really done, such as a statement or a write; the others have a
    link to it.
    """
    spans: list[Span] = []
    links: list[Link] = []
    for text, attributes in work:
        span = tracer.start_span(name, parent_of(text), kind, attributes, links)
        if not links and span.is_recording():
            links = [Link(span.get_span_context())]
        spans.append(span)
    return spans
