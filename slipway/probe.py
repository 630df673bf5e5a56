"""Asks a process on this machine how it is: for health checks of containers and units."""

import httpx

from backbone.errors import SettingsError
from backbone.settings import Settings
from generated.models.health import CheckStatus, Health

SECONDS = 4.0
"""How long the process may take for its answer."""


def probe(settings: Settings, *, live: bool) -> tuple[bool, str]:
    """Ask the process at ADMIN_PORT; give whether it is well, and what it says in a line.

    Raises:
        SettingsError: there is no ADMIN_PORT to ask at.
    """
    if settings.admin_port is None:
        raise SettingsError("ADMIN_PORT is not set; name the port that the process has it on")
    host = "127.0.0.1" if settings.admin_host in {"0.0.0.0", "::"} else settings.admin_host
    name = f"[{host}]" if ":" in host else host
    path = "live" if live else "ready"
    try:
        answer = httpx.get(f"http://{name}:{settings.admin_port}/health/{path}", timeout=SECONDS)
        health = Health.model_validate_json(answer.content)
    except (httpx.HTTPError, ValueError) as error:
        return False, f"no answer on port {settings.admin_port} ({type(error).__name__})"
    told = [
        f"{check.name}: {check.detail}"
        for check in health.checks
        if check.status is not CheckStatus.ok
    ]
    return health.status is not CheckStatus.failed, "; ".join(told) or health.status.value
