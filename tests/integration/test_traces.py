"""One order is one trace, over four processes, a broker and a database."""

import secrets
from pathlib import Path

import httpx
import pytest

from backbone.database.engine import create_engine
from testing.accounts import add_member, add_session
from testing.installation import installation
from testing.otlp import CollectedSpan, Collector, drawn, otlp_collector
from tests.backbone.rows import make_team

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
STATUSES = 3
"""The fewest events of a job: queued, started, completed."""


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
    told_elsewhere = repr([span.attributes for span in collector.spans])
    assert token not in told_elsewhere


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
