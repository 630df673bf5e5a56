"""The spans of orders that share a statement: one in the trace of each, the first one around it."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from backbone.orders.order import Order
from backbone.tracing.context import start_shared, under

tracer = trace.get_tracer("slipway.orders")


@contextmanager
def recording(traced: Sequence[Order], together: int) -> Generator[None]:
    """Trace the recording of orders that come from a trace, among `together` in all."""
    spans = start_shared(
        tracer,
        "order.record",
        SpanKind.INTERNAL,
        [
            (order.trace, {"job_id": order.job_id, "team_id": order.team_id, "orders": together})
            for order in traced
        ],
    )
    with ExitStack() as stack:
        for span in spans:
            stack.callback(span.end)
        # Not what was current when the first order of them all began the group's task.
        with under(spans[0]):
            yield
