"""Begins to export spans, as the standard variables `OTEL_*` say; without an endpoint, nothing.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables
"""

import os
import secrets
import socket
from typing import TYPE_CHECKING

from opentelemetry import trace

from backbone.errors import SettingsError
from backbone.tracing.context import is_tracing
from generated.messaging.contract import CONTRACT_VERSION

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SAMPLERS = frozenset(
    f"{parent}{name}"
    for parent in ("", "parentbased_")
    for name in ("always_on", "always_off", "traceidratio")
)


def start_tracing(process: str) -> bool:
    """Send this process's spans to the collector that the environment names, if it names one.

    Call it in the process that works, not before a fork: the sender is a thread. A second call
    changes nothing. Returns whether there is a collector.

    Raises:
        SettingsError: a variable has a value that would be ignored.
    """
    if not _wanted():
        return False
    if is_tracing():
        return True
    _check_sampler()
    # The SDK and its exporter are large, and most installations have no collector.
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    own = {
        "service.name": f"slipway-{process}",
        "service.namespace": "slipway",
        "service.version": CONTRACT_VERSION,
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
    }
    # What the operator says goes before.
    given = OTELResourceDetector().detect().attributes
    provider = TracerProvider(resource=Resource.create({**own, **given}))
    provider.add_span_processor(BatchSpanProcessor(_exporter()))
    trace.set_tracer_provider(provider)
    return True


def _wanted() -> bool:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporters = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    return "otlp" in exporters.split(",") and any(os.environ.get(name) for name in _ENDPOINTS)


def _exporter() -> "SpanExporter":
    """Make the exporter of the protocol that is asked for; http/protobuf is the standard's own."""
    protocol = next((os.environ[name] for name in _PROTOCOLS if os.environ.get(name)), "")
    if protocol in {"", "http/protobuf"}:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        return OTLPSpanExporter()
    raise SettingsError(
        f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; spans are sent by http/protobuf, which "
        "collectors take at port 4318"
    )


def _check_sampler() -> None:
    """Refuse what the SDK would put its default for, which samples all of the traffic."""
    sampler = os.environ.get("OTEL_TRACES_SAMPLER", "")
    if sampler and sampler.lower() not in _SAMPLERS:
        raise SettingsError(
            f"OTEL_TRACES_SAMPLER is {sampler!r}; it may be {', '.join(sorted(_SAMPLERS))}"
        )
    ratio = os.environ.get("OTEL_TRACES_SAMPLER_ARG", "")
    if "traceidratio" in sampler.lower() and ratio:
        try:
            valid = 0.0 <= float(ratio) <= 1.0
        except ValueError:
            valid = False
        if not valid:
            raise SettingsError(
                f"OTEL_TRACES_SAMPLER_ARG is {ratio!r}; it must be a number from 0 to 1"
            )
