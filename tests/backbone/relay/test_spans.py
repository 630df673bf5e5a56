import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider, SpanKind

from backbone.relay.confirms import Address, Outcome
from backbone.relay.spans import end_spans, start_spans

ADDRESSES = [Address("events.topic", "team.7", "epoch7.1"), Address("jobs.direct", "create", "j")]


def test_each_message_has_a_producer_span(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    end_spans(start_spans(ADDRESSES), [Outcome.CONFIRMED, Outcome.UNROUTABLE])
    event, job = exporter.get_finished_spans()
    assert (event.name, event.kind) == ("rabbitmq.publish", SpanKind.PRODUCER)
    assert event.attributes == {
        "messaging.system": "rabbitmq",
        "messaging.destination": "events.topic",
        "messaging.rabbitmq.routing_key": "team.7",
    }
    assert event.status.is_ok
    assert (job.status.is_ok, job.status.description) == (False, "unroutable")


@pytest.mark.parametrize("provider", [trace.ProxyTracerProvider(), NoOpTracerProvider()])
def test_without_a_recorder_there_are_none(monkeypatch, provider):
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    assert start_spans(ADDRESSES) == []
    end_spans([], [Outcome.CONFIRMED, Outcome.CONFIRMED])
