"""Pages of a team's rows, the newest first, with the log position that they are true at.

Refuses cursors that no page gave.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Row, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import teams
from backbone.errors import InvalidRequest, NotFound, Offence
from backbone.events.position import EventId

LARGEST_ID = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one table, where the next page starts, and the place in the log they are true at."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    epoch: str
    position: int

    @property
    def last_event_id(self) -> str:
        """The position as an event id; a stream opened with it misses nothing."""
        return str(EventId(self.epoch, self.position))


def encode_cursor(last_id: int) -> str:
    """Return the cursor behind a row: base64url (RFC 4648 section 5) of its id, without padding."""
    return base64.urlsafe_b64encode(str(last_id).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> int:
    """Return id that a page lies below, above all ids without a cursor. Raises `InvalidRequest`."""
    if cursor is None:
        return LARGEST_ID + 1
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if (
        not text.isdecimal()
        or len(text) > len(str(LARGEST_ID))
        or int(text) > LARGEST_ID
        or encode_cursor(int(text)) != cursor
    ):
        raise InvalidRequest(
            offences=[Offence("/query/cursor", "Take the `next_cursor` of the page before")]
        )
    return int(text)


def above(cursor: str | None) -> int:
    """Return the id that a page of ascending ids lies above. Raises `InvalidRequest`."""
    return -1 if cursor is None else decode_cursor(cursor)


class Numbered(Protocol):
    """What has an id."""

    @property
    def id(self) -> int:
        """The id."""


N = TypeVar("N", bound=Numbered)


def ascending(found: Sequence[N], limit: int) -> tuple[Sequence[N], str | None]:
    """Cut rows of ascending ids, read with one more than `limit`, and tell the next cursor."""
    more = len(found) > limit
    return found[:limit], encode_cursor(found[limit - 1].id) if more else None


async def read_page(
    conn: AsyncConnection,
    columns: Sequence[Column[Any]],
    *where: ColumnElement[bool],
    team_id: int,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return next `limit` rows of a team, with the log's position: one statement, so one snapshot.

    Raises `InvalidRequest` for a forged cursor and `NotFound` when there is no such team.
    """
    table = columns[0].table
    below = decode_cursor(cursor)
    # One row more than wanted tells whether there is another page.
    wanted = (
        select(*columns)
        .where(table.c.team_id == team_id, table.c.id < below, *where)
        .order_by(table.c.id.desc())
        .limit(limit + 1)
        .subquery()
    )
    statement = (
        select(teams.c.epoch, teams.c.last_position, *wanted.c)
        .join_from(teams, wanted, true(), isouter=True)
        .where(teams.c.id == team_id)
        .order_by(wanted.c.id.desc())
    )
    rows = (await conn.execute(statement)).all()
    if not rows:
        raise NotFound("The team is gone.")
    epoch, position = rows[0].epoch, rows[0].last_position
    # A team without rows still has one: the outer join's, with nothing in it.
    found = [row for row in rows if row.id is not None]
    more = len(found) > limit
    return Page(
        rows=found[:limit],
        next_cursor=encode_cursor(found[limit - 1].id) if more else None,
        epoch=epoch,
        position=position,
    )
