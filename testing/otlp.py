"""A collector of OpenTelemetry's spans that keeps them in memory (OTLP over HTTP, protobuf)."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from testing.http_server import QuietHandler, served


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    """A span as it was sent; ids in hex, times in nanoseconds."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[str, ...]
    attributes: dict[str, Any]
    start: int
    end: int
    failed: bool


@dataclass(slots=True)
class Collector:
    """What was sent so far. `endpoint` is for OTEL_EXPORTER_OTLP_ENDPOINT."""

    endpoint: str = ""
    spans: list[CollectedSpan] = field(default_factory=list)

    def of(self, trace_id: str) -> list[CollectedSpan]:
        """Return the spans of a trace, in the order in which they began."""
        return sorted((s for s in self.spans if s.trace_id == trace_id), key=lambda s: s.start)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            service = attributes(resource.resource.attributes).get("service.name", "")
            for scope in resource.scope_spans:
                self.spans.extend(collected(service, span) for span in scope.spans)


def collected(service: str, span: Any) -> CollectedSpan:
    return CollectedSpan(
        service=service,
        name=span.name,
        kind=span.kind,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        links=tuple(link.span_id.hex() for link in span.links),
        attributes=attributes(span.attributes),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
    )


def attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@contextmanager
def otlp_collector() -> Iterator[Collector]:
    """Collect at a free port of this machine while the block runs."""
    collector = Collector()

    class Handler(QuietHandler):
        def respond(self) -> None:
            body = self.content()
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.answer(200, "application/x-protobuf", answer)

    with served(Handler) as origin:
        collector.endpoint = origin
        yield collector


def drawn(spans: list[CollectedSpan]) -> str:
    """Draw a trace as a tree; a span whose parent was not sent stands at the edge."""
    known = {span.span_id for span in spans}
    begun = min(span.start for span in spans)
    lines: list[str] = []

    def draw(parents: set[str], depth: int) -> None:
        for span in spans:
            top = span.parent_id not in known if not depth else span.parent_id in parents
            if top:
                at = (span.start - begun) / 1e6
                took = (span.end - span.start) / 1e6
                lines.append(
                    f"{at:9.1f} ms {took:8.1f} ms  {'  ' * depth}{span.name}  [{span.service}]"
                )
                draw({span.span_id}, depth + 1)

    draw(set(), 0)
    return "\n".join(lines)
