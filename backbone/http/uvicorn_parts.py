"""The private parts of uvicorn that we stand on, asserted where a server is made.

A release that renames one would otherwise break each connection with an AttributeError, or end
every rolling restart as a death by signal.
"""

import inspect
from importlib.metadata import version

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from backbone.errors import SettingsError


def missing_parts() -> list[str]:
    """Name what this release of uvicorn lacks of what we use beyond its documentation."""
    missing = []
    if not callable(getattr(HttpToolsProtocol, "_unset_keepalive_if_required", None)):
        missing.append("HttpToolsProtocol._unset_keepalive_if_required")
    if not callable(getattr(uvicorn.Server, "capture_signals", None)):
        missing.append("Server.capture_signals")
    # Made in the constructor, which wants a configuration; its source tells without one.
    if "_captured_signals" not in inspect.getsource(uvicorn.Server.__init__):
        missing.append("Server._captured_signals")
    # Set for clients of HTTP/1.0, as long as the cycle is not told otherwise.
    made = inspect.getsource(RequestResponseCycle.__init__)
    missing += [
        f"RequestResponseCycle.{name}"
        for name in ("chunked_encoding", "expected_content_length")
        if f"self.{name}" not in made
    ]
    return missing


def require_parts() -> None:
    """Raise SettingsError, with the releases that are known to work, if uvicorn lacks a part."""
    missing = missing_parts()
    if missing:
        raise SettingsError(
            f"uvicorn {version('uvicorn')} has no {', '.join(missing)}; "
            "install a release that the lock file names (requirements.lock)"
        )
