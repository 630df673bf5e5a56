"""What may have withdrawn access since a reader last looked, however it was changed.

Triggers note each change (migration 0008), so a look costs what changed, not what is open. Marks
come from the database alone: no clock takes part.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql

KEPT = 100_000
"""How many marks back changes are kept; who last looked before that has to doubt everything."""

_LIMIT = 5_000
_NOTHING = 2**62


class Change(NamedTuple):
    """Whose access may have changed: a credential, a user, a team; 0 or "" means any."""

    credential: str
    user_id: int
    team_id: int
    stamp: int


class Changes(NamedTuple):
    """What a look found. `since` is the mark for the next one, `now` the database's time.

    `found` is None when anything may have changed. A change may be found twice.
    """

    since: int
    now: float
    found: frozenset[Change] | None


async def changes_since(engine: AsyncEngine, since: int | None) -> Changes:
    """Read what was committed after the look that returned `since`; None is the first look.

    Raises DatabaseUnavailable.
    """
    statement = _POSTGRESQL if is_postgresql(engine) else _SQLITE
    rows = await statement.all(engine, {"since": _NOTHING if since is None else since})
    mark, now = rows[0][:2]
    found = frozenset(Change(*row[2:]) for row in rows if row[2] is not None)
    # A mark that went back is another database's: a backup, or a replica that had not got all.
    whole = since is not None and since <= mark <= since + KEPT and len(rows) < _LIMIT
    if not whole or any(not (each.credential or each.user_id or each.team_id) for each in found):
        return Changes(mark, now, None)
    return Changes(mark, now, found)


def _statement(mark: str, now: str) -> DirectStatement:
    return DirectStatement(
        f"""
        SELECT {mark}, {now}, c.credential, c.user_id, c.team_id, c.stamp
        FROM (SELECT 1) AS one LEFT JOIN access_changes c ON c.stamp >= CAST(:since AS bigint)
        LIMIT {_LIMIT}
        """  # noqa: S608 - all parts are constants
    )


_POSTGRESQL = _statement(
    # Of the statement's own snapshot: what it does not see yet is not older.
    "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)",
    "CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
)
_SQLITE = _statement(
    "(SELECT COALESCE(MAX(stamp), 0) + 1 FROM access_changes)",
    "(julianday('now') - 2440587.5) * 86400.0",
)
