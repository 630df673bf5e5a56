"""The socket of an origin: bound before anything starts, so that a taken port is told at once."""

import errno
import socket

from backbone.http.server import BACKLOG

TRIES = 20


class PortTakenError(RuntimeError):
    """Somebody else listens there."""


def listen(host: str, port: int, *, search: bool = False, shared: bool = False) -> socket.socket:
    """Return a listening TCP socket.

    `port` 0 lets the system choose. `search` goes on to the next ports when one is taken; `shared`
    lets several processes listen on the same port (`SO_REUSEPORT`), so that the kernel spreads
    connections over them.

    Raises:
        PortTakenError: the port is taken, or each of the next ones too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + (TRIES if search and port else 1)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        listener.listen(BACKLOG)
        listener.setblocking(False)
        return listener
    raise PortTakenError(
        f"port {port} on {host} is taken; end the other program or choose another with --port"
    )


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
