from __future__ import annotations

import json

import pytest

CREATE = "environment/control/createenvironment"
INFO = "environment/control/getenvinfo"


async def test_sign_in_opens_a_session(api):
    answer = await api.call(
        "users/authentication/signin", appid="x", login="demo@slipway.test", password="demo"
    )
    assert answer["result"] == 0
    assert len(answer["session"]) == 40
    checked = await api.call("users/authentication/checksign", session=answer["session"])
    assert checked["result"] == 0
    user = await api.call("users/account/getuserinfo", session=answer["session"])
    assert user["email"] == "demo@slipway.test"
    await api.call("users/authentication/signout", session=answer["session"])
    gone = await api.call("users/authentication/checksign", session=answer["session"])
    assert gone["result"] == 702


@pytest.mark.parametrize("login", [("demo@slipway.test", "wrong"), ("other", "demo"), ("", "")])
async def test_sign_in_checks_login_and_password(api, login):
    answer = await api.call("users/authentication/signin", login=login[0], password=login[1])
    assert answer["result"] == 701
    assert "session" not in answer


async def test_a_call_without_a_good_session_does_nothing(api, state):
    answer = await api.create("shop", session="0" * 40)
    assert answer["result"] == 702
    assert answer["source"] == "hx-core"
    assert state.created == []


async def test_create_answers_as_a_script_does(api):
    answer = await api.create("Shop-1", envGroups='["a","b"]')
    assert answer["result"] == 0
    assert answer["response"]["result"] == 0
    assert answer["response"]["name"] == "shop-1"
    assert answer["response"]["env"]["envName"] == "shop-1"
    assert answer["response"]["envGroups"] == ["a", "b"]


async def test_info_has_the_fields_that_clients_read(api):
    nodes = [
        {"nodeType": "docker", "docker": {"image": "nginx:1.27"}, "count": 2, "extip": True},
        {"nodeType": "postgres16", "nodeGroup": "sqldb", "displayName": "Main"},
    ]
    await api.create("shop", nodes=json.dumps(nodes))
    info = await api.info("shop")
    assert info["result"] == 0
    assert (
        info["env"].items()
        >= {
            "envName": "shop",
            "shortdomain": "shop",
            "domain": "shop.simulator.slipway.test",
            "displayName": "",
            "hardwareNodeGroup": "default_hn_group",
            "sslstate": False,
            "ishaenabled": False,
            "status": 6,
            "isRunning": False,
            "extdomains": [],
            "uid": 1,
            "creatorUid": 1,
            "createdOn": "1970-01-01T00:16:40+00:00",
        }.items()
    )
    assert info["env"]["hostGroup"]["uniqueName"] == "default_hn_group"
    assert [group["name"] for group in info["nodeGroups"]] == ["cp", "sqldb"]
    assert [(n["nodeType"], n["nodeGroup"], n["ismaster"], n["name"]) for n in info["nodes"]] == [
        ("docker", "cp", True, "nginx"),
        ("docker", "cp", False, "nginx"),
        ("postgres16", "sqldb", True, "postgres16"),
    ]
    assert len({n["id"] for n in info["nodes"]}) == 3
    assert len({n["intIP"] for n in info["nodes"]}) == 3
    assert info["nodes"][0]["extIPs"]
    assert info["nodes"][0]["customitem"] == {"dockerName": "nginx", "dockerTag": "1.27"}
    assert info["nodes"][2]["displayName"] == "Main"
    assert all(n["url"].startswith("http") for n in info["nodes"])


async def test_options_may_be_strings_as_in_the_platforms_examples(api):
    await api.create("x", env='{"shortdomain":"shop","sslstate":"true","ishaenabled":"false"}')
    env = (await api.info("shop"))["env"]
    assert (env["sslstate"], env["ishaenabled"]) == (True, False)


async def test_a_missing_name_is_made_up(api):
    answer = await api.create("x", env="{}")
    assert answer["response"]["name"] == "env-0000001"


