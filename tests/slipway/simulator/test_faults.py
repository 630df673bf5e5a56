"""Every kind of script, and every name that the demo knows."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from slipway.simulator import Do, Script, SimulatorConfig, Step, create_simulator

CREATE = "createenvironment"


async def test_result(api, state):
    state.scripts.add(Script(do=Do.RESULT, method=CREATE, times=2, result=2212, error="busy"))
    for _ in range(2):
        answer = await api.create("shop")
        assert (answer["result"], answer["response"]["result"]) == (0, 2212)
    assert state.created == []
    assert (await api.create("shop"))["response"]["result"] == 0


async def test_a_result_after_the_work(api, state):
    state.scripts.add(Script(do=Do.RESULT, method=CREATE, acts=True))
    assert (await api.create("shop"))["response"]["result"] == 99
    assert len(state.created) == 1


async def test_http(api, state):
    state.scripts.add(Script(do=Do.HTTP, method="getenvs", status=502))
    response = await api.post("environment/control/getenvs")
    assert response.status_code == 502
    assert (await api.post("environment/control/getenvs")).status_code == 200


@pytest.mark.parametrize("acts", [False, True])
async def test_hang(api, state, acts):
    state.scripts.add(Script(do=Do.HANG, method=CREATE, acts=acts))
    with pytest.raises(httpx.ReadTimeout):
        await api.create("shop")
    assert len(state.created) == acts


@pytest.mark.parametrize("acts", [False, True])
async def test_close(api, state, acts):
    state.scripts.add(Script(do=Do.CLOSE, method=CREATE, acts=acts))
    with pytest.raises(httpx.RemoteProtocolError):
        await api.create("shop")
    assert len(state.created) == acts


@pytest.mark.parametrize("acts", [False, True])
async def test_hold_until_released(api, state, acts):
    state.scripts.add(Script(do=Do.HOLD, method=CREATE, acts=acts))
    call = asyncio.create_task(api.create("shop"))
    held = await api.http.get("/simulator/held", params={"at_least": "1"})
    assert held.json() == {"held": [{"method": CREATE, "env": "shop"}]}
    assert len(state.created) == acts
    assert (await api.http.post("/simulator/release")).json() == {"released": 1}
    assert (await call)["response"]["result"] == 0
    assert len(state.created) == 1
    assert (await api.state())["held"] == []


async def test_reset_breaks_held_calls_off(api, state):
    state.scripts.add(Script(do=Do.HOLD, method=CREATE))
    call = asyncio.create_task(api.create("shop"))
    await api.http.get("/simulator/held")
    assert (await api.http.post("/simulator/reset")).status_code == 204
    with pytest.raises(httpx.RemoteProtocolError):
        await call
    assert state.created == []


async def test_waiting_for_held_calls_ends(api):
    response = await api.http.get("/simulator/held", params={"seconds": "0"})
    assert response.status_code == 408


async def test_delay_is_between_the_work_and_the_answer(api, state, monkeypatch):
    slept: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, len(state.created)))

    monkeypatch.setattr("slipway.simulator.platform_api.asyncio.sleep", sleep)
    state.scripts.add(Script(do=Do.DELAY, method=CREATE, seconds=7))
    await api.create("shop")
    assert slept == [(7, 1)]


async def test_latency_is_on_every_call(monkeypatch):
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("slipway.simulator.platform_api.asyncio.sleep", sleep)
    app = create_simulator(SimulatorConfig(latency=0.25))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://sim.test"
    ) as http:
        await http.post("/1.0/environment/control/rest/getenvs")
    assert slept == [0.25]


async def test_status_plan_of_one_environment(api, state):
    plan = (Step(status=6, polls=2), Step(status=11))
    state.scripts.add(Script(do=Do.STATUS, method=CREATE, env="b*", plan=plan))
    await api.create("a")
    await api.create("b")
    assert [(await api.info("b"))["env"]["status"] for _ in range(3)] == [6, 6, 11]
    assert [(await api.info("a"))["env"]["status"] for _ in range(3)] == [6, 3, 1]


async def test_quota(clock):
    app = create_simulator(SimulatorConfig(tokens=frozenset({"f" * 40}), max_environments=1))
    form = {"session": "f" * 40, "nodes": '{"nodeType":"nginx"}'}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://sim.test"
    ) as http:
        url = "/1.0/environment/control/rest/createenvironment"
        await http.post(url, data={**form, "env": '{"shortdomain":"a"}'})
        answer = await http.post(url, data={**form, "env": '{"shortdomain":"b"}'})
    assert answer.json()["response"]["result"] == 2223


@pytest.mark.parametrize(
    ("name", "result"),
    [("fail-quota", 2223), ("fail-name-1", 2314), ("fail-spec-1", 99)],
)
async def test_demo_names_that_always_fail(api, name, result, state):
    for _ in range(3):
        assert (await api.create(name))["response"]["result"] == result
    assert state.created == []


async def test_demo_names_that_fail_twice(api):
    for name in ("busy-1", "busy-2"):
        results = [(await api.create(name))["response"]["result"] for _ in range(3)]
        assert results == [2212, 2212, 0]
    form = {"env": '{"shortdomain":"flaky-1"}', "nodes": '{"nodeType":"x"}'}
    codes = [
        (await api.post("environment/control/createenvironment", **form)).status_code
        for _ in range(3)
    ]
    assert codes == [503, 503, 200]


async def test_demo_name_whose_answer_is_lost(api, state):
    with pytest.raises(httpx.RemoteProtocolError):
        await api.create("lost-1")
    assert list(state.environments) == ["lost-1"]
    assert (await api.create("lost-1"))["response"]["result"] == 2314


async def test_demo_name_that_never_answers(api, state):
    with pytest.raises(httpx.ReadTimeout):
        await api.create("fail-timeout")
    assert state.created == []


async def test_demo_names_with_other_plans(api, clock):
    for name in ("fail-broken-1", "slow-1", "stuck-1"):
        await api.create(name)
    assert [(await api.info("fail-broken-1"))["env"]["status"] for _ in range(2)] == [6, 11]
    seen = []
    for _ in range(3):
        seen.append(
            tuple([(await api.info(name))["env"]["status"] for name in ("slow-1", "stuck-1")])
        )
        clock.now += 4
    assert seen == [(6, 6), (3, 6), (1, 6)]
