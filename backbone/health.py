"""What every process's probes have in common."""

import asyncio
from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading
from backbone.errors import DatabaseUnavailable
from generated.models.health import Check, CheckStatus, Health

DATABASE_SECONDS: Final = 2.0
"""How long a probe waits for the database; orchestrators give up about then."""

_WORST_FIRST = (CheckStatus.failed, CheckStatus.degraded)


def worst(checks: Iterable[Check]) -> CheckStatus:
    """Return the worst of several states; `ok` for none."""
    found = {check.status for check in checks}
    return next((status for status in _WORST_FIRST if status in found), CheckStatus.ok)


def health(checks: Iterable[Check]) -> Health:
    """Join checks to the state of a process."""
    told = list(checks)
    return Health(status=worst(told), checks=told)


async def check_database(engine: AsyncEngine, *, without: str) -> Check:
    """Ask the database for nothing; `without` says what it means when no answer comes."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS), reading(engine) as conn:
            await conn.execute(text("SELECT 1"))
    except (DatabaseUnavailable, TimeoutError):
        detail = f"no answer; {without}"
        return Check(name="database", status=CheckStatus.failed, detail=detail)
    return Check(name="database", status=CheckStatus.ok)
