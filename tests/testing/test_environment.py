"""What a developer's environment says does not decide a test."""

import os

from testing.environment import forget_settings


def test_settings_are_forgotten_and_nothing_else(monkeypatch) -> None:
    for name in (
        "RABBITMQ_URL",
        "SSE_RETRY_MILLISECONDS",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "TEST_POSTGRES_URL",
    ):
        monkeypatch.setenv(name, "x")
    forget_settings()
    assert "TEST_POSTGRES_URL" in os.environ
    assert not {"RABBITMQ_URL", "SSE_RETRY_MILLISECONDS", "OTEL_EXPORTER_OTLP_ENDPOINT"} & set(
        os.environ
    )
