from __future__ import annotations

import httpx

from slipway.simulator import SimulatorConfig, SimulatorTransport, create_simulator

URL = "/1.0/environment/control/rest/"


def calling(config: SimulatorConfig) -> httpx.AsyncClient:
    transport = SimulatorTransport(create_simulator(config))
    return httpx.AsyncClient(transport=transport, base_url="http://sim.test")


async def test_a_state_file_survives_a_restart(tmp_path):
    path = tmp_path / "simulator.json"
    config = SimulatorConfig(state_path=path)
    async with calling(config) as http:
        signed = await http.post(
            "/1.0/users/authentication/rest/signin",
            data={"login": "demo@slipway.test", "password": "demo"},
        )
        form = {"session": signed.json()["session"], "nodes": '{"nodeType":"nginx"}'}
        for name in ("kept", "gone"):
            env = f'{{"shortdomain":"{name}"}}'
            await http.post(URL + "createenvironment", data={**form, "env": env, "envGroups": "t"})
        await http.post(URL + "deleteenv", data={**form, "envName": "gone"})
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == ["simulator.json"]
    async with calling(config) as http:
        envs = (await http.post(URL + "getenvs", data=form)).json()
        assert [(i["env"]["envName"], i["envGroups"]) for i in envs["infos"]] == [("kept", ["t"])]
        told = (await http.get("/simulator/state")).json()
        assert [e["env_name"] for e in told["created"]] == ["kept", "gone"]


async def test_without_a_file_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with calling(SimulatorConfig(tokens=frozenset({"t"}))) as http:
        form = {"session": "t", "nodes": '{"nodeType":"nginx"}', "env": "{}"}
        await http.post(URL + "createenvironment", data=form)
    assert list(tmp_path.iterdir()) == []


def test_the_settings_show_no_secret():
    shown = repr(SimulatorConfig(password="hidden-1", tokens=frozenset({"hidden-2"})))
    assert "hidden" not in shown
