"""Schemathesis over the running service and gateway: all phases, signed in and not, links and the endless stream."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from slipway import demo
from testing.stack import RunningStack
from traffic.book import read_answers
from traffic.broker_tap import tapped

HERE = Path(__file__).parent
EASED = {
    # Thousands of requests come from one address on behalf of one user.
    "LOGIN_ATTEMPTS_PER_MINUTE": "1000000",
    "LOGIN_ATTEMPTS_PER_ADDRESS": "1000000",
    "ORDERS_PER_MINUTE": "1000000",
    "LOG_LEVEL": "error",
}
PUBLIC = {"/api/v1/auth/login", "/api/v1/auth/session-exchange", "/api/v1/health/live",
          "/api/v1/health/ready"}  # fmt: skip


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory, book):
    with RunningStack.start("embedded", tmp_path_factory.mktemp("fuzzed"), **EASED) as stack:
        with tapped(stack.origin.amqp_url, book):
            yield stack


def session(origin):
    async def sign_in():
        async with httpx.AsyncClient(base_url=origin.base_url) as client:
            return await demo.sign_in(client, demo.Credentials(origin.email, origin.password))

    return asyncio.run(sign_in())


def run(stack, folder, *arguments, **tokens):
    """Run the program; its hooks write down every answer."""
    recording = folder / "answers.jsonl"
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{stack.origin.base_url}/openapi.json",
            # With more, two threads may parse at once, which CPython 3.11 now and then can't
            # ("AST constructor recursion depth mismatch").
            "--workers", "1", "--no-color", "--no-shrink", "--warnings", "off", *arguments,
        ],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(HERE),
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "SLIPWAY_RECORDING": str(recording),
            **tokens,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=480,
        check=False,
    )  # fmt: skip
    answers = list(read_answers(recording)) if recording.exists() else []
    assert done.returncode == 0, done.stdout[-6000:]
    return answers


@pytest.fixture(scope="module")
def runs(fuzzed, tmp_path_factory):
    """Both runs, side by side: each of them waits for one answer at a time."""
    signed_in = partial(
        run, fuzzed, tmp_path_factory.mktemp("in"), "--max-examples", "12",
        SLIPWAY_TOKEN=session(fuzzed.origin),
        SLIPWAY_TOKEN_TO_END=session(fuzzed.origin),
        SLIPWAY_OPERATOR_TOKEN=session(fuzzed.operator),
    )  # fmt: skip
    nobody = partial(
        run, fuzzed, tmp_path_factory.mktemp("out"),
        "--max-examples", "4", "--phases", "examples,coverage,fuzzing",
        # Without a session hardly any request can be answered as a valid one.
        "--exclude-checks", "positive_data_acceptance,missing_required_header,ignored_auth",
    )  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        yield {"signed in": pool.submit(signed_in), "nobody": pool.submit(nobody)}


@pytest.mark.timeout(600)
def test_signed_in(runs, book):
    answers = runs["signed in"].result()
    book.answers += answers
    statuses = {(one.method, one.path, one.status) for one in answers}
    # The run was not spent on refusals: orders were taken, and streams were opened.
    assert ("POST", "/api/v1/environments", 202) in statuses
    assert ("GET", "/api/v1/events", 200) in statuses
    assert ("GET", "/api/v1/auth/me", 200) in statuses


@pytest.mark.timeout(600)
def test_nobody_signed_in(runs, book):
    """Everything but the public operations is refused, whatever is asked, and in the documented way."""
    answers = runs["nobody"].result()
    book.answers += answers
    private = [one for one in answers if one.path not in PUBLIC and one.path.startswith("/api/")]
    assert private
    assert not {(one.method, one.path, one.status) for one in private if one.status < 400}
