"""The pages beside the API answer, fetch nothing, and the start page's links lead somewhere."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.documents import document_routes
from slipway import documentation
from slipway.documentation import PAGES, mount_documentation


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, routes=document_routes())
    mount_documentation(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slipway")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_html_that_fetches_nothing(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.https?:", answer.text)


async def test_the_start_page_leads_to_what_is_there(client: httpx.AsyncClient) -> None:
    links = re.findall(r'href="([^"]+)"', (await client.get("/docs/start")).text)
    assert len(links) >= 5
    for link in links:
        if not link.startswith("/api/"):
            assert (await client.get(link)).status_code == 200, link


async def test_the_console_stands_at_the_root_and_leads_its_own_files(
    client: httpx.AsyncClient,
) -> None:
    """The built files are in the repository: whoever starts a stack sees the console."""
    page = await client.get("/", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "script-src 'self' 'sha256-" in page.headers["content-security-policy"]
    files = re.findall(r'(?:src|href)="(/_next/[^"]+)"', page.text)
    assert len(files) > 3
    for address in files:
        found = await client.get(address)
        assert found.status_code == 200, address
        # Next names these by the build, which is always the same here, and not by what is in them.
        hashed = not address.endswith(
            ("/_buildManifest.js", "/_ssgManifest.js", "/_clientMiddlewareManifest.js")
        )
        assert ("immutable" in found.headers["cache-control"]) is hashed, address


async def test_without_a_build_the_root_is_the_start_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documentation, "OUT", tmp_path)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    mount_documentation(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slipway") as http:
        assert (await http.get("/")).text == (await http.get("/docs/start")).text
