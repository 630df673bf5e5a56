"""`get_metrics()` of the guide: the numbers of the gateway that runs, from any Python beside it."""

import asyncio

import pytest

from backbone.errors import SettingsError
from backbone.http.admin_port import AdminPages, admin_port
from backbone.settings import load_settings
from gateway.metrics import Metrics, get_metrics, registry_of


@pytest.mark.enable_socket
async def test_the_running_gateways_numbers_by_name(monkeypatch, unused_tcp_port):
    metrics = Metrics()
    metrics.messages_consumed_total, metrics.subscribers_active = 7, 3
    monkeypatch.setenv("ADMIN_PORT", str(unused_tcp_port))

    async def ready():
        return ()

    pages = AdminPages(tuple, ready, (registry_of(lambda: metrics),))
    async with admin_port(load_settings(), pages):
        told = await asyncio.to_thread(get_metrics)
    assert (told["messages_consumed_total"], told["subscribers_active"]) == (7.0, 3.0)


@pytest.mark.enable_socket
def test_nobody_who_answers(monkeypatch, unused_tcp_port):
    monkeypatch.setenv("ADMIN_PORT", str(unused_tcp_port))
    with pytest.raises(OSError, match="refused"):
        get_metrics()


def test_no_port_to_ask_at(monkeypatch):
    monkeypatch.delenv("ADMIN_PORT", raising=False)
    with pytest.raises(SettingsError, match="ADMIN_PORT"):
        get_metrics()
