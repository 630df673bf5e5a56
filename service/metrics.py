"""Counts requests and serves `/metrics`; labels are routes, never ids, so that they are few."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.http.exposition import metrics_answer
from backbone.http.metrics_access import metrics_route
from backbone.tracing.context import exemplar

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class RequestMetrics:
    """The service's own numbers, in a registry that it may share with other parts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        labels = ("method", "route", "status")
        self.requests = Counter(
            "slipway_http_requests", "Requests answered.", labels, registry=registry
        )
        self.seconds = Histogram(
            "slipway_http_request_seconds",
            "Time to the last byte of the answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add an answer. All three labels must come from short lists, or the numbers never end."""
        series = self._series.get((method, route, status))
        if series is None:
            series = (
                self.requests.labels(method, route, str(status)),
                self.seconds.labels(method, route),
            )
            self._series[method, route, status] = series
        requests, duration = series
        requests.inc()
        duration.observe(seconds, exemplar())

    def route(self, token: SecretStr | None) -> Route:
        """`GET /metrics` for those with the token."""

        async def respond(request: Request) -> Response:
            return metrics_answer(request, [self.registry])

        return metrics_route(token, respond)


class RequestMetricsMiddleware:
    """Counts and times each request by its route; a path that has none counts as `unmatched`."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            # A caller may invent paths and methods, so both come from short lists.
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.count(method, route, status, time.perf_counter() - started)
