"""The hostile requests of `python -m testing.hostile`, at a whole stack and at a gateway alone."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from testing.checkout import ROOT
from testing.hostile.case import Case
from testing.hostile.judge import faults
from testing.hostile.suite import all_cases, run, sign_in
from testing.hostile.wire import Answer
from testing.program import answers, free_port, wait_until
from testing.stack import RunningStack

AT_LEAST = 400


async def check(base_url: str, token: str) -> int:
    count, findings = await run(base_url, token)
    assert not findings, "\n".join(f"{f.case}: {'; '.join(f.faults)}" for f in findings)
    return count


@pytest.mark.timeout(600)
async def test_every_answer_keeps_the_rules(embedded: RunningStack) -> None:
    origin = embedded.origin
    token = await sign_in(origin.base_url, origin.email, origin.password)
    assert await check(origin.base_url, token) >= AT_LEAST
    log = embedded.log.read_text(errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 300 :][:3000]
    assert token not in log


@contextmanager
def gateway_alone(stack: RunningStack, home: Path) -> Iterator[str]:
    """`slipway gateway` on the stack's own database, without a broker's push."""
    assert stack.run is not None
    port = free_port()
    environment = stack.environment | {
        "DATABASE_URL": stack.run.database_url,
        "RABBITMQ_URL": stack.run.amqp_url or "",
    }
    with (home / "gateway.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "slipway", "gateway", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        assert wait_until(lambda: answers(port), process, 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.timeout(600)
async def test_a_gateway_keeps_them_too(embedded: RunningStack, tmp_path: Path) -> None:
    origin = embedded.origin
    token = await sign_in(origin.base_url, origin.email, origin.password)
    with gateway_alone(embedded, tmp_path) as base_url:
        assert await check(base_url, token) >= AT_LEAST
    log = (tmp_path / "gateway.log").read_text(errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 300 :][:3000]
    assert token not in log


@pytest.mark.parametrize(
    "answer",
    [
        Answer(-1),
        Answer(0),
        Answer(500, {"content-type": "text/plain", "x-content-type-options": "nosniff"}, b"oops"),
        Answer(404, {"content-type": "text/html", "x-content-type-options": "nosniff"}, b"<p>"),
        Answer(307, {"location": "http://evil.example/"}),
        Answer(200, {"content-type": "application/json"}, b"{}"),
        Answer(200, {"server": "uvicorn"}),
    ],
)
def test_a_wrong_answer_is_found(answer: Answer) -> None:
    assert faults(Case("x", (b"GET / HTTP/1.1",), {200, 404, 307, 500}), answer)


def test_the_cases_have_names_of_their_own() -> None:
    names = [case.name for case in all_cases({"Authorization": "Bearer x"})]
    assert len(names) >= AT_LEAST
    assert not {name for name in names if names.count(name) > 1}
    assert not [name for name in names if re.search(r"[\x00-\x1f]", name)]
