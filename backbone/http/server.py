"""How every HTTP process is served: uvicorn, within the bounds of `HttpLimits`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from backbone.http.limits import HttpLimits
from backbone.http.protocol import BoundedProtocol, Front
from backbone.http.uvicorn_parts import require_parts

BACKLOG = 4096
"""Connections that may wait to be accepted; a deploy brings many at once."""


def server_config(
    app: ASGIApp,
    limits: HttpLimits,
    *,
    protocol: Callable[..., asyncio.Protocol] = BoundedProtocol,
    **options: Any,
) -> uvicorn.Config:
    """Make the configuration of a server; `options` are uvicorn's, where a process differs.

    Raises SettingsError when uvicorn lacks what is needed.
    """
    require_parts()
    http = partial(protocol, front=Front(limits))
    given: dict[str, Any] = {
        "loop": "uvloop" if sys.platform != "win32" else "asyncio",
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": 2,
        # uvicorn would trust whoever comes from 127.0.0.1.
        "proxy_headers": bool(limits.trusted_proxies),
        "forwarded_allow_ips": list(limits.trusted_proxies),
    }
    return uvicorn.Config(app, http=http, **(given | options))  # type: ignore[arg-type] # it is called like the class
