"""The span of a call to somebody else, a child of what makes the call; else there is none."""

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind
from opentelemetry.util.types import Attributes

from backbone.tracing.context import mark_failed

tracer = trace.get_tracer("slipway.client")


@contextmanager
def client_span(name: str, attributes: Attributes) -> Generator[Span]:
    """Trace what the block does, if what it belongs to is recorded."""
    if not trace.get_current_span().is_recording():
        yield INVALID_SPAN
        return
    with tracer.start_as_current_span(
        name,
        kind=SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            mark_failed(span, error)
            raise
