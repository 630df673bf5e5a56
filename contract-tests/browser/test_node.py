"""The npm `eventsource` client lives through the same as a browser."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browser.scenario import (
    Reports,
    a_job_stream_ends_for_good,
    a_team_stream_survives_cuts,
    scene,
)

from testing import node
from testing.missing import ServiceMissing, skip_or_fail

SOURCE = Path(__file__).parents[1] / "node"

pytestmark = [pytest.mark.node, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client with its dependencies, installed as locked into a folder of its own."""
    try:
        npm = node.program("npm")
    except ServiceMissing as reason:
        skip_or_fail(reason)
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "listen.mjs"):
        shutil.copy(SOURCE / name, folder)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return folder / "listen.mjs"


@asynccontextmanager
async def listening(program: Path, url: str, token: str) -> AsyncIterator[Reports]:
    reports = Reports()
    process = await asyncio.create_subprocess_exec(
        "node",
        str(program),
        url,
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = process.stdout

    async def read() -> None:
        async for line in lines:
            await reports.add(json.loads(line))

    reading = asyncio.create_task(read())
    try:
        yield reports
    finally:
        process.kill()
        await process.wait()
        await reading


async def test_a_team_stream(program, friendly_stack) -> None:
    async with scene(friendly_stack) as running:
        url = f"{running.url}/api/v1/events"
        async with listening(program, url, running.token) as reports:
            await a_team_stream_survives_cuts(running, reports)


async def test_a_job_stream(program, friendly_stack) -> None:
    async with scene(friendly_stack) as running:
        job = await running.order()
        query = f"job_id={job['job_id']}&last_event_id={job['last_event_id']}"
        url = f"{running.url}/api/v1/events?{query}"
        async with listening(program, url, running.token) as reports:
            await a_job_stream_ends_for_good(reports)
