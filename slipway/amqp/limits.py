"""The bounds of a broker: sizes in bytes, times in seconds."""

from dataclasses import dataclass

_MIB = 1024 * 1024
_LEAST_FRAME = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What one broker takes on.

    `memory` bounds queued and unacknowledged messages together: above it publishers are not read
    until 80 % are reached. `heartbeat` is proposed to clients; theirs decides. `unread` is how
    much a client may leave unread before its own requests are no longer read.
    """

    memory: int = 256 * _MIB
    message: int = 16 * _MIB
    unread: int = 8 * _MIB
    frame_max: int = 128 * 1024
    channel_max: int = 2047
    connections: int = 1024
    heartbeat: int = 60
    handshake: float = 10.0

    def __post_init__(self) -> None:
        """Refuse a frame size below the standard's minimum (AMQP 0-9-1, 4.2.3: 4096)."""
        if self.frame_max < _LEAST_FRAME:
            raise ValueError(f"frame_max must be at least {_LEAST_FRAME} bytes")
