"""`slipway up` that is told to stop, with a stream open and a job under way, stops without a fuss."""

import json
import signal
from pathlib import Path

import httpx
import pytest

from testing.stack import RunningStack, bare_environment

STOP_SECONDS = 60
"""Generous: what is looked at is what it says, not how long a busy machine takes."""
ORDER = {"shortdomain": "run-quiet", "nodes": [{"node_type": "nginxphp"}]}
NOISE = ("Traceback", "graceful shutdown exceeded", "Exception", "ERROR", "CRITICAL")


def sign_in(client: httpx.Client, stack: RunningStack) -> None:
    login = {"email": stack.origin.email, "password": stack.origin.password}
    token = client.post("/auth/login", json=login).raise_for_status().json()["exchange_token"]
    client.post("/auth/session-exchange", json={"exchange_token": token}).raise_for_status()


def errors(lines: list[str]) -> list[str]:
    """The lines that say that something went wrong, of JSON and of plain text."""
    found = []
    for line in lines:
        try:
            level = json.loads(line)["level"]
        except (ValueError, KeyError, TypeError):
            if any(noise in line for noise in NOISE):
                found.append(line)
        else:
            if level not in {"debug", "info", "warning"}:
                found.append(line)
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_without_an_error_line(tmp_path: Path, how: signal.Signals) -> None:
    stack = RunningStack(tmp_path, bare_environment(tmp_path) | {"LOG_FORMAT": "json"})
    stack.launch()
    process = stack.process
    assert process is not None
    try:
        with httpx.Client(base_url=f"{stack.origin.base_url}/api/v1", timeout=30) as client:
            sign_in(client, stack)
            client.post("/environments", json=ORDER).raise_for_status()
            with client.stream("GET", "/events") as stream:
                assert stream.status_code == httpx.codes.OK
                told = stream.iter_lines()
                while next(told) != "event: message":
                    pass
                before = len(stack.log.read_text().splitlines())
                process.send_signal(how)
                assert "event: drain" in list(told)
        assert process.wait(STOP_SECONDS) == 0
    finally:
        stack.kill()
    said = stack.log.read_text().splitlines()[before:]
    assert errors(said) == []
    assert sum("Warm shutdown" in line for line in said) <= 1, said


def test_an_error_line_would_be_seen() -> None:
    assert errors(['{"level": "info"}', '{"level": "error"}', "worker: Warm shutdown"]) == [
        '{"level": "error"}'
    ]
    assert errors(["ERROR:    Cancel 1 running task(s), timeout graceful shutdown exceeded"])
