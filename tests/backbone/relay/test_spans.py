import pytest
from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider, SpanKind

from backbone.relay.confirms import Address, Outcome
from backbone.relay.queue import QueuedMessage
from backbone.relay.spans import end_spans, start_spans
from backbone.tracing.context import trace_of
from tests.tracing import recorded

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ADDRESSES = [
    Address("events.topic", "team.7.job.1.status", "epoch7.1"),
    Address("jobs.direct", "jobs.env.create", "m"),
]


def messages(*traces):
    event = QueuedMessage(1, 7, "events.topic", "k", b"{}", {}, "epoch7.1", {}, 0.0, traces[0])
    job = {"correlation_id": "job-42-1"}
    order = QueuedMessage(2, None, "jobs.direct", "k", b"[]", {"x": 1}, None, job, 0.0, traces[1])
    return [event, order]


def test_each_message_has_a_producer_span_in_its_trace_and_carries_it():
    queued = messages(PARENT, None)
    with recorded("backbone.relay.spans") as exporter:
        spans = start_spans(queued, ADDRESSES)
        end_spans(spans, [Outcome.CONFIRMED, Outcome.UNROUTABLE])
    event, order = exporter.get_finished_spans()
    assert (event.name, event.kind) == ("rabbitmq.publish", SpanKind.PRODUCER)
    assert event.attributes == {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": "events.topic:team.7.job.1.status",
        "messaging.rabbitmq.destination.routing_key": "team.7.job.1.status",
        "messaging.message.id": "epoch7.1",
        "messaging.message.body.size": 2,
    }
    assert f"{event.parent.span_id:016x}" == PARENT.split("-")[2]
    assert event.status.is_ok
    assert order.parent is None
    assert (order.status.is_ok, order.attributes["error.type"]) == (False, "unroutable")
    assert order.attributes["messaging.message.conversation_id"] == "job-42-1"
    # Both left in one go.
    assert [link.context.span_id for link in order.links] == [event.context.span_id]
    assert queued[0].headers == {"traceparent": trace_of(spans[0])}
    assert queued[1].headers == {"x": 1, "traceparent": trace_of(spans[1])}


@pytest.mark.parametrize("provider", [trace.ProxyTracerProvider(), NoOpTracerProvider()])
def test_who_does_not_trace_passes_traces_on(monkeypatch, provider):
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    queued = messages(f"{PARENT} vendor=a", None)
    spans = start_spans(queued, ADDRESSES)
    assert [span.is_recording() for span in spans] == [False, False]
    end_spans(spans, [Outcome.CONFIRMED, Outcome.LOST])
    assert queued[0].headers == {"traceparent": PARENT, "tracestate": "vendor=a"}
    assert queued[1].headers == {"x": 1}


def test_what_is_not_recorded_costs_no_span_and_travels_on():
    unrecorded = PARENT[:-2] + "00"
    queued = messages(unrecorded, PARENT)
    with recorded("backbone.relay.spans") as exporter:
        end_spans(start_spans(queued, ADDRESSES), [Outcome.CONFIRMED, Outcome.CONFIRMED])
    [span] = exporter.get_finished_spans()
    assert span.attributes["messaging.message.id"] == "m"
    assert queued[0].headers == {"traceparent": unrecorded}
