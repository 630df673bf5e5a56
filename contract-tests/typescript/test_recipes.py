"""`docs/frontend.md`: what it tells a frontend team to write in React runs as it stands.

The page of plain HTML is tested in `tests/examples`. Of the page for Next.js the types are checked.
"""

import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from testing.browser import chromium
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import FOLDER, packages
from testing.stack import RunningStack

ROOT = Path(__file__).resolve().parents[2]
RECIPES = (ROOT / "docs" / "frontend.md").read_text()
LONGEST = 60_000

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


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
