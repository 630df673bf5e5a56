"""An event that came with a trace is followed to the streams that it is written to."""

from __future__ import annotations

from opentelemetry import trace

from gateway.outgoing.entry import JOB_STATUS, Entry
from tests.gateway.event_source import EventSource
from tests.gateway.incoming.test_consumer import Setting, job_status
from tests.gateway.world import turns, virtual
from tests.tracing import recorded

MODULES = ("gateway.incoming.spans", "gateway.outgoing.spans")


def parent(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


@virtual
async def test_an_event_is_followed_from_the_broker_to_the_streams() -> None:
    setting = Setting()
    sources = [EventSource(), EventSource()]
    for source in sources:
        await setting.world.listen(source)
    written = setting.world.log.append(7)
    with recorded(*MODULES) as exporter:
        await setting.bring_signed(written, job_status(), traceparent=parent(5))
    sent, received = exporter.get_finished_spans()
    assert (received.name, sent.name) == ("sse.broker.receive", "sse.stream.send")
    assert received.parent is not None
    assert received.parent.span_id == 5
    assert sent.parent is not None
    assert sent.parent.span_id == received.context.span_id
    assert dict(sent.attributes or {}) == {"team_id": 7, "events": 1, "streams": 2}
    assert all(len(source.frames("message")) == 1 for source in sources)


@virtual
async def test_events_that_are_written_at_once_have_a_span_each() -> None:
    setting = Setting()
    await setting.world.listen(EventSource())
    team = setting.world.hub.teams[7]
    provider = recorded(*MODULES)
    with provider as exporter:
        tracer = trace.get_tracer("test")
        spans = [tracer.start_span("came") for _ in range(3)]
        for number, span in enumerate(spans, 1):
            entry = Entry(JOB_STATUS, b"{}", f"e1.{number}", "polling", 1)
            entry.span = None if number == 1 else span.get_span_context()
            team.offer(entry)
        await turns()
    sent = exporter.get_finished_spans()
    assert [s.parent and s.parent.span_id for s in sent] == [
        span.get_span_context().span_id for span in reversed(spans[1:])
    ]
    linked, stands = sent
    assert [link.context.span_id for link in linked.links] == [stands.context.span_id]


@virtual
async def test_who_does_not_trace_makes_no_span() -> None:
    setting = Setting()
    source = EventSource()
    await setting.world.listen(source)
    written = setting.world.log.append(7)
    await setting.bring_signed(written, job_status(), traceparent=parent(5))
    assert len(source.frames("message")) == 1


@virtual
async def test_an_event_for_one_user_is_followed_too() -> None:
    setting = Setting()
    await setting.world.listen(EventSource())
    team = setting.world.hub.teams[7]
    with recorded(*MODULES) as exporter:
        entry = Entry("concurrent_login_requested", b"{}", "e1.1", user_id=3)
        entry.span = trace.get_tracer("test").start_span("came").get_span_context()
        team.offer(entry)
        await turns()
    [sent] = exporter.get_finished_spans()
    assert (sent.attributes or {})["streams"] == 1
