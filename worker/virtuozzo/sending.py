"""What is asked at the last moment before a request leaves this process."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

before_sending: ContextVar[Callable[[], None] | None] = ContextVar("before_sending", default=None)
"""Raises when the request may not be sent any more."""


def ask() -> None:
    """Raise what `before_sending` raises."""
    if (check := before_sending.get()) is not None:
        check()
