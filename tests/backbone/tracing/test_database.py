import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from backbone.database import engine as engines
from backbone.database.engine import create_engine, reading
from backbone.tracing.database import StatementSpans
from tests.tracing import recorded


@pytest.fixture
async def engine():
    with recorded("backbone.tracing.database") as exporter:
        engine = create_engine("sqlite://")
        yield engine, exporter
        await engine.dispose()


async def test_a_statement_is_a_part_of_what_asks_for_it(engine):
    on, exporter = engine
    with trace.get_tracer("test").start_as_current_span("request"):
        async with reading(on) as conn:
            await conn.execute(
                text("SELECT name FROM sqlite_master WHERE name = :n"), {"n": "secret"}
            )
    statement, request = exporter.get_finished_spans()
    assert statement.parent.span_id == request.context.span_id
    assert statement.name == "SELECT sqlite_master"
    assert statement.attributes["db.system.name"] == "sqlite"
    assert statement.attributes["db.operation.name"] == "SELECT"
    assert "secret" not in repr(dict(statement.attributes))


async def test_without_a_span_around_it_there_is_none(engine):
    on, exporter = engine
    async with reading(on) as conn:
        await conn.execute(text("SELECT 1"))
    assert exporter.get_finished_spans() == ()


async def test_a_failure_tells_its_kind_only(engine):
    on, exporter = engine
    with trace.get_tracer("test").start_as_current_span("request"), pytest.raises(OperationalError):
        async with on.connect() as conn:
            await conn.execute(text("SELECT secret FROM nowhere"))
    statement = exporter.get_finished_spans()[0]
    assert statement.status.status_code is StatusCode.ERROR
    assert statement.attributes["error.type"] == "OperationalError"
    assert statement.events == ()


async def test_an_engine_of_a_process_that_does_not_trace_has_no_listeners(monkeypatch):
    made = []
    monkeypatch.setattr(engines, "StatementSpans", made.append)
    engine = create_engine("sqlite://")
    await engine.dispose()
    assert made == []


@pytest.mark.parametrize(
    ("sql", "summary"),
    [
        ("SELECT a, b FROM jobs WHERE x", "SELECT jobs"),
        (
            "WITH t AS (UPDATE teams SET a = 1), e AS (INSERT INTO events (x) SELECT 1)",
            "UPDATE teams INSERT events",
        ),
        ("WITH g AS (DELETE FROM outbox) SELECT id FROM outbox", "DELETE outbox"),
        ("BEGIN", "BEGIN"),
        ("", "statement"),
    ],
)
def test_a_statement_is_named_by_what_it_does(sql, summary):
    with recorded("backbone.tracing.database") as exporter:
        spans = StatementSpans(make_url("postgresql://u:pass-word@db.example/slipway"))
        assert spans.start(sql) is None
        with trace.get_tracer("test").start_as_current_span("request"):
            spans.start(sql).end()
    statement, _ = exporter.get_finished_spans()
    assert statement.name == statement.attributes["db.query.summary"] == summary
    assert statement.attributes["server.address"] == "db.example"
    assert statement.attributes["server.port"] == 5432
    assert "pass-word" not in repr(dict(statement.attributes))
