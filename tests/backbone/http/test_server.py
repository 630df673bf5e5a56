"""What a proxy says of the client counts only from proxies that the settings name."""

import pytest
import structlog

from backbone.http.limits import RESERVED_DESCRIPTORS, http_limits
from backbone.http.server import server_config
from backbone.settings import load_settings


async def seen_by_the_application(trusted: str, peer: str) -> tuple[str, str]:
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope)

    limits = http_limits(load_settings({"TRUSTED_PROXIES": trusted}))
    config = server_config(app, limits, lifespan="off")
    config.load()
    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1234),
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")],
    }
    await config.loaded_app(scope, None, None)
    return seen["client"][0], seen["scheme"]


@pytest.mark.parametrize(
    ("trusted", "peer", "expected"),
    [
        ("", "127.0.0.1", ("127.0.0.1", "http")),
        ("", "10.1.2.3", ("10.1.2.3", "http")),
        ("10.0.0.0/8", "10.1.2.3", ("203.0.113.9", "https")),
        ("10.0.0.0/8", "192.0.2.1", ("192.0.2.1", "http")),
        ("10.0.0.0/8", "127.0.0.1", ("127.0.0.1", "http")),
    ],
)
async def test_only_a_named_proxy_speaks_for_others(trusted, peer, expected):
    assert await seen_by_the_application(trusted, peer) == expected


def test_a_bound_on_connections_is_told_once_however_many_servers_a_process_has(monkeypatch):
    monkeypatch.setattr("backbone.http.limits.raise_descriptor_limit", lambda: 1_000)
    settings = load_settings({"HTTP_MAX_CONNECTIONS": "54321"})
    with structlog.testing.capture_logs() as logs:
        limits = [http_limits(settings) for _ in range(3)]
    assert {each.connections for each in limits} == {1_000 - RESERVED_DESCRIPTORS}
    assert [entry["event"] for entry in logs] == ["http_connections_bounded"]
