"""What uvicorn's cycle of a request and its answer is given in place of its own parts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final


class _UntilClosed(int):
    """The length of a body that ends with its connection: never reached, never exceeded."""

    __slots__ = ()

    def __lt__(self, other: int) -> bool:
        return False

    def __sub__(self, other: int) -> _UntilClosed:
        return self

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


UNTIL_CLOSED: Final = _UntilClosed()


class LingeringTransport:
    """A transport for an answer that may come before its request's body has.

    uvicorn closes it behind the answer, and what is unread then makes the system reset the
    connection: the peer would lose the answer. So `close` closes behind what the peer still sends.
    """

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close
