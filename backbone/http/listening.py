"""The socket of an origin: bound before anything starts, so that a taken port is told at once."""

import errno
import socket
from contextlib import ExitStack

from backbone.http.server import BACKLOG

TRIES = 20


class ListenError(RuntimeError):
    """Nobody can listen there; the text tells why, and what to do.

    └── PortTakenError  somebody else does
    """


class PortTakenError(ListenError):
    """Somebody else listens there."""


def listen(host: str, port: int, *, search: bool = False, shared: bool = False) -> socket.socket:
    """Return a listening TCP socket.

    `port` 0 lets the system choose. `search` goes on to the next ports when one is taken; `shared`
    lets several processes listen on the same port (`SO_REUSEPORT`), so that the kernel spreads
    connections over them.

    Raises:
        PortTakenError: the port is taken, or each of the next ones too.
        ListenError: the address is not this machine's, or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + (TRIES if search and port else 1)):
        try:
            listener = _bound(family, host, candidate, shared=shared)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise ListenError(
                f"cannot listen on {host} port {candidate}: {error.strerror}; name an address of "
                "this machine (127.0.0.1, or 0.0.0.0 for all) and a port that may be used"
            ) from error
        listener.listen(BACKLOG)
        listener.setblocking(False)
        return listener
    raise PortTakenError(
        f"port {port} on {host} is taken; end the other program or choose another with --port"
    )


def _bound(family: int, host: str, port: int, *, shared: bool) -> socket.socket:
    with ExitStack() as unless_bound:
        listener = unless_bound.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        unless_bound.pop_all()
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
