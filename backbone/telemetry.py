"""Logs as events with fields, the same for every process and library; secrets never get through."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import Processor

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|credential|session_key|api_key|private|fernet",
    re.IGNORECASE,
)
_PUBLIC_NAMES = frozenset({"secret_count", "token_type"})
_URL_PASSWORD = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@", re.IGNORECASE)
_BEARER = re.compile(r"(?P<scheme>bearer\s+)[A-Za-z0-9._~+/=-]+", re.IGNORECASE)
_QUIET = (
    "aio_pika",
    "aiormq",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpx",
    "httpcore",
    "uvicorn.access",
)


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide the values of secret names at any depth, and passwords within URLs, of a log entry."""
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and name not in _PUBLIC_NAMES:
        return REDACTED
    if isinstance(value, str):
        clean = _URL_PASSWORD.sub(rf"\g<scheme>:{REDACTED}@", value)
        return _BEARER.sub(rf"\g<scheme>{REDACTED}", clean)
    if isinstance(value, dict):
        return {key: _redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(name, inner) for inner in value]
    return value


def add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the ids of the current span (W3C Trace Context, in hex), when there is one."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def configure_logging(
    process: str,
    *,
    level: str = "info",
    style: Literal["auto", "json", "console"] = "auto",
    stream: TextIO | None = None,
) -> None:
    """Send all logs of this process, our own and the libraries', to `stream` (default stderr).

    One JSON object per line, or readable lines when `style` is `console` or `auto` on a terminal.
    """
    out = sys.stderr if stream is None else stream
    readable = style == "console" or (style == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        add_trace,
        _process_name(process),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    plain = structlog.dev.plain_traceback
    ending: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        # Text before the redaction, which then sees it; structlog's own would show local variables.
        structlog.processors.format_exc_info,
        redact,
        structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=plain)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ending)
    )
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _process_name(process: str) -> Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("process", process)
        return event

    return add
