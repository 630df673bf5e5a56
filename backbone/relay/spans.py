"""The OpenTelemetry spans of a batch, one per message; no work at all while nothing records."""

from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider, ProxyTracerProvider, Span, SpanKind, StatusCode

from backbone.relay.confirms import Address, Outcome


def start_spans(addresses: Sequence[Address]) -> list[Span]:
    """Start a producer span for each message, or none when no provider has been set up."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, ProxyTracerProvider | NoOpTracerProvider):
        return []
    tracer = provider.get_tracer("slipway.relay")
    return [
        tracer.start_span(
            "rabbitmq.publish",
            kind=SpanKind.PRODUCER,
            attributes={
                "messaging.system": "rabbitmq",
                "messaging.destination": address.exchange,
                "messaging.rabbitmq.routing_key": address.routing_key,
            },
        )
        for address in addresses
    ]


def end_spans(spans: Sequence[Span], outcomes: Sequence[Outcome]) -> None:
    """End them, as errors where the broker has not confirmed."""
    for span, outcome in zip(spans, outcomes, strict=False):
        if outcome is not Outcome.CONFIRMED:
            span.set_status(StatusCode.ERROR, outcome.name.lower())
        span.end()
