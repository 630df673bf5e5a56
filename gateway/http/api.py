"""The contract's `events` operations: translates a request into a stream of its session's team."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from backbone.authorization import Grant
from backbone.errors import TeamForbidden
from backbone.identity import Principal, require_active
from gateway.http.stream import StreamRequest, StreamResponse
from gateway.listening.client import Listening
from generated.http.events import EventsApi

if TYPE_CHECKING:
    from gateway.listening.hub import Hub


class Events(EventsApi[Principal]):
    """Streams of the session's own team."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def stream_events(
        self,
        principal: Principal,
        *,
        team_id: int | None,
        job_id: int | None,
        last_event_id: str | None,
        last_event_id_header: str | None,
    ) -> StreamResponse:
        """Listen to events.

        Raises:
            TeamForbidden: another team's events were asked for.
            TeamInactive: the team may not listen.
        """
        if team_id is not None and team_id != principal.team_id:
            raise TeamForbidden(f"Your session belongs to team {principal.team_id}.")
        require_active(principal)
        # A browser that reconnects sends the header; it repeats the query, which is older.
        came = last_event_id_header or last_event_id or None
        request = StreamRequest(
            principal.team_id,
            job_id,
            self._listening(principal),
            came,
            reconnect=bool(last_event_id_header),
        )
        return StreamResponse(self._hub, request)

    def _listening(self, principal: Principal) -> Listening:
        now = self._hub.clock()
        # Streams that began together shall not end together.
        spread = random.uniform(0.9, 1.0)  # noqa: S311 - spreads load, keeps no secret
        return Listening(
            principal.user_id,
            Grant(principal.session_hash, principal.team_id),
            now + self._hub.limits.max_age * spread,
            principal.expires_at,
        )
