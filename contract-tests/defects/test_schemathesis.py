"""Schemathesis is shown a server that answers what the contract does not allow."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from testing.http_server import QuietHandler, served

HTTP = Path(__file__).resolve().parents[1] / "http"


@contextmanager
def liar(openapi):
    """A server that promises our contract and answers every question with a health that is `fine`."""

    class Handler(QuietHandler):
        def respond(self):
            document = self.path == "/openapi.json"
            body = json.dumps(openapi).encode() if document else b'{"status":"fine","checks":[]}'
            self.answer(200, "application/json", body)

    with served(Handler) as origin:
        yield origin


def test_schemathesis_sees_a_wrong_response(openapi, tmp_path):
    with liar(openapi) as url:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                "--config-file", str(HTTP / "schemathesis.toml"), "run", f"{url}/openapi.json",
                "--include-operation-id", "getLiveness", "--max-examples", "2", "--no-color",
                "--phases", "coverage,fuzzing",
            ],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(HTTP),
                "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            },
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )  # fmt: skip
    assert done.returncode != 0
    assert "Response violates schema" in done.stdout, done.stdout[-2000:]
