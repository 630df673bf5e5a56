"""The span of each request, which goes on with the caller's trace; only there while we trace.

Attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans (stable). Probes and the
metrics have no span, and neither query nor body are told.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

from backbone.tracing.context import (
    TRACEPARENT,
    TRACESTATE,
    mark_failed,
    parent_of,
    trace_in,
    under,
)

if TYPE_CHECKING:
    from opentelemetry.util.types import AttributeValue
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_OTHER_SPANS: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own spans are off: of a stream whose connection is handed over they tell an error."""

METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_WITHOUT = ("/health/live", "/health/ready", "/metrics")
_SERVER_ERROR = 500
_STREAM = b"text/event-stream"

tracer = trace.get_tracer("slipway.http")


class TracingMiddleware:
    """Traces requests from their arrival to the end of the answer, of a stream to its beginning."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request within its span."""
        if scope["type"] != "http" or scope["path"].endswith(_WITHOUT):
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        span = tracer.start_span(
            method if method != "_OTHER" else "HTTP",
            parent_of(trace_in(_headers(scope, TRACEPARENT, TRACESTATE))),
            SpanKind.SERVER,
            _request(scope, method),
        )
        answer = _Answer(span, scope, send)
        try:
            with under(span):
                await self._app(scope, receive, answer.send)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            mark_failed(span, error)
            raise
        finally:
            answer.end()


class _Answer:
    """Watches an answer, for the request's span."""

    def __init__(self, span: Span, scope: Scope, send: Send) -> None:
        self._span = span
        self._scope = scope
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start":
            self._begin(message)
        await self._send(message)

    def _begin(self, message: Message) -> None:
        status = message["status"]
        self._span.set_attribute("http.response.status_code", status)
        if status >= _SERVER_ERROR:
            mark_failed(self._span, str(status))
        kinds = [value for name, value in message.get("headers", ()) if name == b"content-type"]
        if any(bytes(kind).startswith(_STREAM) for kind in kinds):
            # It goes on for as long as the browser likes, maybe without this call.
            self.end()

    def end(self) -> None:
        """End the span, under its route's name; ending it twice is once."""
        span, scope = self._span, self._scope
        if not span.is_recording():
            return
        route = getattr(scope.get("route"), "path", None)
        if route is not None:
            span.set_attribute("http.route", route)
            span.update_name(f"{scope['method']} {route}")
        if request_id := scope.get("state", {}).get("request_id"):
            span.set_attribute("request_id", request_id)
        span.end()


def _request(scope: Scope, method: str) -> dict[str, AttributeValue]:
    told: dict[str, AttributeValue] = {
        "http.request.method": method,
        "url.path": scope["path"],
        "url.scheme": scope.get("scheme", "http"),
        "network.protocol.version": scope.get("http_version", "1.1"),
    }
    if method == "_OTHER":
        told["http.request.method_original"] = scope["method"]
    if client := scope.get("client"):
        told["client.address"] = client[0]
    if server := scope.get("server"):
        told["server.address"] = server[0]
        if server[1] is not None:
            told["server.port"] = server[1]
    if agent := _headers(scope, "user-agent").get("user-agent"):
        told["user_agent.original"] = agent
    return told


def _headers(scope: Scope, *names: str) -> dict[str, str]:
    wanted = {name.encode("ascii"): name for name in names}
    return {
        wanted[name]: bytes(value).decode("latin-1")
        for name, value in scope["headers"]
        if name in wanted
    }
