"""One order is one trace, over four processes, a broker and a database."""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from backbone.database.engine import create_engine
from slipway.reference_page import (
    CONTEXT,
    EACH_LINE,
    PACKAGES,
    log_events,
    metrics_by_process,
)
from testing.accounts import add_member, add_session
from testing.installation import Installation, installation
from testing.otlp import CollectedSpan, Collector, drawn, otlp_collector
from tests.backbone.rows import make_team

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
STATUSES = 3
"""The fewest events of a job: queued, started, completed."""


OPEN = {"accept": "application/openmetrics-text; version=1.0.0"}


async def test_an_order_is_one_trace_from_the_request_to_the_stream(
    tmp_path: Path, postgres_url: str, rabbitmq_url: str
) -> None:
    engine = create_engine(postgres_url)
    await make_team(engine)
    await add_member(engine, 3, 7, role="owner")
    token = await add_session(engine, 3, 7)
    await engine.dispose()
    trace_id, browser = secrets.token_hex(16), secrets.token_hex(8)
    with otlp_collector() as collector:
        async with installation(
            tmp_path,
            database_url=postgres_url,
            rabbitmq_url=rabbitmq_url,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        ) as running:
            bearer = {"authorization": f"Bearer {token}"}
            async with (
                httpx.AsyncClient(headers=bearer, timeout=60) as http,
                http.stream("GET", f"{running.gateway_url}/api/v1/events") as stream,
            ):
                lines = stream.aiter_lines()
                while not (await anext(lines)).startswith("event: sync"):
                    pass
                order = await http.post(
                    f"{running.service_url}/api/v1/environments",
                    json={"shortdomain": "shop"},
                    headers={"traceparent": f"00-{trace_id}-{browser}-01"},
                )
                assert order.status_code == 202, order.text
                told = 0
                async for line in lines:
                    told += line.startswith("data:") and '"job_status"' in line
                    if '"completed"' in line:
                        break
                told_metrics = await metrics_of(http, running)
            statuses = await running.stop()
        assert set(statuses.values()) == {0}, statuses
    spans = collector.of(trace_id)
    print("\n" + drawn(spans))  # noqa: T201 - what an operator would see
    assert_connected(spans, browser)
    by_name: dict[str, list[CollectedSpan]] = {}
    for span in spans:
        by_name.setdefault(span.name, []).append(span)
    assert {span.service for span in spans} == {
        f"slipway-{name}" for name in ("service", "relay", "worker", "gateway")
    }
    [request] = by_name["POST /api/v1/environments"]
    assert (request.kind, request.parent_id, request.failed) == (SERVER, browser, False)
    assert request.attributes["http.response.status_code"] == 202
    assert request.attributes["http.route"] == "/api/v1/environments"
    [task] = by_name["process jobs.env.create"]
    assert (task.kind, task.service, task.failed) == (CONSUMER, "slipway-worker", False)
    published = {s.attributes["messaging.destination.name"] for s in by_name["rabbitmq.publish"]}
    assert {"jobs.direct:jobs.env.create"} < published
    assert all(span.kind == PRODUCER for span in by_name["rabbitmq.publish"])
    assert told >= STATUSES
    # Each status goes from the relay to the gateway and to the stream.
    assert len(by_name["rabbitmq.publish"]) == told + 1
    assert len(by_name["sse.broker.receive"]) == len(by_name["sse.stream.send"]) == told
    for received in by_name["sse.broker.receive"]:
        parent = next(span for span in spans if span.span_id == received.parent_id)
        assert parent.name == "rabbitmq.publish"
    calls = {span.name.rpartition("/")[2] for span in spans if span.name.startswith("POST /1.0/")}
    assert {"signin", "createenvironment"} <= calls
    databases = [span for span in spans if span.attributes.get("db.system.name") == "postgresql"]
    assert {span.service for span in databases} == {"slipway-service", "slipway-worker"}
    assert all(span.kind == CLIENT and span.attributes["db.query.summary"] for span in databases)
    assert any(
        "INSERT outbox" in span.name and "INSERT job_logs" in span.name for span in databases
    )
    assert not [span.name for span in spans if span.failed]
    assert_a_stream_is_no_error(collector, told)
    assert_metrics_are_those_of_the_reference(told_metrics, trace_id)
    request_id = order.headers["x-request-id"]
    assert_log_lines_are_those_of_the_reference(tmp_path, running, trace_id, request_id)
    told_elsewhere = repr([span.attributes for span in collector.spans])
    assert token not in told_elsewhere


