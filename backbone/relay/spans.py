"""The spans of a batch, one per message and in the message's trace; no work while nobody traces.

The messages of a batch are sent in one go: the first one's span stands for it, and the others' have
a link to that.
"""

from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind
from opentelemetry.util.types import AttributeValue

from backbone.relay.confirms import Address, Outcome
from backbone.relay.queue import QueuedMessage
from backbone.tracing.context import (
    is_recorded,
    is_tracing,
    mark_failed,
    start_shared,
    trace_headers,
    trace_of,
)
from backbone.tracing.messaging import PUBLISH, messaging_attributes

tracer = trace.get_tracer("slipway.relay")


def start_spans(messages: Sequence[QueuedMessage], addresses: Sequence[Address]) -> list[Span]:
    """Start a producer span for each message and write it, or the trace at hand, into its headers.

    What is not recorded has a span that does nothing; then what came with a message travels on.
    """
    spans: list[Span] = [INVALID_SPAN] * len(messages)
    if is_tracing():
        places = [
            place
            for place, message in enumerate(messages)
            if message.trace is None or is_recorded(message.trace)
        ]
        started = start_shared(
            tracer,
            "rabbitmq.publish",
            SpanKind.PRODUCER,
            [(messages[at].trace, _attributes(messages[at], addresses[at])) for at in places],
        )
        for place, span in zip(places, started, strict=True):
            spans[place] = span
    for message, span in zip(messages, spans, strict=True):
        text = message.trace if span is INVALID_SPAN else trace_of(span)
        if text is not None:
            message.headers.update(trace_headers(text))
    return spans


def end_spans(spans: Sequence[Span], outcomes: Sequence[Outcome]) -> None:
    """End them, as errors where the broker has not confirmed."""
    for span, outcome in zip(spans, outcomes, strict=True):
        if span is INVALID_SPAN:
            continue
        if outcome is not Outcome.CONFIRMED:
            mark_failed(span, outcome.name.lower())
        span.end()


def _attributes(message: QueuedMessage, address: Address) -> dict[str, AttributeValue]:
    told = messaging_attributes(PUBLISH, address.exchange, address.routing_key)
    told["messaging.message.id"] = address.message_id
    told["messaging.message.body.size"] = len(message.body)
    if conversation := message.properties.get("correlation_id"):
        told["messaging.message.conversation_id"] = str(conversation)
    return told
