"""Counts the statements that a process sends to its database, and tells on a path of its own."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from backbone.database.engine import engine_state

STATEMENTS = "/benchmark/statements"


def counting(engine: AsyncEngine) -> Route:
    """Count from now on; give the route that tells how many there were."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(engine.sync_engine, "before_cursor_execute", counted)
    pool = engine_state(engine).statement_pool
    if pool is not None:
        fetch = pool.fetch

        async def fetch_counted(sql: str, values: Any) -> Any:
            counted()
            return await fetch(sql, values)

        pool.fetch = fetch_counted  # type: ignore[method-assign] # of this one object

    async def tell(_: Request) -> PlainTextResponse:
        return PlainTextResponse(str(count))

    return Route(STATEMENTS, tell)
