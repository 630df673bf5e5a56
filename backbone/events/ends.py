"""The ends of many teams' logs in one statement: how far each goes, and its last events."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql, reading
from backbone.events import log
from backbone.events.entry import LoggedEvent, LogHead, LogPage

NONE: Final = 2**63 - 1
"""The position behind which there is nothing: only the head is wanted."""

_ENDS = DirectStatement(
    """
    SELECT t.id, t.epoch, t.last_position, t.trimmed_position,
      e.position, e.type, e.job_id, e.user_id, e.status, e.routing_key, e.body
    FROM unnest(CAST(:team_ids AS bigint[]), CAST(:after AS bigint[])) AS wanted(team_id, after)
    CROSS JOIN LATERAL (
      SELECT id, epoch, last_position, trimmed_position FROM teams
      WHERE id = wanted.team_id OFFSET 0
    ) t
    LEFT JOIN LATERAL (
      SELECT position, type, job_id, user_id, status, routing_key, body FROM events
      WHERE team_id = t.id AND position > greatest(wanted.after, t.last_position - :limit)
      ORDER BY position LIMIT CAST(:limit AS bigint)
    ) e ON true
    ORDER BY t.id, e.position
    """
)


async def ends(engine: AsyncEngine, after: Mapping[int, int], *, limit: int) -> dict[int, LogPage]:
    """Read each team's head and, of its last `limit` events, those behind a position.

    `after` gives the position by team, `NONE` where no event is wanted. Unknown teams are absent.
    """
    if is_postgresql(engine):
        return await _together(engine, after, limit)
    found: dict[int, LogPage] = {}
    async with reading(engine) as conn:
        for team_id, head in (await log.heads(conn, after)).items():
            start = max(after[team_id], head.last_position - limit)
            found[team_id] = LogPage(head, ())
            if start < head.last_position:
                found[team_id] = await log.page(conn, team_id, start, limit=limit)
    return found


async def _together(
    engine: AsyncEngine, after: Mapping[int, int], limit: int
) -> dict[int, LogPage]:
    rows = await _ENDS.all(
        engine, {"team_ids": list(after), "after": list(after.values()), "limit": limit}
    )
    heads: dict[int, LogHead] = {}
    events: dict[int, list[LoggedEvent]] = {}
    for row in rows:
        team_id = row[0]
        if team_id not in heads:
            heads[team_id] = LogHead(*row[1:4])
            events[team_id] = []
        if row[4] is not None:
            events[team_id].append(LoggedEvent(team_id, row[1], *row[4:]))
    return {team_id: LogPage(head, tuple(events[team_id])) for team_id, head in heads.items()}
