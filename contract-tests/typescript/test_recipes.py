"""`docs/frontend.md`: what it tells a frontend team to write in React and Next.js runs as it stands.

The page of plain HTML is tested in `tests/examples`.
"""

import os
import re
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from testing.browser import chromium
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import FOLDER, console_packages, packages
from testing.stack import RunningStack

ROOT = Path(__file__).resolve().parents[2]
RECIPES = (ROOT / "docs" / "frontend.md").read_text()
LONGEST = 60_000
LAYOUT = """
export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}
"""
"""What Next.js wants beside a page."""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture
def page(browser: Browser, stack: RunningStack) -> Iterator[Page]:
    """A page whose own origin is the stack's, as behind a common proxy."""
    context = browser.new_context(base_url=stack.origin.base_url)
    context.set_default_timeout(LONGEST)
    yield context.new_page()
    context.close()


def snippet(name: str) -> str:
    """The code block of the page that begins with the file's name."""
    found = re.findall(
        rf"^```\w+\n(// {re.escape(name)}\n.*?)^```$", RECIPES, re.DOTALL | re.MULTILINE
    )
    assert len(found) == 1, name
    return str(found[0])


def serve(page: Page, path: str, body: str, kind: str) -> None:
    page.route(f"**{path}", lambda route: route.fulfill(body=body, content_type=kind))


@pytest.mark.node
def test_the_react_recipe_orders_and_follows(
    page: Page, stack: RunningStack, tmp_path: Path
) -> None:
    serve(
        page,
        "/recipe",
        '<!doctype html><body><script type="module" src="/recipe.js"></script>',
        "text/html",
    )
    serve(page, "/recipe.js", bundled("main.tsx", tmp_path), "text/javascript")
    page.goto("/recipe")
    page.get_by_label("E-mail").fill(stack.origin.email)
    page.get_by_label("Password").fill(stack.origin.password)
    shortdomain = f"react-{uuid.uuid4().hex[:10]}"
    page.get_by_label("Short domain").fill(shortdomain)
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("status")).to_have_text(f"{shortdomain}: completed", timeout=LONGEST)


@pytest.mark.node
def test_the_page_for_next_shows_events_through_its_own_server(
    browser: Browser, stack: RunningStack
) -> None:
    try:
        modules = console_packages()
    except ServiceMissing as reason:
        skip_or_fail(reason)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(dir=build) as folder,
        next_server(Path(folder), modules, stack.origin.base_url) as url,
    ):
        context = browser.new_context(base_url=url)
        context.set_default_timeout(LONGEST)
        page = context.new_page()
        page.goto("/")
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        given = {"email": stack.origin.email, "password": stack.origin.password}
        login = context.request.post("/api/v1/auth/login", data=given).json()
        token = {"exchange_token": login["exchange_token"]}
        assert context.request.post("/api/v1/auth/session-exchange", data=token).ok
        with page.expect_response("**/api/v1/events*"):
            page.goto("/")
        order = {"shortdomain": f"next-{uuid.uuid4().hex[:10]}"}
        assert context.request.post("/api/v1/environments", data=order).ok
        expect(page.get_by_role("listitem").first).to_have_text("job_status", timeout=LONGEST)
        context.close()


@contextmanager
def next_server(folder: Path, modules: Path, slipway: str) -> Iterator[str]:
    """Build the page with Next.js, and serve it."""
    # Next.js refuses packages outside of its folder; links cost nothing.
    ours = shutil.ignore_patterns("slipway-client")
    installed = folder / "node_modules"
    shutil.copytree(modules, installed, symlinks=True, copy_function=os.link, ignore=ours)
    shutil.copytree(ROOT / "generated" / "typescript", installed / "slipway-client")
    (folder / "app").mkdir()
    (folder / "app" / "page.tsx").write_text(snippet("app/page.tsx"))
    (folder / "app" / "layout.tsx").write_text(LAYOUT)
    (folder / "next.config.mjs").write_text(snippet("next.config.mjs"))
    (folder / "package.json").write_text('{"private": true}')
    program = installed / ".bin" / "next"
    environment = {**os.environ, "SLIPWAY": slipway, "NEXT_TELEMETRY_DISABLED": "1"}
    run(program, "build", folder=folder, environment=environment)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "start", "--hostname", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(LONGEST // 100):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


def bundled(name: str, folder: Path) -> str:
    """Check the types of the snippets strictly, and bundle one with the client and React."""
    try:
        modules = packages(FOLDER)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    installed = folder / "node_modules"
    installed.mkdir()
    for package in modules.iterdir():
        (installed / package.name).symlink_to(package)
    shutil.copytree(ROOT / "generated" / "typescript", installed / "slipway-client")
    for file in (name, "app/page.tsx"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(snippet(file))
    # The compiler's packages have React's types, but not those of `react-dom`.
    (folder / "react-dom.d.ts").write_text('declare module "react-dom/client";')
    strict = [
        "--strict",
        "--noEmit",
        "--skipDefaultLibCheck",
        "--types",
        "react",
        "--jsx",
        "react-jsx",
        "--target",
        "es2022",
        "--module",
        "esnext",
    ]
    run(
        modules / ".bin" / "tsc",
        *strict,
        "--moduleResolution",
        "bundler",
        name,
        "app/page.tsx",
        "react-dom.d.ts",
        folder=folder,
    )
    made = ["--bundle", "--format=esm", "--jsx=automatic", "--outfile=out.js"]
    run(modules / ".bin" / "esbuild", name, *made, folder=folder)
    return (folder / "out.js").read_text()


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
