"""What the session's cookie is called, and when a sign-in tells that it travels in the clear."""

import pytest
from structlog.testing import capture_logs

from service.auth import cookie
from service.auth.cookie import SessionCookie


def begun(scheme: str, host: str | None, secure: str = "auto") -> tuple[str, list[str]]:
    cookie._warn_of_clear_text.cache_clear()
    with capture_logs() as logs:
        for _ in range(2):
            value = SessionCookie(secure).begin("t", lifetime=60, scheme=scheme, host=host)
    return value, [entry["event"] for entry in logs]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000"])
def test_on_loopback_the_name_is_plain_and_nothing_is_said(host: str) -> None:
    value, told = begun("http", host)
    assert value.startswith("slipway_session=t;")
    assert "Secure" not in value
    assert told == []


@pytest.mark.parametrize(
    "host",
    ["slipway.example", "192.168.1.7:8000", "localhost.example", "127.0.0.1.example", "[::", None],
)
def test_elsewhere_over_http_it_is_told_once(host: str | None) -> None:
    assert begun("http", host)[1] == ["session_in_clear_text"]


@pytest.mark.parametrize(("scheme", "secure"), [("https", "auto"), ("http", "true")])
def test_over_https_it_is_bound_to_the_host_and_nothing_is_said(scheme: str, secure: str) -> None:
    value, told = begun(scheme, "slipway.example", secure)
    assert value.startswith("__Host-slipway_session=t;")
    assert value.endswith("; Secure")
    assert told == []
