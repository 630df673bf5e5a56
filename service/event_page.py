"""Shows pages of a team's history as the contract's EventPage."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from backbone.events.history import HistoryPage, RecordedEvent
from backbone.events.position import EventId
from generated.models.event import EventPage, LoggedEvent
from service.page import encode_cursor

_LOGGED: TypeAdapter[LoggedEvent] = TypeAdapter(LoggedEvent)


def event_page(page: HistoryPage, *, complete: bool) -> EventPage:
    """Make the page; `complete` tells whether nothing before it was trimmed."""
    return EventPage(
        items=[_logged(page.head.epoch, event) for event in page.events],
        next_cursor=encode_cursor(page.events[-1].position) if page.more else None,
        last_event_id=str(page.head.event_id),
        complete=complete,
    )


def _logged(epoch: str, event: RecordedEvent) -> LoggedEvent:
    return _LOGGED.validate_python(
        {
            "id": str(EventId(epoch, event.position)),
            "recorded_at_ms": int(event.created_at * 1000),
            "event": json.loads(event.body),
        }
    )
