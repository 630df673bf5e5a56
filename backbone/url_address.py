"""The host and port of a URL of a service, in settings: complaints that repeat no part of it."""

from urllib.parse import SplitResult


def port_of(parts: SplitResult) -> int | None:
    """Return the port, if there is one. Raises ValueError for a wrong one, and without a host."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        # Python's own error would quote what stands there, perhaps a part of a password.
        raise ValueError("must have a number from 1 to 65535 as its port")
    if not parts.hostname:
        raise ValueError("must name a host")
    return port
