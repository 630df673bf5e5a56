"""Real workers die by SIGKILL at each step; each order still comes to one environment and one end."""

from __future__ import annotations

import pytest

from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from tests.integration.worker.stack import EMBEDDED, ON_EXTERNAL, WorkerStack, until
from worker.provisioning.checkpoints import Step

KILLING = "killing"
"""The module beside this one."""
CREATING, BROKEN = 6, 11
STEPS = [step.value for step in Step]


async def one_environment(stack: WorkerStack, job_id: int = 42) -> None:
    assert await stack.end(job_id) == "completed"
    assert len(stack.simulator.created) == 1
    assert list(stack.simulator.environments) == [f"shop-{job_id}"]
    (environment,) = await stack.environments()
    job = await stack.job(job_id)
    assert (environment.job_id, environment.id) == (job_id, job.environment_id)
    assert environment.app_id == job.app_id == stack.simulator.created[0].app_id


@pytest.mark.parametrize("step", STEPS)
async def test_kill_the_worker_at_each_step(stack: WorkerStack, step: str) -> None:
    kill = {"KILL_AT": step, "KILL_ONCE": str(stack.home / "killed")}
    doomed = await stack.worker(module=KILLING, **kill)
    await stack.order()
    assert await doomed.ended() == -9
    await stack.worker()
    await one_environment(stack)
    # While it waits at the provider nobody works on it, so nobody's death interrupts it.
    assert (await stack.job()).failures == (step in {"after_claim", "provider_accepted"})


@ON_EXTERNAL
@pytest.mark.parametrize("step", ["after_claim", "polling"])
async def test_kill_a_child_of_a_prefork_pool(stack: WorkerStack, step: str) -> None:
    """The parent lives on, and another child goes on with the job: by its lease, or by polling."""
    kill = {"KILL_AT": step, "KILL_ONCE": str(stack.home / "killed")}
    worker = await stack.worker("-P", "prefork", "-c", "2", module=KILLING, **kill)
    await stack.order()
    await one_environment(stack)
    assert worker.process.poll() is None
    assert (stack.home / "killed").exists()


@EMBEDDED
@pytest.mark.parametrize("step", STEPS)
async def test_kill_then_a_deletion_at_each_step(stack: WorkerStack, step: str) -> None:
    first = await stack.worker()
    await stack.order()
    await one_environment(stack)
    first.kill()
    kill = {"KILL_AT": step, "KILL_ONCE": str(stack.home / "killed")}
    doomed = await stack.worker(module=KILLING, **kill)
    (environment,) = await stack.environments()
    await stack.order_deletion(50, environment.id, environment.env_name)
    assert await doomed.ended() == -9
    await stack.worker()
    assert await stack.end(50) == "completed"
    assert stack.simulator.environments == {}
    (environment,) = await stack.environments()
    assert environment.status == "deleted"


@ON_EXTERNAL
@pytest.mark.parametrize("step", STEPS)
async def test_kill_nothing_but_deliver_twice_at_each_step(stack: WorkerStack, step: str) -> None:
    go = stack.home / "go"
    worker = await stack.worker(module=KILLING, HOLD_AT=step, HOLD_UNTIL=str(go))
    await stack.order()
    await until(lambda: _reached(worker, step) == 1, f"the step {step}")
    await stack.publish_duplicate()
    if step == "before_claim":
        await until(lambda: _reached(worker, step) == 2, "the second delivery")
    else:
        await until(lambda: worker.told("job_not_claimed"), "the second delivery to leave")
    go.touch()
    await one_environment(stack)
    await until(lambda: worker.told("job_not_claimed"), "the second delivery to leave")
    assert await stack.told() == ["queued", "started", "polling", "completed"]
    assert await stack.waiting() == 0


async def test_kill_a_failing_job_when_all_is_removed(stack: WorkerStack) -> None:
    """The next worker ends it as the dead one would have; a second creation would succeed."""
    plan = (Status(status=CREATING, polls=1), Status(status=BROKEN))
    stack.simulator.scripts.add(Script(do=Do.STATUS, method="createenvironment", plan=plan))
    kill = {"KILL_AT": "before_last_commit", "KILL_ONCE": str(stack.home / "killed")}
    doomed = await stack.worker(module=KILLING, **kill)
    await stack.order()
    assert await doomed.ended() == -9
    assert stack.simulator.environments == {}
    job = await stack.job()
    assert (job.status, job.error_code, job.failure_code) == ("polling", None, "provider_broken")
    await stack.worker()
    assert await stack.end() == "failed"
    assert (await stack.job()).error_code == "provider_broken"
    assert len(stack.simulator.created) == 1
    assert stack.simulator.environments == {}
    assert await stack.environments() == []


async def test_kill_every_worker_until_the_job_is_given_up(stack: WorkerStack) -> None:
    """The browser hears an end, and nothing is left at the provider."""
    for n in range(int((await _limits(stack))["JOB_MAX_ATTEMPTS"])):
        kill = {"KILL_AT": "provider_accepted", "KILL_ONCE": str(stack.home / f"killed-{n}")}
        doomed = await stack.worker(module=KILLING, **kill)
        if n == 0:
            await stack.order()
        assert await doomed.ended() == -9
    await stack.worker()
    assert await stack.end() == "failed"
    assert (await stack.job()).error_code == "attempts_exhausted"
    assert stack.simulator.environments == {}
    assert await stack.environments() == []


async def _limits(stack: WorkerStack) -> dict[str, str]:
    stack.env["JOB_MAX_ATTEMPTS"] = "2"
    return stack.env


def _reached(worker, step: str) -> int:
    return sum(entry["step"] == step for entry in worker.told("step_reached"))
