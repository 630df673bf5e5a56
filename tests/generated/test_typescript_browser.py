"""The client in a real browser: tabs that share one stream, and the React hooks under StrictMode."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from testing.browser import chromium, opened
from testing.http_server import QuietHandler, served
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import FOLDER, packages

PACKAGE = Path(__file__).parents[2] / "generated" / "typescript"
MILLISECONDS = 60_000

TABS = """
import { Client } from "./slipway/index.js";
import { canShare, sharedStreamEvents } from "./slipway/shared.js";
let sent = Promise.resolve(); // one after the other, so that they arrive in order
const show = (text) => {
  const item = document.createElement("li");
  item.textContent = text;
  document.body.append(item);
  const body = JSON.stringify([window.name, text]);
  if (window.name) sent = sent.then(() => fetch("/told", { method: "POST", body }));
};
const stream = sharedStreamEvents(new Client(), {}, { retry: 50, onState: (s) => { document.title = s.state; } });
window.shares = canShare();
for await (const frame of stream) show(frame.event === "message" ? `${frame.data.job_id}` : `${frame.event} ${frame.data.to}`);
show("over");
"""
FRAMES = b"""<!doctype html><body><script type="module">
const frames = new Map();
for (;;) {
  const wanted = await (await fetch("/frames?" + [...frames.keys()])).json();
  for (const [name, frame] of frames) if (!wanted.includes(name)) { frame.remove(); frames.delete(name); }
  for (const name of wanted) {
    if (frames.has(name)) continue;
    const frame = Object.assign(document.createElement("iframe"), { name, src: "/" });
    frames.set(name, frame);
    document.body.append(frame);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
</script>"""
"""A page that shows the frames that its server wants: documents of their own, as tabs are."""
HOOKS = """
import React, { StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Client } from "./slipway/index.js";
import { useEvents, useJob } from "./slipway/react.js";
const client = new Client();
const h = React.createElement;
window.shown = [];
let sent = Promise.resolve();
const show = (text) => {
  if (window.shown.at(-1) === text) return;
  window.shown.push(text);
  const body = JSON.stringify(["hooks", text]);
  if (location.hash) sent = sent.then(() => fetch("/told", { method: "POST", body }));
};
const late = () => {
  let waits = true;
  const promise = new Promise((resolve) => setTimeout(() => { waits = false; resolve(); }, 50));
  return { read() { if (waits) throw promise; } };
};
function Late({ source }) {
  source.read();
  return null;
}
function Job({ jobId }) {
  const live = useEvents(client, { jobId }, undefined, { throttle: 20, shared: false, retry: 50 });
  const { data, error } = useJob(client, { jobId }, { version: live.version });
  const text = error ? `error ${error.code}` : data ? `${data.id} ${data.status}` : "loading";
  useEffect(() => show(text), [text]);
  return h("main", null, h("p", { id: "state" }, live.state.state), h("p", { id: "job" }, text));
}
function App() {
  const [jobId, setJobId] = useState(1);
  const [source, setSource] = useState(late);
  return h(StrictMode, null,
    h(Suspense, { fallback: h("p", { id: "fallback" }, "wait") }, h(Job, { jobId }), h(Late, { source })),
    h("button", { onClick: () => setJobId((id) => id + 1) }, "next"),
    h("button", { onClick: () => setSource(late) }, "suspend"));
}
createRoot(document.body.appendChild(document.createElement("div"))).render(h(App));
"""
"""A job that is shown beside something that React suspends for; with a hash it tells what it showed."""


class Server:
    """A service of two operations: a log that grows on demand, and jobs whose state it is."""

    def __init__(self) -> None:
        self.log: list[int] = []
        self.status = "queued"
        self.connections = 0
        self.open = 0
        self.closing = False
        self.pages: dict[str, bytes] = {}
        self.frames: list[str] = []
        self.shown: list[str] = []
        self.told: dict[str, list[str]] = {}
        self.changed = threading.Condition()
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Serve while the block runs, then end the streams."""
        outer = self

        class Handler(QuietHandler):
            def respond(self) -> None:
                if self.command == "GET":
                    outer.answer(self)
                    return
                name, text = json.loads(self.content())
                with outer.changed:
                    outer.told.setdefault(name, []).append(text)
                    outer.changed.notify_all()
                self.answer(200, "text/plain", b"")

        with served(Handler) as self.url:
            yield self
            with self.changed:
                self.closing = True
                self.changed.notify_all()
                assert self.changed.wait_for(lambda: self.open == 0, 30)

    def tell(self, job_id: int, status: str = "started") -> None:
        with self.changed:
            self.log.append(job_id)
            self.status = status
            self.changed.notify_all()

    def wait_until_told(self, name: str, texts: list[str]) -> None:
        """Wait until a frame has told exactly these."""
        with self.changed:
            done = self.changed.wait_for(lambda: self.told.get(name) == texts, MILLISECONDS / 1000)
        assert done, self.told

    def answer(self, request: QuietHandler) -> None:
        path = request.path.partition("?")[0]
        if path == "/api/v1/events":
            self.stream(request)
        elif path.startswith("/api/v1/jobs/"):
            number = int(path.rpartition("/")[2])
            known = number < 3
            body = {"id": number, "status": self.status} if known else {"code": "not_found"}
            kind = "application/json" if known else "application/problem+json"
            request.answer(200 if known else 404, kind, json.dumps(body).encode())
        elif path == "/frames":
            with self.changed:
                self.shown = request.path.partition("?")[2].split(",")
                self.changed.notify_all()
            request.answer(200, "application/json", json.dumps(self.frames).encode())
        elif path in self.pages:
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            request.answer(200, kind, self.pages[path])
        else:
            request.answer(404, "text/plain", b"")

    def stream(self, request: QuietHandler) -> None:
        with self.changed:
            self.connections += 1
            self.open += 1
        came = request.headers.get("Last-Event-ID")
        position = len(self.log) if came is None else int(came.partition(".")[2])
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        status = "fresh" if came is None else "resumed"
        text = f'event: sync\ndata: {{"status": "{status}", "to": "e.{position}"}}\n\n'
        try:
            while not self.closing:
                request.wfile.write(text.encode())
                request.wfile.flush()
                with self.changed:
                    self.changed.wait(0.1)
                    news = self.log[position:]
                text = ":\n\n"
                for job_id in news:
                    position += 1
                    data = json.dumps({"type": "job_status", "job_id": job_id})
                    text += f"id: e.{position}\nevent: message\ndata: {data}\n\n"
        except OSError:
            pass
        finally:
            with self.changed:
                self.open -= 1
                self.changed.notify_all()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    try:
        with chromium() as browser:
            yield browser.new_context()
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    yield made
    made.close()


def serve(server: Server, script: str, folder: Path) -> None:
    """Bundle a script with the client, and serve it on the page `/`."""
    try:
        modules = packages(FOLDER)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    (folder / "node_modules").symlink_to(modules)
    shutil.copytree(PACKAGE, folder / "slipway")
    (folder / "main.js").write_text(script)
    command = [modules / ".bin" / "esbuild", "main.js", "--bundle", "--format=esm"]
    options = ["--define:process.env.NODE_ENV=\"development\"", "--outfile=out.js"]
    subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
    server.pages = {
        "/": b'<!doctype html><body><script type="module" src="/out.js"></script>',
        "/out.js": (folder / "out.js").read_bytes(),
    }


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.enable_socket
@pytest.mark.timeout(240)
class TestBrowser:
    @pytest.mark.parametrize("end", ["closed", "killed"])
    def test_two_tabs_share_one_stream_and_outlive_the_one_that_reads(
        self, server: Server, context: BrowserContext, tmp_path: Path, end: str
    ) -> None:
        serve(server, TABS, tmp_path)
        first, second = context.new_page(), context.new_page()
        first.goto(server.url)
        expect(first.locator("li")).to_have_text(["sync e.0"], timeout=MILLISECONDS)
        assert first.evaluate("window.shares")
        server.tell(1)
        expect(first.locator("li")).to_have_text(["sync e.0", "1"], timeout=MILLISECONDS)
        second.goto(server.url)
        expect(second.locator("li")).to_have_text(["sync e.1"], timeout=MILLISECONDS)
        server.tell(2)
        expect(second.locator("li")).to_have_text(["sync e.1", "2"], timeout=MILLISECONDS)
        expect(first.locator("li")).to_have_text(["sync e.0", "1", "2"], timeout=MILLISECONDS)
        assert server.connections == 1
        if end == "killed":
            with first.expect_event("crash"), suppress(PlaywrightError):
                first.goto("chrome://crash", timeout=MILLISECONDS)
        else:
            first.close()
        server.tell(3)
        server.tell(4)
        wanted = ["sync e.1", "2", "sync e.2", "3", "4"]
        expect(second.locator("li")).to_have_text(wanted, timeout=MILLISECONDS)
        assert server.connections == 2
        second.close()
        first.close()

    def test_in_firefox_frames_share_one_stream_and_outlive_the_one_that_reads(
        self, server: Server, tmp_path: Path
    ) -> None:
        serve(server, TABS, tmp_path)
        server.pages["/start"] = FRAMES
        try:
            with opened("firefox", tmp_path / "profile", f"{server.url}/start"):
                self.share(server)
        except ServiceMissing as reason:
            skip_or_fail(reason)

    @staticmethod
    def share(server: Server) -> None:
        server.frames = ["first"]
        server.wait_until_told("first", ["sync e.0"])
        server.tell(1)
        server.wait_until_told("first", ["sync e.0", "1"])
        server.frames = ["first", "second"]
        server.wait_until_told("second", ["sync e.1"])
        server.tell(2)
        server.wait_until_told("second", ["sync e.1", "2"])
        server.wait_until_told("first", ["sync e.0", "1", "2"])
        assert server.connections == 1
        server.frames = ["second"]
        with server.changed:
            assert server.changed.wait_for(lambda: server.shown == ["second"], MILLISECONDS / 1000)
        server.tell(3)
        server.tell(4)
        server.wait_until_told("second", ["sync e.1", "2", "sync e.2", "3", "4"])
        assert server.connections == 2

    def test_a_job_is_loaded_and_kept_current_under_strict_mode(
        self, server: Server, page: Page, tmp_path: Path
    ) -> None:
        serve(server, HOOKS, tmp_path)
        page.goto(server.url)
        job, state = page.locator("#job"), page.locator("#state")
        expect(job).to_have_text("1 queued", timeout=MILLISECONDS)
        expect(state).to_have_text("open", timeout=MILLISECONDS)
        for status in ("started", "polling", "completed"):
            server.tell(1, status)
            expect(job).to_have_text(f"1 {status}", timeout=MILLISECONDS)
        shown = ["loading", "1 queued", "1 started", "1 polling", "1 completed"]
        assert page.evaluate("window.shown") == shown, "it never went back"
        page.get_by_role("button", name="next").click()
        expect(job).to_have_text("2 completed", timeout=MILLISECONDS)
        assert page.evaluate("window.shown") == [*shown, "loading", "2 completed"]
        page.get_by_role("button", name="next").click()
        expect(job).to_have_text("error not_found", timeout=MILLISECONDS)

    def test_a_job_stays_current_while_react_suspends_what_is_beside_it(
        self, server: Server, page: Page, tmp_path: Path
    ) -> None:
        serve(server, HOOKS, tmp_path)
        page.goto(server.url)
        job, state = page.locator("#job"), page.locator("#state")
        expect(job).to_have_text("1 queued", timeout=MILLISECONDS)
        expect(state).to_have_text("open", timeout=MILLISECONDS)
        page.evaluate("""() => {
          window.hidden = false;
          const seen = new MutationObserver(() => { window.hidden ||= document.querySelector("#fallback") !== null; });
          seen.observe(document.body, { childList: true, subtree: true });
        }""")
        page.get_by_role("button", name="suspend").click()
        page.wait_for_function("window.hidden")
        server.tell(1, "started")
        expect(job).to_be_visible(timeout=MILLISECONDS)
        expect(job).to_have_text("1 started", timeout=MILLISECONDS)
        assert page.evaluate("window.shown") == ["loading", "1 queued", "1 started"]

    def test_in_firefox_a_job_is_loaded_and_kept_current(
        self, server: Server, tmp_path: Path
    ) -> None:
        serve(server, HOOKS, tmp_path)
        shown = ["loading", "1 queued"]
        try:
            with opened("firefox", tmp_path / "profile", f"{server.url}/#told"):
                server.wait_until_told("hooks", shown)
                for status in ("started", "polling", "completed"):
                    server.tell(1, status)
                    shown.append(f"1 {status}")
                    server.wait_until_told("hooks", shown)
        except ServiceMissing as reason:
            skip_or_fail(reason)
