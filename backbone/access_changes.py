"""What may have withdrawn access since a reader last looked, however it was changed.

Triggers note each change (migration 0008), so a look costs what changed, not what is open. Marks
come from the database alone: no clock takes part.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql

KEPT = 100_000
"""How many numbers back changes are kept; who last looked before that has to doubt everything."""

_LIMIT = 5_000


class Change(NamedTuple):
    """Whose access may have changed: a credential, a user, a team; 0 or "" means any."""

    credential: str
    user_id: int
    team_id: int
    stamp: int


class SeenChanges(NamedTuple):
    """Which changes were seen: those numbered below `below`, except those in `open`.

    On PostgreSQL these are the transactions of the whole server that had not ended. One of them
    that is open for hours, of whatever database, keeps nothing from being seen once.
    """

    below: int
    open: tuple[int, ...] = ()

    @property
    def oldest(self) -> int:
        """The lowest number that was not seen."""
        return min(self.open, default=self.below)


class Changes(NamedTuple):
    """What a look found. `since` is the mark for the next one, `now` the database's time.

    `found` is None when anything may have changed. A change is found once.
    """

    since: SeenChanges
    now: float
    found: frozenset[Change] | None


_NOTHING: Final = SeenChanges(2**62)


async def changes_since(engine: AsyncEngine, since: SeenChanges | None) -> Changes:
    """Read what was committed after the look that returned `since`; None is the first look.

    Raises DatabaseUnavailable.
    """
    statement = _POSTGRESQL if is_postgresql(engine) else _SQLITE
    seen = _NOTHING if since is None else since
    unseen = f"{{{','.join(map(str, seen.open))}}}"
    rows = await statement.all(engine, {"below": seen.below, "open": unseen})
    below, still_open, now = rows[0][:3]
    mark = SeenChanges(below, tuple(map(int, filter(None, still_open.split(",")))))
    found = frozenset(Change(*row[3:]) for row in rows if row[3] is not None)
    # A mark that went back is another database's: a backup, or a replica that had not got all.
    whole = (
        since is not None
        and since.below <= mark.below
        and since.oldest <= mark.oldest <= since.oldest + KEPT
        and len(rows) < _LIMIT
    )
    if not whole or any(not (each.credential or each.user_id or each.team_id) for each in found):
        return Changes(mark, now, None)
    return Changes(mark, now, found)


def _statement(mark: str, now: str, *unseen: str) -> DirectStatement:
    # In the order of the index, or a plan for any values goes through the table.
    parts = [
        f"SELECT * FROM (SELECT * FROM access_changes WHERE {which}"  # noqa: S608 - constants
        f" ORDER BY stamp LIMIT {_LIMIT}) AS part_{number}"
        for number, which in enumerate(unseen)
    ]
    return DirectStatement(
        f"""
        SELECT {mark}, {now}, c.credential, c.user_id, c.team_id, c.stamp
        FROM (SELECT 1) AS one LEFT JOIN (
          SELECT * FROM ({" UNION ALL ".join(parts)}) AS unseen LIMIT {_LIMIT}
        ) AS c ON true
        """  # noqa: S608 - all parts are constants
    )


_POSTGRESQL = _statement(
    # Of the statement's own snapshot: what it does not see yet, the next one asks for.
    """CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint),
        split_part(CAST(pg_current_snapshot() AS text), ':', 3)""",
    "CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
    "stamp >= CAST(:below AS bigint)",
    """stamp < CAST(:below AS bigint)
          AND stamp = ANY(CAST(CAST(:open AS text) AS bigint[]))""",
)
_SQLITE = _statement(
    # It has one writer at a time, so nothing older is still to come.
    "(SELECT COALESCE(MAX(stamp), 0) + 1 FROM access_changes), ''",
    "(julianday('now') - 2440587.5) * 86400.0",
    "stamp >= :below",
)
