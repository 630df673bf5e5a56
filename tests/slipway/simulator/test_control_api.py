from __future__ import annotations

import pytest


async def test_state_tells_what_happened(api, clock):
    await api.create("shop", envGroups='["slipway-job-17"]')
    await api.info("shop")
    clock.now = 1010.0
    await api.call("environment/control/deleteenv", envName="shop")
    await api.create("shop")
    await api.call("environment/control/getenvs")
    told = await api.state()
    assert told["calls"] == {"createenvironment": 2, "getenvinfo": 1, "deleteenv": 1, "getenvs": 1}
    assert told["calls_by_env"] == {
        "shop": {"createenvironment": 2, "getenvinfo": 1, "deleteenv": 1}
    }
    assert [e["env_name"] for e in told["environments"]] == ["shop"]
    first, second = told["created"]
    assert (
        first.items()
        >= {
            "env_groups": ["slipway-job-17"],
            "polls": 1,
            "status": 8,
            "created_at": 1000.0,
            "deleted_at": 1010.0,
        }.items()
    )
    # The list is a look at each of them, as the platform's own is.
    assert (second["deleted_at"], second["polls"], second["status"]) == (None, 1, 3)


async def test_state_shows_no_secret(api):
    answer = await api.call(
        "users/authentication/signin", login="demo@slipway.test", password="demo"
    )
    text = (await api.http.get("/simulator/state")).text
    assert answer["session"] not in text
    assert "f" * 40 not in text


async def test_scripts_by_http(api):
    script = {"do": "result", "method": "createenvironment", "result": 2212, "error": "busy"}
    added = await api.http.post("/simulator/scripts", json=[script, {**script, "env": "other"}])
    assert (added.status_code, added.json()) == (201, {"added": 2})
    assert (await api.create("shop"))["response"]["result"] == 2212
    waiting = (await api.state())["scripts"]
    assert [(s["do"], s["env"]) for s in waiting] == [("result", "other")]
    assert (await api.http.delete("/simulator/scripts")).status_code == 204
    assert (await api.create("other"))["response"]["result"] == 0


async def test_one_script_by_http(api):
    added = await api.http.post("/simulator/scripts", json={"do": "http", "status": 500})
    assert added.json() == {"added": 1}


@pytest.mark.parametrize("body", ["{", '{"do":"dance"}', "[]x"])
async def test_a_wrong_script_is_422_with_the_reason(api, body):
    response = await api.http.post("/simulator/scripts", content=body)
    assert response.status_code == 422
    assert response.json()["details"]


async def test_sessions_expire(api):
    form = {"login": "demo@slipway.test", "password": "demo"}
    key = (await api.call("users/authentication/signin", **form))["session"]
    assert (await api.http.post("/simulator/sessions/expire")).json() == {"expired": 1}
    assert (await api.call("environment/control/getenvs", session=key))["result"] == 702
    assert (await api.call("environment/control/getenvs"))["result"] == 0  # a token stays


async def test_a_living_environment_gets_another_plan(api):
    await api.create("shop")
    url = "/simulator/environments/shop/plan"
    answer = await api.http.post(url, json=[{"status": 11}])
    assert answer.json()["status"] == 11
    assert (await api.info("shop"))["env"]["status"] == 11
    assert (await api.http.post(url, json=[])).status_code == 422
    assert (await api.http.post(url, json=[{}])).status_code == 422
    missing = await api.http.post("/simulator/environments/nobody/plan", json=[{"status": 1}])
    assert missing.status_code == 404


async def test_reset_forgets_all_but_sessions(api):
    form = {"login": "demo@slipway.test", "password": "demo"}
    key = (await api.call("users/authentication/signin", **form))["session"]
    await api.create("shop")
    await api.http.post("/simulator/scripts", json={"do": "http"})
    assert (await api.http.post("/simulator/reset")).status_code == 204
    told = await api.state()
    assert told == {
        "environments": [],
        "created": [],
        "calls": {},
        "calls_by_env": {},
        "held": [],
        "scripts": [],
    }
    assert (await api.call("environment/control/getenvs", session=key))["result"] == 0
