"""Answers for requests that no application sees: those of the parser, and those of the caps."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from backbone.errors import BusinessError
from backbone.problems import MEDIA_TYPE, problem

_EVENT_STREAM = b"text/event-stream"


def refusal_bytes(error: BusinessError, defaults: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write the whole response; the connection closes behind it."""
    body = problem(error).model_dump_json().encode()
    lines = [STATUS_LINE[error.status]]
    for name, value in (*defaults, *_headers(error, body), (b"connection", b"close")):
        lines += [name, b": ", value, b"\r\n"]
    return b"".join([*lines, b"\r\n", body])


def refusing(error: BusinessError) -> ASGIApp:
    """Make an application that refuses every request.

    A browser's EventSource closes for good on any status but 200, so it is given a stream that
    only says when to come back (WHATWG HTML §9.2).
    """

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI's shape
        seconds = error.retry_after or 1
        if _comes_back(scope):
            status, body = 200, _drain(seconds)
            headers = [(b"content-type", _EVENT_STREAM), (b"cache-control", b"no-cache")]
        else:
            body = problem(error).model_dump_json().encode()
            status, headers = error.status, _headers(error, body)
        headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return refuse


def _headers(error: BusinessError, body: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *((name.lower().encode(), value.encode()) for name, value in error.headers.items()),
    ]


def _comes_back(scope: Scope) -> bool:
    """Return whether an EventSource reconnects; only then it sends the event that it knows."""
    return any(name == b"last-event-id" for name, _ in scope["headers"])


def _drain(seconds: int) -> bytes:
    # Spread, because those who were refused together would come back together.
    retry = seconds * 1000 + secrets.randbelow(seconds * 1000)
    return f'retry: {retry}\nevent: drain\ndata: {{"reason":"overloaded"}}\n\n'.encode()
