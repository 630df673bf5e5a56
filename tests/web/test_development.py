"""`make web ARGS=dev`: the console from its sources, beside a live stack, loaded anew on changes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from pytest_socket import enable_socket

from testing.checkout import ROOT
from testing.stack import RunningStack, kill_group

SECONDS = 180
LONGEST = SECONDS * 1_000.0
STOP_SECONDS = 20

pytestmark = [
    pytest.mark.browser,
    pytest.mark.node,
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
]


@contextmanager
def development(origin: str, port: int, log: Path) -> Iterator[str]:
    """Run the command until the sources are served; its processes are gone at the end."""
    environment = os.environ | {"SLIPWAY_ORIGIN": origin, "PORT": str(port)}
    with log.open("wb") as lines:
        server = subprocess.Popen(
            ["make", "-s", "web", "ARGS=dev"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        yield served(server, f"http://127.0.0.1:{port}", log)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(STOP_SECONDS)
        finally:
            kill_group(server.pid)


def served(server: subprocess.Popen[bytes], url: str, log: Path) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"it ended with {server.returncode}:\n{log.read_text()}")
        try:
            httpx.get(f"{url}/sign-in", timeout=SECONDS).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError(log.read_text())


def test_the_sources_are_run_beside_a_live_stack(
    browser: Browser, node_modules: Path, tmp_path: Path, unused_tcp_port: int
) -> None:
    enable_socket()
    with (
        RunningStack.start("embedded", tmp_path) as stack,
        development(stack.origin.base_url, unused_tcp_port, tmp_path / "next.log") as url,
    ):
        context = browser.new_context(base_url=url)
        context.set_default_timeout(LONGEST)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(stack.origin.email)
        page.get_by_label("Password").fill(stack.origin.password)
        page.get_by_role("button", name="Sign in").click()
        # The event stream comes through the server of the sources, frame by frame.
        expect(page.get_by_test_id("connection")).to_have_text("Live", timeout=LONGEST)
        page.goto("/order")
        page.get_by_label("Short domain").fill("from-sources")
        page.get_by_role("button", name="Order environment").click()
        page.wait_for_url("**/job?id=*")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_contain_text("Completed", timeout=LONGEST)
        assert faults == []
        context.close()
