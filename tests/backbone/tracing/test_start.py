import os
import subprocess
import sys

import pytest

from backbone.errors import SettingsError
from backbone.tracing.start import start_tracing

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


def given(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        ENDPOINT | {"OTEL_SDK_DISABLED": "true"},
        ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_a_collector_nothing_begins(monkeypatch, variables):
    given(monkeypatch, **variables)
    assert start_tracing("relay") is False


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("OTEL_TRACES_SAMPLER_ARG", "a tenth"),
    ],
)
def test_what_would_be_ignored_is_refused_by_name(monkeypatch, variable, value):
    given(monkeypatch, **ENDPOINT, OTEL_TRACES_SAMPLER="parentbased_traceidratio")
    given(monkeypatch, **{variable: value})
    with pytest.raises(SettingsError, match=variable):
        start_tracing("relay")


def test_the_standard_variables_name_the_process():
    told = """
from opentelemetry import trace
from backbone.tracing.start import start_tracing
assert start_tracing("relay") and start_tracing("relay")
provider = trace.get_tracer_provider()
for name in ("service.name", "service.version", "deployment.environment"):
    print(provider.resource.attributes.get(name))
print(provider.sampler.get_description())
"""
    environment = (
        os.environ
        | ENDPOINT
        | {
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=blue",
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.01",
        }
    )
    ran = subprocess.run(
        [sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True
    )
    name, version, deployment, sampler = ran.stdout.splitlines()
    assert (name, deployment) == ("slipway-relay", "blue")
    assert version[0].isdigit()
    assert "0.01" in sampler


def test_the_sdk_is_not_imported_without_a_collector():
    told = """
import sys
from backbone.tracing.start import start_tracing
start_tracing("relay")
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))])
"""
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
