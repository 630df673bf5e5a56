"""better-sse: run `npm install better-sse` in servers/, or name the folder where that was done.

BETTER_SSE=/folder/with/node_modules sse-conformance run --target better-sse.py
"""

import json
import os
import shutil
from pathlib import Path

import httpx

from sse_conformance import Capabilities, StreamRequest
from sse_conformance.process import ProcessTarget

SERVER = Path(__file__).parent / "servers" / "better_sse.mjs"


class BetterSse(ProcessTarget):
    name = "better-sse"
    command = ("node", "{folder}/better_sse.mjs")
    capabilities = Capabilities(
        ids=True,
        event_names=True,
        publisher_ids=True,
        retry=True,
        heartbeat=1.0,
        proxy_buffering=True,
    )

    def __init__(self) -> None:
        super().__init__()
        self.modules = Path(os.environ.get("BETTER_SSE", SERVER.parent)) / "node_modules"
        self.client = httpx.Client(timeout=30, trust_env=False)

    def start(self) -> None:
        shutil.copy(SERVER, self.folder)
        if not (self.folder / "node_modules").exists():
            (self.folder / "node_modules").symlink_to(self.modules.resolve())
        super().start()

    def close(self) -> None:
        self.client.close()
        super().close()

    def versions(self) -> str:
        package = self.modules / "better-sse" / "package.json"
        return str(json.loads(package.read_text())["version"])

    def stream(self, channel: int = 0) -> StreamRequest:
        return StreamRequest(f"http://127.0.0.1:{self.port}/events")

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        told = {"text": text, "event": event, "id": event_id}
        self.client.post(f"http://127.0.0.1:{self.port}/publish", json=told).raise_for_status()

    def read(self, event: str, data: str) -> str | None:
        # It serialises what is sent as JSON.
        try:
            return str(json.loads(data))
        except ValueError:
            return data
