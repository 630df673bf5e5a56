"""Spans that are kept in memory, for the modules that make them."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@contextmanager
def recorded(*modules: str) -> Iterator[InMemorySpanExporter]:
    """Keep the spans of modules that have a `tracer`, as if the process had a collector."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "get_tracer_provider", lambda: provider)
        for module in modules:
            patch.setattr(import_module(module), "tracer", provider.get_tracer(module))
        yield exporter