async def test_a_name_is_taken_until_it_is_deleted(api, state):
    await api.create("shop")
    again = await api.create("SHOP")
    assert again["result"] == 0
    assert again["response"]["result"] == 2314
    assert (await api.call("environment/control/deleteenv", envName="shop"))["result"] == 0
    assert (await api.create("shop"))["response"]["result"] == 0
    assert [e.id for e in state.created] == [1, 2]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"env": "{"}, "invalid parameter [env]"),
        ({"env": "[]"}, "invalid parameter [env]"),
        ({"env": '{"shortdomain":"a_b"}'}, "invalid domain"),
        ({"env": '{"shortdomain":"-a"}'}, "invalid domain"),
        ({"nodes": "nginx"}, "invalid parameter [nodes]"),
        ({"nodes": "[]"}, "invalid parameter [nodes]"),
        ({"nodes": "[1]"}, "invalid parameter [nodes]"),
        ({"nodes": '[{"count":1}]'}, "invalid parameter [nodes]"),
        ({"envGroups": "[1"}, "invalid parameter [envgroups]"),
    ],
)
async def test_wrong_parameters_are_told(api, state, params, text):
    answer = await api.create("shop", **params)
    assert answer["response"]["result"] == 99
    assert text in answer["response"]["error"]
    assert state.created == []


async def test_missing_parameters_are_told(api):
    answer = await api.call(CREATE, env='{"shortdomain":"shop"}')
    assert answer["response"]["error"] == "missing parameter [nodes]"
    assert (await api.call(INFO))["error"] == "missing parameter [envName]"


@pytest.mark.parametrize("method", ["getenvinfo", "deleteenv", "stopenv", "attachenvgroup"])
async def test_an_unknown_environment_is_result_11(api, method):
    answer = await api.call(f"environment/control/{method}", envName="nobody")
    assert answer["result"] == 11


async def test_an_unknown_method_is_not_found(api):
    response = await api.post("environment/control/explode")
    assert response.status_code == 404
    assert response.json()["result"] != 0


async def test_get_and_post_and_any_case_are_the_same(api):
    params = {
        "ENV": '{"shortdomain":"shop"}',
        "nodes": '{"nodeType":"nginx"}',
        "envgroups": "just-one",
        "session": "f" * 40,
    }
    response = await api.http.get("/1.0/Environment/Control/REST/CreateEnvironment", params=params)
    assert response.json()["response"]["envGroups"] == ["just-one"]
    assert (await api.call(INFO, envname="shop"))["result"] == 0


async def test_the_list_has_all_and_polls_each(api, state):
    await api.create("a")
    await api.create("b", envGroups="tag")
    answer = await api.call("environment/control/getenvs")
    assert [(i["env"]["envName"], i["envGroups"]) for i in answer["infos"]] == [
        ("a", []),
        ("b", ["tag"]),
    ]
    assert [e.polls for e in state.created] == [1, 1]


async def test_groups_can_be_changed(api):
    await api.create("shop", envGroups="a")
    await api.call("environment/control/attachenvgroup", envName="shop", envGroup='["a","b"]')
    assert (await api.info("shop"))["envGroups"] == ["a", "b"]
    await api.call("environment/control/detachenvgroup", envName="shop", envGroup="a")
    assert (await api.info("shop"))["envGroups"] == ["b"]
    await api.call("environment/control/setenvgroup", envName="shop", envGroups='["c"]')
    assert (await api.info("shop"))["envGroups"] == ["c"]


async def test_stop_start_and_rename(api):
    await api.create("shop")
    await api.call("environment/control/stopenv", envName="shop")
    assert (await api.info("shop"))["env"]["status"] == 2
    await api.call("environment/control/startenv", envName="shop")
    await api.call("environment/control/setenvdisplayname", envName="shop", displayName="Shop")
    env = (await api.info("shop"))["env"]
    assert (env["status"], env["isRunning"], env["displayName"]) == (1, True, "Shop")


async def test_regions(api):
    answer = await api.call("environment/control/getregions")
    assert answer["array"][0]["hardNodeGroups"][0]["uniqueName"] == "default_hn_group"
