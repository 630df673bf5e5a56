"""The toy server as a target: it claims everything."""

import itertools
from pathlib import Path

import httpx

from sse_conformance.capabilities import Capabilities
from sse_conformance.errors import TargetError
from sse_conformance.process import ProcessTarget
from sse_conformance.target import StreamRequest

SERVER = Path(__file__).parent / "toy_server.py"
CONTROL = {"reset", "lagged", "drain", "end", "ping"}


class Toy(ProcessTarget):
    """The toy, with a defect."""

    name = "Toy"
    version = "1"
    stop_seconds = 2.0
    capabilities = Capabilities(
        ids=True,
        event_names=True,
        publisher_ids=True,
        retry=True,
        resume_header=True,
        resume_query="after",
        durable=True,
        reset="reset",
        snapshot="snapshot.position",
        retention=60,
        end="end",
        drain=True,
        drain_event="drain",
        auth=True,
        revocation=True,
        teams=True,
        heartbeat=0.1,
        slow_reader="told",
        lagged="lagged",
        cors="https://page.example",
        proxy_buffering=True,
        memory_per_stream=65_536,
    )

    def __init__(self, defect: str = "") -> None:
        super().__init__()
        self.defect = defect
        self.numbers = itertools.count(1)
        self.given: str = ""
        self.client = httpx.Client(timeout=30, trust_env=False)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.command = ("{python}", str(SERVER), "{port}", "{folder}", self.defect)
        super().start()

    def close(self) -> None:
        self.client.close()
        super().close()

    def post(self, path: str, **body: str) -> None:
        answer = self.client.post(f"{self.origin}/{path}", json=body)
        if not answer.is_success:
            raise TargetError(f"{path}: {answer.status_code}")

    def switch(self, defect: str) -> None:
        """Begin anew with another defect."""
        self.defect = defect
        self.post("defect", name=defect)

    def stream(self, channel: int = 0) -> StreamRequest:
        headers = {"Authorization": f"Bearer secret-{channel}"}
        return StreamRequest(f"{self.origin}/events/{channel}", headers)

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        self.post(f"publish/{channel}", text=text, event=event, id=event_id)

    def read(self, event: str, data: str) -> str | None:
        return None if event in CONTROL else data

    def revocable(self) -> StreamRequest:
        self.given = f"temporary-0-{next(self.numbers)}"
        return StreamRequest(f"{self.origin}/events/0", {"Authorization": f"Bearer {self.given}"})

    def revoke(self) -> None:
        self.post(f"revoke/{self.given}")

    def ending(self) -> StreamRequest:
        self.given = f"work-{next(self.numbers)}"
        return StreamRequest(f"{self.origin}/ending/{self.given}")

    def finish(self) -> None:
        self.post(f"finish/{self.given}")
