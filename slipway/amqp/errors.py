"""The reply codes of AMQP 0-9-1 as exceptions; raising one closes a channel or a connection.

AmqpError
├── ChannelError      soft: only the channel is closed
└── FatalError        hard: the whole connection is closed
"""

from typing import Final

CONNECTION_FORCED: Final = 320
ACCESS_REFUSED: Final = 403
NOT_FOUND: Final = 404
RESOURCE_LOCKED: Final = 405
PRECONDITION_FAILED: Final = 406
FRAME_ERROR: Final = 501
SYNTAX_ERROR: Final = 502
COMMAND_INVALID: Final = 503
CHANNEL_ERROR: Final = 504
UNEXPECTED_FRAME: Final = 505
RESOURCE_ERROR: Final = 506
NOT_ALLOWED: Final = 530
NOT_IMPLEMENTED: Final = 540
INTERNAL_ERROR: Final = 541

NAMES: Final = {
    CONNECTION_FORCED: "CONNECTION_FORCED",
    ACCESS_REFUSED: "ACCESS_REFUSED",
    NOT_FOUND: "NOT_FOUND",
    RESOURCE_LOCKED: "RESOURCE_LOCKED",
    PRECONDITION_FAILED: "PRECONDITION_FAILED",
    FRAME_ERROR: "FRAME_ERROR",
    SYNTAX_ERROR: "SYNTAX_ERROR",
    COMMAND_INVALID: "COMMAND_INVALID",
    CHANNEL_ERROR: "CHANNEL_ERROR",
    UNEXPECTED_FRAME: "UNEXPECTED_FRAME",
    RESOURCE_ERROR: "RESOURCE_ERROR",
    NOT_ALLOWED: "NOT_ALLOWED",
    NOT_IMPLEMENTED: "NOT_IMPLEMENTED",
    INTERNAL_ERROR: "INTERNAL_ERROR",
}

_SHORT_STRING_BYTES = 255


class AmqpError(Exception):
    """A reply code (AMQP 0-9-1, 1.2 "Protocol constants") and a text for the client."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def reply_text(self) -> str:
        """`NAME - text`, cut to what a short string holds (255 bytes of UTF-8)."""
        whole = f"{NAMES.get(self.code, 'ERROR')} - {self.text}".encode()
        return whole[:_SHORT_STRING_BYTES].decode(errors="ignore")


class ChannelError(AmqpError):
    """The channel ends; its connection and the other channels live on."""


class FatalError(AmqpError):
    """The connection ends with all its channels."""
