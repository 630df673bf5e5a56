from __future__ import annotations

from slipway.simulator import Plan, Step
from slipway.simulator.environment import SimulatedEnvironment


def environment(*plan: Step) -> SimulatedEnvironment:
    steps: Plan = plan
    return SimulatedEnvironment(
        id=1, name="e", app_id="a", uid=1, display_name="", region="r",
        created_at=100.0, plan=steps, step_since=100.0,
    )  # fmt: skip


def test_polls_move_the_plan_and_looking_does_not():
    env = environment(Step(status=6, polls=2), Step(status=3, polls=1), Step(status=1))
    assert [env.status(100), env.status(100)] == [6, 6]
    assert [env.poll(100) for _ in range(5)] == [6, 6, 3, 1, 1]
    assert env.polls == 5


def test_time_moves_the_plan_though_nobody_looks():
    env = environment(Step(status=6, seconds=2), Step(status=3, seconds=3), Step(status=1))
    assert [env.status(t) for t in (101.9, 102.0, 104.9, 105.0)] == [6, 3, 3, 1]
    late = environment(Step(status=6, seconds=2), Step(status=3, seconds=3), Step(status=1))
    assert late.status(106) == 1


def test_the_last_step_stays():
    env = environment(Step(status=11, polls=1))
    assert [env.poll(100) for _ in range(3)] == [11, 11, 11]


def test_another_plan_begins_at_its_beginning():
    env = environment(Step(status=6, polls=1), Step(status=1))
    env.poll(100)
    env.poll(100)
    env.follow((Step(status=2, seconds=5), Step(status=11)), 200)
    assert [env.status(204), env.status(205)] == [2, 11]
