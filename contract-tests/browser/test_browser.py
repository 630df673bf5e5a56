"""Real browsers with a page of another origin and its session cookie: EventSource, and our client."""

import secrets
import urllib.parse
from pathlib import Path

import pytest
import uvicorn
from browser.scenario import (
    Reports,
    a_job_stream_ends_for_good,
    a_team_stream_survives_a_proxy_without_server,
    a_team_stream_survives_cuts,
    scene,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from backbone.http.serving import serving
from testing.browser import BROWSERS, opened, program_of
from testing.missing import ServiceMissing, skip_or_fail

PAGE = Path(__file__).with_name("page.html")
CLIENT = Path(__file__).parents[2] / "generated" / "typescript"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


class PageServer:
    """Serves the page and takes its reports."""

    def __init__(self) -> None:
        self.reports = Reports()
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/report", self._report, methods=["POST"]),
                Mount("/client", StaticFiles(directory=CLIENT)),
            ]
        )

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(PAGE.read_text())

    async def _report(self, request: Request) -> Response:
        await self.reports.add(await request.json())
        return Response(status_code=204)


@pytest.mark.parametrize("by", ["eventsource", "client"])
@pytest.mark.parametrize("follow", ["team", "job"])
@pytest.mark.parametrize("browser", BROWSERS)
async def test_hears_everything_once(  # noqa: PLR0917
    browser, follow, by, friendly_stack, page_socket, tmp_path
) -> None:
    try:
        program_of(browser)
    except ServiceMissing as reason:
        skip_or_fail(reason)
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
            "by": by,
            "name": f"browser-{secrets.token_hex(4)}",
        }
        port = page_socket.getsockname()[1]
        url = f"http://127.0.0.1:{port}/?{urllib.parse.urlencode(query)}"
        with opened(browser, tmp_path / "profile", url):
            if follow == "job":
                await a_job_stream_ends_for_good(server.reports)
            else:
                gives_up = browser == "firefox" and by == "eventsource"
                await a_team_stream_survives_cuts(running, server.reports, gives_up=gives_up)
                await a_team_stream_survives_a_proxy_without_server(running, server.reports)
        assert not server.reports.of("failed")
