"""Pages of a team's rows, in one of their orders, with the log position that they are true at.

Refuses cursors that no page gave.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Row,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.id_order import LARGEST_ID, in_id_order
from backbone.database.tables import teams
from backbone.errors import FieldError, InvalidRequest, NotFound
from backbone.events.position import EventId


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
    """Return the id that a page lies below, without a cursor above all. Raises `InvalidRequest`."""
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
            field_errors=[FieldError("/query/cursor", "Take the `next_cursor` of the page before")]
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


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by id, or by another column and the id where that is the same."""

    descending: bool = True
    by: Column[Any] | None = None

    def clauses(self, source: Any) -> list[ColumnElement[Any]]:
        """Return what to order the columns of a table or a subquery of it by."""
        names = ["id"] if self.by is None else [self.by.name, "id"]
        return [source.c[name].desc() if self.descending else source.c[name] for name in names]

    def after(self, table: FromClause, team_id: int, last_id: int) -> ColumnElement[bool]:
        """Tell what comes behind the team's row `last_id`, which stays where it is."""
        if self.by is None:
            return table.c.id < last_id if self.descending else table.c.id > last_id
        last = (
            select(self.by)
            .where(table.c.team_id == team_id, table.c.id == last_id)
            .correlate(None)
            .scalar_subquery()
        )
        here, there = tuple_(self.by, table.c.id), tuple_(last, literal(last_id))
        return here < there if self.descending else here > there


NEWEST = Order()


async def read_page(
    conn: AsyncConnection,
    columns: Sequence[ColumnElement[Any]],
    *where: ColumnElement[bool],
    table: FromClause,
    team_id: int,
    cursor: str | None,
    limit: int,
    order: Order = NEWEST,
    parts: Sequence[ColumnElement[bool]] = (),
    by_team_and_id: bool = True,
) -> Page:
    """Return a team's next `limit` rows, with the log's position: one statement, so one snapshot.

    `parts` divide the rows for the database: each part is read by the index that it has, up to
    `limit`. `by_team_and_id` tells that these are indexes of both, of all rows or of some; false
    when what is wanted is in an index between them. Raises `InvalidRequest` for a forged cursor and
    `NotFound` when there is no such team.
    """
    last_id = None if cursor is None else decode_cursor(cursor)
    query = select(*columns).where(*where)
    if order.by is None and by_team_and_id:
        query = in_id_order(query, table, team_id, behind=last_id, descending=order.descending)
    else:
        query = query.where(table.c.team_id == team_id).order_by(*order.clauses(table))
        if last_id is not None:
            query = query.where(order.after(table, team_id, last_id))
    # One row more than wanted tells whether there is another page.
    read = [query.where(part).limit(limit + 1).subquery() for part in parts or (true(),)]
    both = union_all(*(select(part) for part in read)).subquery()
    wanted = read[0] if len(read) == 1 else both
    statement = (
        select(teams.c.epoch, teams.c.last_position, *wanted.c)
        .join_from(teams, wanted, true(), isouter=True)
        .where(teams.c.id == team_id)
        .order_by(*order.clauses(wanted))
        .limit(limit + 1)
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


def has_text(text: str, *columns: Column[Any]) -> ColumnElement[bool]:
    """Tell whether one of the columns has the text in it, without regard to case."""
    if "\0" in text:
        return false()  # PostgreSQL's text can't say it
    wanted = text.lower()
    return or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns))


def is_numbered(text: str, column: Column[Any]) -> ColumnElement[bool]:
    """Tell whether the text is the number that the column holds."""
    if text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID:
        return column == int(text)
    return false()
