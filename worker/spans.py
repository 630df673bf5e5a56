"""What a task's log lines and its span have from its message: request id and trace."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import Task
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from backbone.outbox import REQUEST_ID_HEADER, request_fields
from backbone.tracing.context import (
    TRACEPARENT,
    TRACESTATE,
    is_tracing,
    mark_failed,
    parent_of,
    trace_in,
)
from backbone.tracing.messaging import PROCESS, messaging_attributes

tracer = trace.get_tracer("slipway.worker")


@contextmanager
def processing(task: Task[Any, Any]) -> Generator[None]:
    """Do in the block what a task does with its message, within the message's trace."""
    with (
        structlog.contextvars.bound_contextvars(
            task_id=task.request.id, **request_fields(_headers(task, REQUEST_ID_HEADER))
        ),
        _span(task),
    ):
        yield


@contextmanager
def _span(task: Task[Any, Any]) -> Generator[None]:
    text = trace_in(_headers(task, TRACEPARENT, TRACESTATE))
    if text is None and not is_tracing():
        yield
        return
    delivery = task.request.delivery_info or {}
    exchange, key = delivery.get("exchange") or "", delivery.get("routing_key") or ""
    with tracer.start_as_current_span(
        f"process {key or task.name}",
        context=parent_of(text),
        kind=SpanKind.CONSUMER,
        attributes={
            **messaging_attributes(PROCESS, exchange, key),
            "messaging.message.id": str(task.request.id),
            "celery.task_name": str(task.name),
        },
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except BaseException as error:
            mark_failed(span, error)
            raise


def _headers(task: Task[Any, Any], *names: str) -> dict[str, Any]:
    """Return some of the message's headers: Celery's request has them, an eager one apart."""
    request = task.request
    apart = getattr(request, "headers", None) or {}
    return {name: getattr(request, name, None) or apart.get(name) for name in names}
