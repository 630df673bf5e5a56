import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from backbone.http.tracing import TracingMiddleware
from tests.tracing import recorded

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Route:
    path = "/jobs/{job_id}"


def scope(path="/jobs/42", method="GET", headers=()):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "https",
        "http_version": "1.1",
        "client": ("192.0.2.1", 5000),
        "server": ("api.example", 443),
        "query_string": b"token=secret",
        "headers": [(b"traceparent", PARENT.encode()), *headers],
    }


def answering(status=200, content_type=b"application/json", *, then=None):
    async def app(scope, receive, send):
        scope["route"] = Route()
        scope["state"] = {"request_id": "r-1"}
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", content_type)],
            }
        )
        if then is not None:
            await then()

    return app


async def nothing(*_):
    pass


async def spans_of(app, **request):
    with recorded("backbone.http.tracing") as exporter:
        await TracingMiddleware(app)(scope(**request), nothing, nothing)
    return exporter.get_finished_spans()


async def test_a_request_goes_on_with_the_callers_trace():
    [span] = await spans_of(answering(), headers=[(b"user-agent", b"curl")])
    assert (span.name, span.kind) == ("GET /jobs/{job_id}", SpanKind.SERVER)
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "url.path": "/jobs/42",
        "url.scheme": "https",
        "network.protocol.version": "1.1",
        "client.address": "192.0.2.1",
        "server.address": "api.example",
        "server.port": 443,
        "user_agent.original": "curl",
        "http.response.status_code": 200,
        "http.route": "/jobs/{job_id}",
        "request_id": "r-1",
    }
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(("status", "failed"), [(404, False), (503, True)])
async def test_only_the_servers_own_failures_are_errors(status, failed):
    [span] = await spans_of(answering(status))
    assert (span.status.status_code is StatusCode.ERROR) is failed
    assert span.attributes.get("error.type") == ("503" if failed else None)


async def test_a_made_up_method_is_no_name():
    [span] = await spans_of(answering(), method="BREW")
    assert span.attributes["http.request.method"] == "_OTHER"
    assert span.attributes["http.request.method_original"] == "BREW"


async def test_an_exception_tells_its_kind_only():
    async def fail():
        raise ValueError("secret")

    with recorded("backbone.http.tracing") as exporter, pytest.raises(ValueError, match="secret"):
        await TracingMiddleware(answering(then=fail))(scope(), nothing, nothing)
    [span] = exporter.get_finished_spans()
    assert span.attributes["error.type"] == "ValueError"
    assert "secret" not in span.to_json()


@pytest.mark.parametrize("path", ["/api/v1/health/live", "/health/ready", "/metrics"])
async def test_probes_have_no_span(path):
    assert await spans_of(answering(), path=path) == ()


async def test_a_stream_is_traced_to_its_beginning():
    ended = []

    async def streaming():
        ended.append(not trace.get_current_span().is_recording())
        raise asyncio.CancelledError

    app = answering(content_type=b"text/event-stream; charset=utf-8", then=streaming)
    with recorded("backbone.http.tracing") as exporter, pytest.raises(asyncio.CancelledError):
        await TracingMiddleware(app)(scope(), nothing, nothing)
    [span] = exporter.get_finished_spans()
    assert ended == [True]
    assert "error.type" not in span.attributes
    assert span.name == "GET /jobs/{job_id}"
