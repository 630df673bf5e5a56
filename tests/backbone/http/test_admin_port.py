"""What a process tells on its admin port."""

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge
from starlette.applications import Starlette

from backbone.http.admin_port import AdminPages, admin_port, joined
from backbone.http.listening import PortTakenError, listen
from backbone.settings import load_settings
from generated.models.health import Check, CheckStatus

DOWN = Check(name="reaper", status=CheckStatus.failed, detail="ended by KeyError")
SLOW = Check(name="outbox", status=CheckStatus.degraded, detail="waits")
FINE = Check(name="database", status=CheckStatus.ok)


def pages(liveness=(), readiness=(), metric="slipway_x"):
    registry = CollectorRegistry()
    Gauge(metric, "X", registry=registry).set(1)

    async def ready():
        return readiness

    return AdminPages(lambda: liveness, ready, (registry,))


async def ask(told, path):
    transport = httpx.ASGITransport(app=Starlette(routes=told.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://admin") as client:
        return await client.get(path)


async def test_liveness_names_what_only_a_restart_may_cure():
    fine = await ask(pages(readiness=[DOWN]), "/health/live")
    assert (fine.status_code, fine.json()) == (200, {"status": "ok", "checks": []})
    down = await ask(pages(liveness=[DOWN]), "/health/live")
    assert down.status_code == 503
    assert [check["name"] for check in down.json()["checks"]] == ["reaper"]
    assert down.headers["cache-control"] == "no-store"


async def test_readiness_tells_all_checks_and_fails_with_one_that_failed():
    degraded = await ask(pages(readiness=[FINE, SLOW]), "/health/ready")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    failed = await ask(pages(readiness=[FINE, SLOW, DOWN]), "/health/ready")
    assert (failed.status_code, failed.json()["status"]) == (503, "failed")
    assert [check["name"] for check in failed.json()["checks"]] == ["database", "outbox", "reaper"]


async def test_metrics_and_the_list_of_pages():
    metrics = await ask(pages(), "/metrics")
    assert "\nslipway_x 1.0\n" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "/health/ready" in (await ask(pages(), "/")).text


async def test_several_parts_of_one_process_are_told_together():
    both = joined(
        pages(liveness=[DOWN], readiness=[FINE, SLOW], metric="a"),
        pages(liveness=[DOWN], readiness=[FINE, DOWN], metric="b"),
    )
    assert both.liveness() == [DOWN]
    assert await both.readiness() == [FINE, SLOW, DOWN]
    told = (await ask(both, "/metrics")).text
    assert "\na 1.0\n" in told
    assert "\nb 1.0\n" in told


async def test_without_a_port_nothing_listens(monkeypatch):
    monkeypatch.setattr("backbone.http.admin_port.listen", lambda *_: pytest.fail("it listens"))
    async with admin_port(load_settings({}), pages()):
        pass


@pytest.mark.enable_socket
async def test_a_port_that_is_taken_is_told():
    taken = listen("127.0.0.1", 0)
    settings = load_settings({"ADMIN_PORT": str(taken.getsockname()[1])})
    with pytest.raises(PortTakenError, match="is taken"):
        async with admin_port(settings, pages()):
            pass
    taken.close()


@pytest.mark.enable_socket
async def test_the_offset_tells_processes_of_one_command_apart(unused_tcp_port):
    settings = load_settings({"ADMIN_PORT": str(unused_tcp_port - 1)})
    async with admin_port(settings, pages(), offset=1), httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{unused_tcp_port}/health/ready")
        assert answer.status_code == 200
