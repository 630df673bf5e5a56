"""What a process must be told before it starts: no secret and no order goes astray silently."""

import importlib
import socket
import sys

import pytest

from backbone.cipher import new_key
from backbone.errors import SettingsError
from backbone.settings import load_settings
from slipway import embedded
from slipway.embedded import refuse_absent_broker, refuse_silent_simulator
from slipway.processes.begin import with_event_keys
from slipway.processes.gateway import run_gateway
from slipway.processes.relay import run_relay
from slipway.simulator import create_simulator
from testing.program import free_port

REAL = {
    "RABBITMQ_URL": "amqp://guest:guest@broker/",
    "DATABASE_URL": "postgresql://slipway@database/slipway",
}


def test_orders_that_are_meant_never_complete_at_a_simulator_unasked():
    with pytest.raises(SettingsError, match=r"VIRTUOZZO_BASE_URL is not set.*--simulator"):
        refuse_silent_simulator(load_settings(REAL))
    refuse_silent_simulator(load_settings({**REAL, "VIRTUOZZO_BASE_URL": "https://x.example"}))
    for name, value in REAL.items():
        refuse_silent_simulator(load_settings({name: value}))


@pytest.mark.parametrize("listens", [False, True], ids=["nobody listens", "it says nothing"])
async def test_the_demo_does_not_wait_for_a_broker_that_does_not_answer(monkeypatch, listens):
    monkeypatch.setattr(embedded, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1] if listens else free_port()
        settings = load_settings({"RABBITMQ_URL": f"amqp://127.0.0.1:{port}/"})
        with pytest.raises(SettingsError, match="the broker that RABBITMQ_URL names does not answ"):
            await refuse_absent_broker(settings)
    await refuse_absent_broker(settings.model_copy(update={"celery_task_always_eager": True}))
    await refuse_absent_broker(load_settings({}))


@pytest.mark.parametrize(
    "url",
    ["https://x.example", "http://127.0.0.1:8090", "http://localhost", "http://[::1]:1"],
)
def test_what_is_encrypted_or_stays_on_the_machine_may_be_the_provider(url):
    assert load_settings({"VIRTUOZZO_BASE_URL": url}).virtuozzo_base_url == url


@pytest.mark.parametrize(
    "url", ["http://x.example", "http://127.0.0.1.x.example", "http://10.0.0.1"]
)
def test_a_provider_without_tls_needs_a_yes(url):
    with pytest.raises(SettingsError, match="VIRTUOZZO_ALLOW_HTTP"):
        load_settings({"VIRTUOZZO_BASE_URL": url})
    load_settings({"VIRTUOZZO_BASE_URL": url, "VIRTUOZZO_ALLOW_HTTP": "true"})


def test_a_worker_alone_refuses_to_start_without_keys(monkeypatch, tmp_path):
    for name, value in {**REAL, "SLIPWAY_HOME": str(tmp_path), "SLIPWAY_SECRET_KEYS": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "worker.main", raising=False)
    with pytest.raises(SettingsError, match="SLIPWAY_SECRET_KEYS is not set"):
        importlib.import_module("worker.main")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("SLIPWAY_SECRET_KEYS", new_key())


def run_gateway_alone(settings):
    run_gateway(settings, host="127.0.0.1", port=0, workers=1)


@pytest.mark.parametrize("run", [run_relay, run_gateway_alone])
def test_relay_and_gateway_alone_refuse_to_start_without_a_key_that_others_have(tmp_path, run):
    """A key of its own would let each gateway read every event from the log, unnoticed."""
    environ = {**REAL, "SLIPWAY_HOME": str(tmp_path)}
    with pytest.raises(SettingsError, match="SLIPWAY_EVENT_KEYS is not set"):
        run(load_settings(environ))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SLIPWAY_EVENT_KEYS", "SLIPWAY_SECRET_KEYS"])
def test_either_key_will_do(tmp_path, name):
    environ = {**REAL, "SLIPWAY_HOME": str(tmp_path), name: new_key()}
    assert with_event_keys(load_settings(environ)).event_keys is not None


def test_the_simulator_is_scripted_only_where_that_is_wanted():
    paths = [[route.path for route in create_simulator(control=c).routes] for c in (True, False)]
    assert ("/simulator" in paths[0], "/simulator" in paths[1]) == (True, False)
