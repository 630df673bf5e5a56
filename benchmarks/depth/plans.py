"""What PostgreSQL and SQLite do for a statement: caught as it goes to the driver, then explained."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import engine_state
from backbone.database.tables import metadata

CUSTOM, GENERIC = "force_custom_plan", "force_generic_plan"
MODES = (CUSTOM, GENERIC)
"""A plan for the values at hand, and one for all values: PostgreSQL uses either."""

_ROWS = "Actual Rows"
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as the driver gets it, with its values."""

    sql: str
    values: tuple[Any, ...]

    @property
    def is_read_or_write(self) -> bool:
        return bool(re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", self.sql, re.IGNORECASE))


@dataclass(slots=True)
class CapturedStatements:
    """What was sent, in order."""

    sent: list[Statement] = field(default_factory=list)

    @property
    def statements(self) -> list[Statement]:
        """Each statement once, in the order of their first coming."""
        first = {each.sql: each for each in reversed(self.sent)}
        return [each for each in self.sent if first[each.sql] is each]

    def note(self, sql: str, values: Sequence[Any]) -> None:
        statement = Statement(sql, tuple(values))
        if statement.is_read_or_write:
            self.sent.append(statement)


class _RecordingPool:
    """Stands before an engine's statement pool."""

    def __init__(self, pool: Any, caught: CapturedStatements) -> None:
        self._pool = pool
        self._caught = caught

    async def fetch(self, sql: str, values: Sequence[object]) -> Any:
        self._caught.note(sql, values)
        return await self._pool.fetch(sql, values)

    def close(self) -> None:
        self._pool.close()


@asynccontextmanager
async def capturing(engine: AsyncEngine) -> AsyncIterator[CapturedStatements]:
    """Note what is sent through the engine, by SQLAlchemy or by the statement pool."""
    caught, state = CapturedStatements(), engine_state(engine)

    def note(_: Any, __: Any, sql: str, values: Any, ___: Any, many: bool) -> None:
        caught.note(sql, tuple(values[0] if many else values))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    pool = state.statement_pool
    if pool is not None:
        state.statement_pool = _RecordingPool(pool, caught)  # type: ignore[assignment]
    try:
        yield caught
    finally:
        state.statement_pool = pool
        event.remove(engine.sync_engine, "before_cursor_execute", note)


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to run a statement, and the milliseconds that planning and running it took at best.

    `rows` is the most that one of its parts went through.
    """

    planning: float
    running: float
    rows: int
    scans: tuple[str, ...]
    """Tables that are read from the first row to the last."""
    shape: str


class PostgresPlans:
    """Explains on a connection of its own; what a statement writes is rolled back."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self._conn = await asyncpg.connect(self._url, statement_cache_size=0)
        await self._conn.execute("SET jit = off")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._conn.close()

    async def explain(self, statement: Statement, mode: str, *, times: int = 1) -> Plan:
        """Run the statement `times` times and tell of the fastest: what others do counts less."""
        conn = self._conn
        await conn.execute(f"SET plan_cache_mode = {mode}")
        await conn.execute("DEALLOCATE ALL")
        await conn.execute(f"PREPARE asked AS {statement.sql}")
        values = ", ".join(map(literal, statement.values))
        call = f"EXECUTE asked({values})" if values else "EXECUTE asked"
        plans = []
        for _ in range(times):
            transaction = conn.transaction()
            await transaction.start()
            try:
                told = await conn.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {call}")
            finally:
                await transaction.rollback()
            plans.append(_plan(json.loads(told)[0]))
        fastest = min(plans, key=lambda plan: plan.running)
        return replace(fastest, planning=min(plan.planning for plan in plans))


def _plan(told: dict[str, Any]) -> Plan:
    nodes = list(_nodes(told["Plan"]))
    return Plan(
        planning=told["Planning Time"],
        running=told["Execution Time"],
        rows=max(map(_passed, nodes), default=0),
        scans=tuple(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        shape="; ".join(
            dict.fromkeys(
                " ".join((node["Node Type"], node.get("Index Name", node.get("Relation Name", ""))))
                for node in nodes
            )
        ),
    )


def _passed(node: dict[str, Any]) -> int:
    """Tell how many rows a node gave or threw away, over all its loops."""
    each = node.get(_ROWS, 0) + sum(
        value for name, value in node.items() if name.startswith("Rows Removed by")
    )
    return int(each * node.get("Actual Loops", 1))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def literal(value: Any) -> str:
    """Write a value as PostgreSQL's text."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list | tuple):
        return "'{" + ",".join(map(_element, value)).replace("'", "''") + "}'"
    return "'" + str(value).replace("'", "''") + "'"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


async def sqlite_scans(engine: AsyncEngine, statement: Statement) -> list[str]:
    """Return the steps of SQLite's plan that go through a whole table.

    It calls a walk in the order of the rows' ids a scan, too; one with a limit ends early.
    """
    async with engine.connect() as conn:
        told = await conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement.sql, statement.values)
        steps = [str(detail) for detail in told.scalars("detail")]
    scanned = [step for step in steps if re.fullmatch(r"SCAN \w+", step)]
    return [
        step
        for step in scanned
        if (table := step.removeprefix("SCAN ")) in metadata.tables
        and not ("LIMIT" in statement.sql and f"ORDER BY {table}.id" in statement.sql)
    ]


def sqlite_steps(path: str, statement: Statement) -> int:
    """Count the instructions of SQLite's machine that a statement takes; nothing of it is kept."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _COUNTED
        return 0

    conn = sqlite3.connect(path, isolation_level=None)
    conn.set_progress_handler(count, _COUNTED)
    conn.execute("BEGIN")
    try:
        conn.execute(statement.sql, statement.values).fetchall()
    except sqlite3.IntegrityError:
        pass  # what the statement writes is there by now
    finally:
        conn.close()
    return steps
