"""Celery's own tools see a worker when WORKER_REMOTE_CONTROL lets them, as `docs/runbook.md` says."""

import asyncio

import pytest

from testing.checkout import ROOT
from testing.documented import commands, run
from testing.installation import common_environment, release

NOBODY = "http://127.0.0.1:9"
"""The provider, which nobody asks here."""


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.timeout(600)
@pytest.mark.parametrize("allowed", [True, False])
async def test_the_tools_are_answered_only_when_it_is_allowed(
    postgres_url, rabbitmq_url, tmp_path, allowed
):
    environment = common_environment(tmp_path, postgres_url, rabbitmq_url)
    environment["WORKER_REMOTE_CONTROL"] = str(allowed).lower()
    worker = release(tmp_path, environment, NOBODY).processes["worker"]
    tools, _ = commands("runbook.md", "Ask the workers by Celery's tools")
    try:
        await worker.start()
        if not allowed:
            tools = tools.splitlines()[1]
            with pytest.raises(AssertionError, match="No nodes replied within time constraint"):
                await asyncio.to_thread(run, tools, environment, ROOT)
            return
        told = await asyncio.to_thread(run, tools, environment, ROOT)
        assert told.count("1 node online.") == len(tools.splitlines()), told
        for seen in ("pong", "jobs.env.create", "domains.environments.delete_environment"):
            assert seen in told
        assert await worker.terminate(20.0) == 0
    finally:
        await worker.kill()
