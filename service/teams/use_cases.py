"""What platform operators do to teams; the change and the event that tells of it are one commit."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.errors import NotFound
from backbone.events.log import append
from backbone.identity import Principal, forget_all
from generated.models.event import TeamStatusChangedEvent
from generated.models.identity import TeamStatus
from service.teams import repository
from service.teams.repository import TeamRow

_log = structlog.get_logger(__name__)


async def change_team_status(
    engine: AsyncEngine,
    clock: Callable[[], float],
    principal: Principal,
    *,
    team_id: int,
    status: TeamStatus,
) -> TeamRow:
    """Give any team another status and tell the team; the present one again changes nothing.

    The caller holds `teams:manage`, which only platform operators have. Raises `NotFound`.
    """
    now = clock()
    async with transaction(engine) as conn:
        team: TeamRow | None = await repository.change_status(conn, team_id, status.value, now)
        if team is not None:
            event = TeamStatusChangedEvent(
                type="team_status_changed",
                team_id=team_id,
                user_id=principal.user_id,
                status=status,
                message=f"The team is now {status.value}",
                occurred_at=int(now),
            )
            await append(conn, team_id, event)
            _log.info("team_status_changed", changed_team_id=team_id, status=status.value)
        else:
            team = await repository.find_team(conn, team_id)
    forget_all(engine)
    if team is None:
        raise NotFound(f"There is no team {team_id}.")
    return team
