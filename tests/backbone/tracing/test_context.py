import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from backbone.tracing.context import (
    current_trace,
    is_recorded,
    is_tracing,
    mark_failed,
    parent_of,
    start_shared,
    trace_headers,
    trace_in,
    trace_of,
    under,
)
from tests.tracing import recorded

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def spans_of(text):
    return trace.get_current_span(parent_of(text)).get_span_context()


def test_without_a_span_there_is_no_trace():
    assert current_trace() is None
    assert not is_tracing()


@pytest.mark.parametrize("text", [PARENT, f"{PARENT} vendor=a,other=b"])
def test_a_trace_goes_through_a_text_and_through_headers(text):
    span = trace.NonRecordingSpan(spans_of(text))
    assert trace_of(span) == text
    assert trace_in(trace_headers(text)) == text
    with under(span):
        assert current_trace() == text
    assert current_trace() is None


@pytest.mark.parametrize("flags", ["00", "01"])
def test_what_is_not_sampled_stays_so(flags):
    text = PARENT[:-2] + flags
    assert trace_of(trace.NonRecordingSpan(spans_of(text))) == text


@pytest.mark.parametrize("wrong", ["", "nonsense", "00-0-0-00", PARENT.replace("0af7", "xxxx")])
def test_a_malformed_trace_is_none(wrong):
    assert not spans_of(wrong).is_valid
    assert not spans_of(None).is_valid


@pytest.mark.parametrize("headers", [{}, {"traceparent": 7}, {"traceparent": b"x"}])
def test_headers_of_another_shape_name_no_trace(headers):
    assert trace_in(headers) is None


@pytest.mark.parametrize(
    ("text", "recorded_"),
    [
        (PARENT, True),
        (f"{PARENT} vendor=a-00", True),
        (PARENT[:-2] + "00", False),
        (PARENT[:-2] + "03", True),
        ("nonsense", False),
        ("", False),
        (None, False),
    ],
)
def test_the_flags_say_whether_a_trace_is_recorded(text, recorded_):
    assert is_recorded(text) is recorded_


def test_an_empty_context_does_not_inherit_the_current_span():
    with recorded("backbone.tracing.client") as exporter:
        tracer = trace.get_tracer("test")
        with tracer.start_as_current_span("other"):
            tracer.start_span("own", parent_of(None)).end()
    own, _ = exporter.get_finished_spans()
    assert own.parent is None


def test_of_what_is_done_at_once_each_has_a_span_and_a_link_to_the_first():
    other = PARENT.replace("0af7", "1111")
    with recorded() as exporter:
        tracer = trace.get_tracer("test")
        for span in start_shared(
            tracer, "write", SpanKind.CLIENT, [(PARENT, {"n": 1}), (other, {"n": 2})]
        ):
            span.end()
    first, second = exporter.get_finished_spans()
    assert trace.format_trace_id(first.context.trace_id) == PARENT.split("-")[1]
    assert trace.format_trace_id(second.context.trace_id) == other.split("-")[1]
    assert first.links == ()
    assert [link.context.span_id for link in second.links] == [first.context.span_id]
    assert [span.attributes["n"] for span in (first, second)] == [1, 2]


@pytest.mark.parametrize("kind", ["KeyError", KeyError("whose text may hold a secret")])
def test_a_failed_span_tells_the_kind_of_its_error_and_no_text(kind):
    with recorded() as exporter:
        span = trace.get_tracer("test").start_span("work")
        mark_failed(span, kind)
        span.end()
    [span] = exporter.get_finished_spans()
    assert dict(span.attributes) == {"error.type": "KeyError"}
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert not span.events
