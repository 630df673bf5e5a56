"""A real browser, with a page of another origin, its session cookie, and its own EventSource."""

import asyncio
import os
import secrets
import shutil
import signal
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from browser.scenario import (
    Reports,
    a_job_stream_ends_for_good,
    a_team_stream_survives_cuts,
    scene,
    skip_or_fail_without,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from backbone.http.serving import serving

PAGE = Path(__file__).with_name("page.html")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    skip_or_fail_without(found, "Chromium")
    assert found is not None
    return found


class PageServer:
    """Serves the page and takes its reports."""

    def __init__(self) -> None:
        self.reports = Reports()
        self.app = Starlette(
            routes=[Route("/", self._page), Route("/report", self._report, methods=["POST"])]
        )

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(PAGE.read_text())

    async def _report(self, request: Request) -> Response:
        await self.reports.add(await request.json())
        return Response(status_code=204)


@asynccontextmanager
async def opened(chromium: str, profile: Path, url: str) -> AsyncIterator[None]:
    """Keep the page open in a browser of its own."""
    browser = await asyncio.create_subprocess_exec(
        chromium,
        *FLAGS,
        f"--user-data-dir={profile}",
        url,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(browser.pid, signal.SIGKILL)
        await browser.wait()


@pytest.mark.parametrize("follow", ["team", "job"])
async def test_hears_everything_once(
    chromium, friendly_stack, page_socket, tmp_path, follow
) -> None:
    server = PageServer()
    config = uvicorn.Config(server.app, log_config=None, access_log=False, lifespan="off")
    async with (
        serving(uvicorn.Server(config), page_socket.dup()),
        scene(friendly_stack) as running,
    ):
        origin = friendly_stack.origin
        query = {
            "api": running.url,
            "email": origin.email,
            "password": origin.password,
            "follow": follow,
            "name": f"browser-{secrets.token_hex(4)}",
        }
        port = page_socket.getsockname()[1]
        url = f"http://127.0.0.1:{port}/?{urllib.parse.urlencode(query)}"
        async with opened(chromium, tmp_path / "profile", url):
            if follow == "job":
                await a_job_stream_ends_for_good(server.reports)
            else:
                await a_team_stream_survives_cuts(running, server.reports)
        assert not server.reports.of("failed")
