"""The pages beside the API answer, fetch nothing, and the start page's links lead somewhere."""

import re

import httpx
import pytest
from fastapi import FastAPI

from service.documents import document_routes
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
    links = re.findall(r'href="([^"]+)"', (await client.get("/")).text)
    assert len(links) >= 5
    for link in links:
        if not link.startswith("/api/"):
            assert (await client.get(link)).status_code == 200, link
