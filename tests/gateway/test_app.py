"""A gateway's parts, joined: what its settings mean, and who is told of what."""

from dataclasses import fields

import pytest
from starlette.routing import Route

from backbone.settings import load_settings
from gateway.app import EVENTS_PATH, Gateway, create_gateway, limits_of, new_instance
from gateway.limits import Limits
from tests.gateway.memory_log import MemoryLog
from tests.gateway.world import turns


def test_every_setting_of_streams_reaches_its_limit() -> None:
    told = {
        "SSE_QUEUE_SIZE": ("queue_size", 11),
        "SSE_IDLE_TEAM_SECONDS": ("idle_team", 11.5),
        "SSE_REFILL_LIMIT": ("refill", 12),
        "SSE_SEND_TIMEOUT_SECONDS": ("send_timeout", 13.0),
        "SSE_HEARTBEAT_SECONDS": ("heartbeat", 14),
        "SSE_MAX_AGE_SECONDS": ("max_age", 150.0),
        "SSE_RETRY_MILLISECONDS": ("retry_milliseconds", 1600),
        "SSE_SHUTDOWN_RETRY_MILLISECONDS": ("shutdown_retry_milliseconds", 1700),
        "SSE_MAX_STREAMS": ("streams", 17),
        "SSE_MAX_STREAMS_PER_TEAM": ("streams_per_team", 18),
        "SSE_MAX_STREAMS_PER_USER": ("streams_per_user", 19),
        "SSE_LOG_READERS": ("log_readers", 20),
        "SSE_DRAIN_SECONDS": ("drain", 2.1),
        "SSE_POLL_SECONDS": ("poll", 2.2),
        "SSE_SWEEP_SECONDS": ("sweep", 23.0),
    }
    limits = limits_of(load_settings({name: str(value) for name, (_, value) in told.items()}))
    for field, value in told.values():
        assert getattr(limits, field) == value, field
    assert {field.name for field in fields(Limits)} - {field for field, _ in told.values()} == {
        "join",
        "page",
        "ahead",
        "tail_bytes",
    }


def test_no_two_gateways_name_their_queue_alike(monkeypatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "host.of_ours!" + "x" * 100)
    one, other = new_instance(), new_instance()
    assert one != other
    assert one.startswith("host-of-ours-")
    assert len(one) < 100


async def test_without_a_broker_nothing_consumes_and_the_log_is_followed(engine) -> None:
    gateway = Gateway(load_settings({}), engine, event_log=MemoryLog())
    assert gateway.consumer is None
    async with gateway.running():
        await turns()
        assert not gateway.supervisor.liveness()
    off = {"RABBITMQ_URL": "amqp://127.0.0.1/", "ENABLE_SSE_BROKER": "false"}
    assert Gateway(load_settings(off), engine).consumer is None


async def test_an_access_event_has_the_access_looked_at(engine) -> None:
    gateway = Gateway(load_settings({}), engine, event_log=MemoryLog())
    assert not gateway.access._wake.is_set()
    gateway.hub.on_access_event()
    assert gateway.access._wake.is_set()


async def test_the_application_has_the_contract_s_operation_and_no_documents(engine) -> None:
    app = create_gateway(load_settings({}), engine, event_log=MemoryLog())
    paths = {route.path for route in app.router.routes if isinstance(route, Route)}
    assert {EVENTS_PATH, "/api/v1/health/live", "/api/v1/health/ready", "/metrics"} <= paths
    assert not {"/docs", "/redoc", "/openapi.json"} & paths


@pytest.mark.parametrize(("origins", "credentials"), [("https://a.example", True), ("*", False)])
async def test_a_wildcard_origin_never_reads_with_the_cookie(engine, origins, credentials) -> None:
    app = create_gateway(load_settings({"CORS_ALLOW_ORIGINS": origins}), engine)
    (cors,) = [m for m in app.user_middleware if "allow_origins" in m.kwargs]
    assert cors.kwargs["allow_credentials"] is credentials
    assert cors.kwargs["allow_methods"] == ["GET"]
