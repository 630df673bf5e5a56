"""Orders that share a statement, traced: each in its own trace."""

from dataclasses import replace
from typing import Any, cast

from opentelemetry import trace

from backbone.orders.statement import record_creations
from tests.backbone.rows import creation
from tests.tracing import recorded

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_orders_that_share_a_statement_have_a_span_each_and_one_around_it():
    other = PARENT.replace("0af7", "1111")
    orders = [creation(), replace(creation(), trace=PARENT), replace(creation(), trace=other)]
    current = []

    class Pool:
        async def fetch(self, *_: object) -> list[Any]:
            current.append(exporter.get_finished_spans())
            return []

    with recorded("backbone.orders.spans") as exporter:
        await record_creations(cast("Any", Pool()), orders, waits=False)
    first, second = sorted(exporter.get_finished_spans(), key=lambda span: len(span.links))
    assert current == [()], "they last as long as the statement"
    assert trace.format_trace_id(first.context.trace_id) == PARENT.split("-")[1]
    assert trace.format_trace_id(second.context.trace_id) == other.split("-")[1]
    assert [link.context.span_id for link in second.links] == [first.context.span_id]
    assert dict(first.attributes) == {"job_id": orders[1].job_id, "team_id": 7, "orders": 3}