async def metrics_of(http: httpx.AsyncClient, running: Installation) -> dict[str, str]:
    """What each process tells; the relay once it has looked at the installation."""
    told: dict[str, str] = {}
    async with asyncio.timeout(60):
        while "slipway_relay_has_leader" not in told.get("relay", ""):
            await asyncio.sleep(0.05)
            for name, port in running.admin_ports.items():
                url = f"http://127.0.0.1:{port}/metrics"
                told[name] = (await http.get(url, headers=OPEN)).text
    return told


def assert_connected(spans: list[CollectedSpan], root: str) -> None:
    """Every span's parent is there, up to the span of the browser."""
    known = {span.span_id for span in spans} | {root}
    assert [span.name for span in spans if span.parent_id not in known] == []


def assert_a_stream_is_no_error(collector: Collector, told: int) -> None:
    [stream] = [span for span in collector.spans if span.name == "GET /api/v1/events"]
    assert not stream.failed
    assert "error.type" not in stream.attributes
    assert stream.attributes["http.response.status_code"] == 200
    first_sent = min(s.start for s in collector.spans if s.name == "sse.stream.send")
    assert stream.end < first_sent, "it ends when the stream begins"
    [opening] = [span for span in collector.spans if span.name == "sse.stream.open"]
    assert opening.parent_id == stream.span_id


def assert_metrics_are_those_of_the_reference(told: dict[str, str], trace_id: str) -> None:
    reference = metrics_by_process()
    for process, text in told.items():
        seen = {family.name for family in text_string_to_metric_families(text)}
        listed = {metric.name for name in (process, "each") for metric in reference[name]}
        assert seen == listed, process
    # Slow ones lead to their trace.
    for process, name in (
        ("service", "slipway_http_request_seconds"),
        ("worker", "slipway_provider_call_seconds"),
        ("worker", "slipway_worker_delivery_seconds"),
    ):
        families = text_string_to_metric_families(told[process])
        [family] = [family for family in families if family.name == name]
        exemplars = [sample.exemplar for sample in family.samples if sample.exemplar]
        assert trace_id in {exemplar.labels["trace_id"] for exemplar in exemplars}, name
    [events] = [
        family
        for family in text_string_to_metric_families(told["gateway"])
        if family.name == "slipway_gateway_event_seconds"
    ]
    counted = {sample.name: sample.value for sample in events.samples if "le" not in sample.labels}
    assert counted["slipway_gateway_event_seconds_count"] >= STATUSES
    assert 0 < counted["slipway_gateway_event_seconds_sum"] < 600


def assert_log_lines_are_those_of_the_reference(
    home: Path, running: Installation, trace_id: str, request_id: str
) -> None:
    reference = log_events()
    lines: dict[str, list[dict[str, Any]]] = {}
    for name in running.admin_ports:
        text = (home / f"{name}.log").read_text()
        # Celery says goodbye on standard output, past all logging.
        told = [line for line in text.splitlines() if line and "worker: Warm shut" not in line]
        lines[name] = [json.loads(line) for line in told]
        assert lines[name], name
        for line in lines[name]:
            assert set(EACH_LINE) <= set(line), line
            assert line["process"] == name
            if line["logger"].partition(".")[0] in PACKAGES:
                event = reference[line["event"]]
                extra = set(line) - set(EACH_LINE) - set(CONTEXT) - event.fields
                assert event.open or not extra, line
    [order] = [line for line in lines["service"] if line["event"] == "order_recorded"]
    assert (order["request_id"], order["trace_id"]) == (request_id, trace_id)
    assert (order["team_id"], order["env_name"]) == (7, "shop")
    # The worker's lines about the job are of the same trace, and of the same request unless it is
    # the poller that ends the job, which has no message.
    [ended] = [line for line in lines["worker"] if line["event"] == "job_ended"]
    assert ended["trace_id"] == trace_id
    assert ended.get("request_id", request_id) == request_id
    assert (ended["job_id"], ended["team_id"], ended["attempt"]) == (order["job_id"], 7, 1)
