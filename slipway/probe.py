"""Asks a process on this machine how it is: for health checks of containers and units."""

import httpx

from backbone.http.admin_port import admin_url
from backbone.settings import Settings
from generated.models.health import CheckStatus, Health

SECONDS = 4.0
"""How long the process may take for its answer."""


def probe(settings: Settings, *, live: bool) -> tuple[bool, str]:
    """Ask the process at ADMIN_PORT; give whether it is well, and what it says in a line.

    Raises:
        SettingsError: there is no ADMIN_PORT to ask at.
    """
    url = admin_url(settings, "/health/live" if live else "/health/ready")
    try:
        answer = httpx.get(url, timeout=SECONDS)
        health = Health.model_validate_json(answer.content)
    except (httpx.HTTPError, ValueError) as error:
        return False, f"no answer on port {settings.admin_port} ({type(error).__name__})"
    told = [
        f"{check.name}: {check.detail}"
        for check in health.checks
        if check.status is not CheckStatus.ok
    ]
    return health.status is not CheckStatus.failed, "; ".join(told) or health.status.value
