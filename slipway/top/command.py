"""The command's life: looks again and again and redraws, until Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
from rich.console import Console
from rich.live import Live

from backbone.errors import SettingsError
from backbone.http.admin_port import admin_url
from backbone.settings import Settings
from slipway.top.reading import look
from slipway.top.view import view


async def run_top(
    settings: Settings, urls: Sequence[str], *, seconds: float, once: bool, console: Console
) -> int:
    """Show what the processes at `urls` tell; without any, those of this machine's `slipway up`.

    With `once` it looks twice, prints and returns; status 1 when nobody answers. Raises
    SettingsError when there is nobody to ask.
    """
    urls = [url.rstrip("/") for url in urls] or _own(settings)
    async with httpx.AsyncClient(trust_env=False) as client:
        before = await look(client, urls)
        if not before.answered:
            console.print(f"Nobody answers at {', '.join(urls)}: is ADMIN_PORT the right one?")
            return 1
        if once:
            await asyncio.sleep(seconds)
            console.print(view(before, await look(client, urls)))
            return 0
        with Live(view(None, before), console=console, screen=True, auto_refresh=False) as live:
            while True:
                await asyncio.sleep(seconds)
                now = await look(client, urls)
                live.update(view(before, now), refresh=True)
                before = now


def _own(settings: Settings) -> list[str]:
    if settings.admin_port is None:
        raise SettingsError(
            "ADMIN_PORT is not set; set it as the processes have it, or name their admin ports "
            "with --at http://HOST:PORT"
        )
    # Of `slipway up` the worker has the next one.
    worker = settings.model_copy(update={"admin_port": settings.admin_port + 1})
    return [admin_url(settings, "").rstrip("/"), admin_url(worker, "").rstrip("/")]
