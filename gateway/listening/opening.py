"""Decides how a stream begins: at the log's end, behind the browser's cursor, or with a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backbone.errors import NotFound
from backbone.events.position import EventId
from backbone.job_status import TERMINAL
from gateway.listening.client import Gap

if TYPE_CHECKING:
    from gateway.history.log import JobState
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team


class Opening(NamedTuple):
    """How a stream begins.

    `status` is the `sync` frame's; `came` the position the browser came with, if it has one of this
    shape; `position` where to go on, None for the team's position at that moment; `gap` what a
    snapshot has to bridge.
    """

    status: str
    epoch: str
    came: str | None = None
    position: int | None = None
    gap: Gap | None = None


async def decide(
    hub: Hub, team: Team, job_id: int | None, last_event_id: str | None
) -> Opening | None:
    """Decide how a stream of a held team begins; None when the job's end was delivered before.

    Raises:
        NotFound: the team has no such job.
        LogUnavailable: the log can't be read now.
    """
    job = None
    if job_id is not None:
        job = await hub.replay.job(team.team_id, job_id)
        if job is None:
            raise NotFound("Your team has no such job.")
    if last_event_id is None:
        return _fresh(team, job)
    return await _resumed(hub, team, job, last_event_id)


def _fresh(team: Team, job: JobState | None) -> Opening:
    """Begin now; the last event of a job that is over is told again, so that its end is heard."""
    if job is None or job.ended_at is None or job.status not in TERMINAL:
        return Opening("fresh", team.epoch)
    if job.ended_at == 0:
        return _reset(team, "trimmed", None)
    return Opening("fresh", team.epoch, None, min(team.position, job.ended_at - 1))


async def _resumed(hub: Hub, team: Team, job: JobState | None, came: str) -> Opening | None:
    cursor = EventId.parse(came)
    if cursor is None:
        return _reset(team, "malformed", None)
    if not team.remembers(cursor.epoch, cursor.position):
        # The hub knows neither what was trimmed nor, always, what was written a moment ago.
        known = team.told.known()
        end = await hub.replay.end(team.team_id, cursor.position if team.tail.room else None)
        head = end.head
        if head.epoch != team.epoch or head.last < known.position:
            hub.catch_up.observe(team, head, known)
            await hub.catch_up.settled(team)
        if cursor.epoch != head.epoch:
            return _reset(team, "unknown_epoch", came)
        if cursor.position > head.last:
            return _reset(team, "future", came)
        if cursor.position < head.trimmed:
            return _reset(team, "trimmed", came)
        await hub.catch_up.reach(team, cursor.position)
        team.remember(end, known)
    if job is not None and job.ended_at is not None and job.ended_at <= cursor.position:
        return None
    return Opening("resumed", cursor.epoch, came, cursor.position)


def _reset(team: Team, reason: str, came: str | None) -> Opening:
    return Opening("reset", team.epoch, came, None, Gap(reason))
