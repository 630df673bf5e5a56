"""The guide's smoke tools on a running system, as an operator calls them."""

import asyncio
import sys

import pytest

from testing.checkout import ROOT
from testing.launch import run
from testing.stack import bare_environment

SECONDS = 120.0


async def smoke(environment, *arguments, script=None):
    """Run a tool; gives its status and what it printed."""
    environment = environment | {"LOG_LEVEL": "error", "PYTHONPATH": str(ROOT)}
    if script is None:
        return await run("slipway", *arguments, environment=environment, seconds=SECONDS)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / script),
        *arguments,
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS):
        told, _ = await process.communicate()
    return process.returncode, told.decode()


async def test_events_published_at_the_broker_arrive_on_a_stream(stack):
    status, told = await smoke(stack.environment, "smoke", "sse-stream", "--count", "2")
    assert (status, told.splitlines()[-1]) == (0, "ok: each event arrived on the stream")
    assert "heard Smoke event 2 of 2" in told


async def test_the_events_exchange_routes(stack):
    status, told = await smoke(stack.environment, script="scripts/smoke/rabbitmq_roundtrip.py")
    assert status == 0
    assert told.startswith("ok: there and back in ")


async def test_status_events_can_be_published_by_hand(stack):
    arguments = ["--team-id", "1", "--job-id", "2147483000", "--count", "3"]
    status, told = await smoke(
        stack.environment, *arguments, script="scripts/smoke/publish_status_event.py"
    )
    assert (status, told.strip()) == (0, "ok: 3 confirmed, team.1.job.2147483000.status")


async def test_a_tool_without_a_running_system_says_what_to_start(tmp_path):
    status, told = await smoke(bare_environment(tmp_path), "smoke", "rabbitmq-roundtrip")
    assert status == 2
    assert "start it, or set RABBITMQ_URL" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("script", [None, "scripts/smoke/smoke_worker_stub.py"])
async def test_a_job_runs_through_eagerly(tmp_path, script):
    arguments = () if script else ("smoke", "worker")
    status, told = await smoke(bare_environment(tmp_path), *arguments, script=script)
    assert (status, told.splitlines()[-1]) == (0, "ok: the job completed")
    assert [line.partition(":")[0] for line in told.splitlines()[:-1]] == [
        "queued",
        "started",
        "polling",
        "completed",
    ]


async def test_the_doctor_finds_nothing_wrong_with_a_running_system(stack):
    status, told = await smoke(stack.environment, "doctor")
    assert status == 0, told
    assert "the first frame came after" in " ".join(told.split())
    assert " 0 failed" in told
