"""Spans of statements, in the span of what asks for them; where there is none, neither has it.

Attributes: https://opentelemetry.io/docs/specs/semconv/database/database-spans (stable). Statements
carry their values apart, so their text holds nobody's data.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.tracing.context import mark_failed

_SUMMARY_LENGTH = 255
_SPAN = "slipway_span"
_WRITES = re.compile(
    r"\b(INSERT) INTO (\w+)|\b(UPDATE) (\w+) SET|\b(DELETE) FROM (\w+)", re.IGNORECASE
)
_READS = re.compile(r"\b(SELECT)\b.*?\bFROM (\w+)", re.IGNORECASE | re.DOTALL)


tracer = trace.get_tracer("slipway.database")


class StatementSpans:
    """Makes the spans of one database's statements."""

    def __init__(self, url: URL) -> None:
        postgresql = url.get_backend_name() == "postgresql"
        self._common: dict[str, str | int] = {
            "db.system.name": "postgresql" if postgresql else "sqlite"
        }
        if url.database:
            self._common["db.namespace"] = url.database
        if postgresql and url.host:
            self._common["server.address"] = url.host
            self._common["server.port"] = url.port or 5432

    def start(self, sql: str) -> Span | None:
        """Start the span of a statement; None when it is a part of nothing that is recorded."""
        if not trace.get_current_span().is_recording():
            return None
        summary, operation = _summary(sql)
        told = {"db.query.text": sql, "db.query.summary": summary, "db.operation.name": operation}
        return tracer.start_span(summary, kind=SpanKind.CLIENT, attributes={**self._common, **told})

    def watch(self, engine: AsyncEngine) -> None:
        """Have SQLAlchemy's statements make spans."""
        event.listen(engine.sync_engine, "before_cursor_execute", self._before)
        event.listen(engine.sync_engine, "after_cursor_execute", _after)
        event.listen(engine.sync_engine, "handle_error", _failed)

    def _before(
        self,
        connection: Connection,
        _: Any,
        sql: str,
        __: Any,
        ___: Any,
        ____: bool,
    ) -> None:
        # SQLite's transactions begin by a statement; of PostgreSQL nobody sees it.
        if not sql.startswith("BEGIN") and (span := self.start(sql)) is not None:
            connection.info[_SPAN] = span


def _after(connection: Connection, *_: Any) -> None:
    if (span := connection.info.pop(_SPAN, None)) is not None:
        end_statement(span)


def _failed(context: ExceptionContext) -> None:
    connection = context.connection
    span = None if connection is None else connection.info.pop(_SPAN, None)
    if span is not None:
        end_statement(span, context.original_exception)


def end_statement(span: Span, error: BaseException | None = None) -> None:
    """End a statement's span; of an error it tells the kind, whose text may quote values."""
    if error is not None:
        code = cast("str | None", getattr(error, "sqlstate", None))
        if code:
            span.set_attribute("db.response.status_code", code)
        mark_failed(span, code or error)
    span.end()


@lru_cache(maxsize=512)
def _summary(sql: str) -> tuple[str, str]:
    """Tell what a statement does, such as `UPDATE teams INSERT events`, and its first operation."""
    found = _WRITES.findall(sql) or _READS.findall(sql)[:1]
    named = [[word for word in match if word] for match in found]
    if not named:
        first = sql.split(None, 1)[0].upper() if sql.strip() else "statement"
        return first, first
    steps = dict.fromkeys(f"{verb.upper()} {table}" for verb, table in named)
    return " ".join(steps)[:_SUMMARY_LENGTH], named[0][0].upper()
