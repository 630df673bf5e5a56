"""Has the kernel notice a peer that is gone: keepalives, and a bound for what is not acknowledged.

A host that vanishes sends no FIN; without these a connection to it stays open for two hours.
"""

import contextlib
import socket
from collections.abc import Mapping
from typing import Any, Final

IDLE_SECONDS: Final = 5
INTERVAL_SECONDS: Final = 2
PROBES: Final = 3
USER_TIMEOUT_MILLISECONDS: Final = 10_000
"""How long what was sent may stay unacknowledged (RFC 5482), a full window included."""

_OPTIONS: Final[Mapping[str, int]] = {
    "TCP_KEEPIDLE": IDLE_SECONDS,
    "TCP_KEEPINTVL": INTERVAL_SECONDS,
    "TCP_KEEPCNT": PROBES,
    "TCP_USER_TIMEOUT": USER_TIMEOUT_MILLISECONDS,
}

SERVER_SETTINGS: Final[Mapping[str, str]] = {
    "tcp_keepalives_idle": str(IDLE_SECONDS),
    "tcp_keepalives_interval": str(INTERVAL_SECONDS),
    "tcp_keepalives_count": str(PROBES),
    "tcp_user_timeout": str(USER_TIMEOUT_MILLISECONDS),
}
"""The same for PostgreSQL's end of a connection, so that no backend outlives its client."""


def socket_options() -> dict[int, int]:
    """Return the options of level TCP that this platform has, as kombu's `socket_settings` does."""
    return {
        getattr(socket, name): value for name, value in _OPTIONS.items() if hasattr(socket, name)
    }


def watch_peer(connection: Any) -> None:
    """Set the options on a socket or on a transport's; others than TCP's have none."""
    if connection is None or connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    with contextlib.suppress(OSError):  # closed already, or a platform that refuses
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in socket_options().items():
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


def socket_of(connection: object) -> Any | None:
    """Find the socket of an asyncpg connection, or None.

    asyncpg has no way to ask for it. Without it the server's end still has its settings, and each
    statement its time-out.
    """
    transport = getattr(connection, "_transport", None)
    return None if transport is None else transport.get_extra_info("socket")
