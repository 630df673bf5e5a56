"""The span of an event that came with a trace, from its arrival to the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from backbone.tracing.context import is_recorded, is_tracing, parent_of, trace_in, under
from backbone.tracing.messaging import PROCESS, messaging_attributes

if TYPE_CHECKING:
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team
    from gateway.outgoing.entry import Entry
    from generated.messaging.runtime.delivery import Delivery


tracer = trace.get_tracer("slipway.gateway")


def offer_traced(hub: Hub, team: Team, entry: Entry, delivery: Delivery) -> None:
    """Give an event to a team as `Hub.offer` does, within the event's trace if it has one."""
    trace_text = trace_in(delivery.headers)
    if not (is_recorded(trace_text) and is_tracing()):
        hub.offer(team, entry)
        return
    span = tracer.start_span(
        "sse.broker.receive",
        parent_of(trace_text),
        SpanKind.CONSUMER,
        {
            **messaging_attributes(PROCESS, delivery.exchange, delivery.routing_key),
            "messaging.message.body.size": len(delivery.body),
            **({"messaging.message.id": delivery.message_id} if delivery.message_id else {}),
        },
    )
    if span.is_recording():
        entry.span = span.get_span_context()
    with under(span):
        hub.offer(team, entry)
    span.end()
