"""The console's files over HTTP: which file answers, under which policy, and what is never shadowed."""

import base64
import gzip
import hashlib
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from backbone.http.problem_handlers import install_problem_handlers
from backbone.http.security_headers import SecurityHeadersMiddleware
from service.documents import document_routes
from slipway.console.files import ConsoleFiles
from slipway.console.policy import inline_script_hashes, policy_of
from slipway.console.route import RESERVED, ConsoleRoute

INLINE = 'try{document.title="a<b && \\u2026"}catch(e){}'
PAGE = f"""<!doctype html><title>NAME</title><script src="/_next/static/chunks/ab12.js" async></script>
<script>{INLINE}</script><script>{INLINE}</script><script id=x>self.n="NAME"</script><p>NAME</p>"""
BROWSER = {"accept": "text/html,*/*;q=0.8"}
CHUNK = "console.log('chunk');" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index", "jobs", "404"):
        (tmp_path / f"{name}.html").write_text(PAGE.replace("NAME", name))
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "deep.txt").write_text("payload")
    chunks = tmp_path / "_next" / "static" / "chunks"
    chunks.mkdir(parents=True)
    (chunks / "ab12.js").write_text(CHUNK)
    manifest = tmp_path / "_next" / "static" / "console"
    manifest.mkdir()
    (manifest / "_buildManifest.js").write_text("self.x=1")
    (tmp_path.parent / "secret.txt").write_text("outside")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> httpx.AsyncClient:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, routes=document_routes())
    install_problem_handlers(app)
    app.router.routes.append(ConsoleRoute(ConsoleFiles(folder)))
    app.add_middleware(SecurityHeadersMiddleware)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://slipway", headers=BROWSER
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [("/", "index"), ("/jobs", "jobs"), ("/jobs?id=7", "jobs"), ("/jobs.html", "jobs")],
)
async def test_a_path_is_a_file_or_the_page_of_that_name(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert f"<p>{name}</p>" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    head = await client.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])


async def test_only_hashed_names_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    chunk = await client.get("/_next/static/chunks/ab12.js")
    assert chunk.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert chunk.headers["content-type"].startswith("text/javascript")
    manifest = await client.get("/_next/static/console/_buildManifest.js")
    assert manifest.headers["cache-control"] == "no-cache"


async def test_a_pages_policy_names_exactly_its_inline_scripts(client: httpx.AsyncClient) -> None:
    answer = await client.get("/jobs")
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    hashes = {
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in (INLINE, 'self.n="jobs"')
    }
    assert set(policy["script-src"].split()) == {"'self'", *hashes}
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert "http:" not in answer.headers["content-security-policy"]
    assert "unsafe" not in policy["script-src"]


def test_scripts_with_an_address_have_no_hash() -> None:
    assert inline_script_hashes('<script src="/a.js">x</script><p>y</p>') == []
    assert "script-src 'self';" in policy_of("<p>no script</p>")
    assert len(inline_script_hashes("<SCRIPT>a</SCRIPT><script type=module>b</script>")) == 2


async def test_what_the_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/jobs", headers={"accept-encoding": "gzip"})
    assert first.headers["vary"] == "Accept-Encoding"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get(
            "/jobs", headers={"accept-encoding": "gzip", "if-none-match": known}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        # The browser stores what a 304 says; the middleware's own policy would block all scripts.
        policy = "content-security-policy"
        assert again.headers[policy] == first.headers[policy]
    other = await client.get("/jobs", headers={"accept-encoding": "gzip", "if-none-match": '"x"'})
    assert other.status_code == 200
    plain = await client.get("/jobs", headers={"accept-encoding": "identity"})
    assert plain.headers["etag"] != tag
    assert plain.text == first.text


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000, br", None),
        ("", None),
    ],
)
async def test_bytes_are_compressed_for_who_takes_it(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    headers = {"accept-encoding": accepted}
    async with client.stream("GET", "/_next/static/chunks/ab12.js", headers=headers) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert int(answer.headers["content-length"]) == len(sent)
    assert (gzip.decompress(sent) if encoding else sent).decode() == CHUNK


async def test_what_is_not_there_is_a_page_to_browsers_and_a_problem_to_programs(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/nowhere")
    assert (page.status_code, page.headers["cache-control"]) == (404, "no-store")
    assert "<p>404</p>" in page.text
    for path in ("/nowhere", "/_next/static/chunks/gone.js"):
        problem = await client.get(path, headers={"accept": "*/*"})
        assert problem.status_code == 404
        assert problem.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("prefix", RESERVED)
async def test_addresses_of_the_api_are_never_shadowed(
    client: httpx.AsyncClient, folder: Path, prefix: str
) -> None:
    for path in (prefix, f"{prefix}/x", f"{prefix}.html", f"{prefix}-1.json"):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/jobs/../../secret.txt",
        "/..%2fsecret.txt",
        "http://slipway//secret.txt",
    ],
)
async def test_nothing_outside_the_folder_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "outside" not in answer.text


async def test_a_slash_too_many_leads_to_the_page_and_nowhere_else(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/jobs/?id=7")
    assert (answer.status_code, answer.headers["location"]) == (308, "/jobs?id=7")
    for path in ("http://slipway//evil.example/", "/nowhere/", "/%5cevil.example/"):
        assert (await client.get(path)).status_code == 404


async def test_a_page_is_only_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/jobs")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert (await client.post("/nowhere")).status_code == 404


def test_without_a_build_there_is_no_console(tmp_path: Path) -> None:
    assert not ConsoleFiles(tmp_path / "nowhere")
