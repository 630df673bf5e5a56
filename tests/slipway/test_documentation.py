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


async def test_a_page_sends_requests_to_its_own_origin_only_and_not_at_all_when_that_is_off(
    client: httpx.AsyncClient,
) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    mount_documentation(app, try_it=False)
    quiet = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slipway")
    for path in PAGES:
        answers = {http: await http.get(path) for http in (client, quiet)}
        policies = {http: told.headers["content-security-policy"] for http, told in answers.items()}
        assert ("connect-src 'self'" in policies[client]) is (path == "/docs")
        assert "connect-src" not in policies[quiet]
        assert ("data-try-it>" in answers[client].text) is (path == "/docs")
        assert "data-try-it>" not in answers[quiet].text


async def test_a_page_travels_by_gzip_and_once(client: httpx.AsyncClient) -> None:
    plain = await client.get("/docs", headers={"accept-encoding": "identity"})
    packed = await client.get("/docs", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    known = {"accept-encoding": "identity", "if-none-match": plain.headers["etag"]}
    again = await client.get("/docs", headers=known)
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == plain.headers["content-security-policy"]


async def test_no_script_runs_but_the_page_s_own(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/docs/events"):
        policy = (await client.get(path)).headers["content-security-policy"]
        scripts = re.search(r"script-src ([^;]+)", policy)
        assert scripts is not None
        assert re.fullmatch(r"('sha256-[\w+/=]+' ?)+", scripts[1])


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
