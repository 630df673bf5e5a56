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
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.id_in import id_found
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


SEARCHED = 1_000
"""How many rows of each part a page goes through at the most for those that no index finds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that an index finds in the order of the list, and which `only` of them are wanted."""

    rows: Sequence[ColumnElement[bool]] = ()
    only: Sequence[ColumnElement[bool]] = ()


ALL = (Part(),)


@dataclass(frozen=True, slots=True)
class Listing:
    """A team's rows of `table` in an order, behind the row `last_id` if that is not None.

    `by_team_and_id` tells that the indexes are of both, of all rows or of some; false when what is
    wanted is in an index between them.
    """

    table: FromClause
    team_id: int
    order: Order
    last_id: int | None
    by_team_and_id: bool

    def read(self, columns: Sequence[ColumnElement[Any]], part: Part, limit: int) -> Select[Any]:
        """Read so many rows of a part, wanted ones or not."""
        table, order = self.table, self.order
        query = select(*columns).where(*part.rows).limit(limit)
        if order.by is None and self.by_team_and_id:
            return in_id_order(
                query, table, self.team_id, behind=self.last_id, descending=order.descending
            )
        query = query.where(table.c.team_id == self.team_id).order_by(*order.clauses(table))
        if self.last_id is not None:
            query = query.where(order.after(table, self.team_id, self.last_id))
        return query

    def search(
        self,
        conn: AsyncConnection,
        columns: Sequence[ColumnElement[Any]],
        parts: Sequence[Part],
        limit: int,
    ) -> tuple[Select[Any], ScalarSelect[int]]:
        """Read wanted rows among the first SEARCHED of each part.

        Return them, and the id of the row up to which all were looked at; null for all there are.
        """
        keys = [self.table.c.id, *([] if self.order.by is None else [self.order.by])]
        looked_at = [
            self.read([*keys, and_(true(), *part.only).label("wanted")], part, SEARCHED).cte()
            for part in parts
        ]
        names = [key.name for key in keys]
        lasts = union_all(
            *(
                select(
                    select(*(rows.c[name] for name in names))
                    .order_by(*self.order.clauses(rows))
                    .offset(SEARCHED - 1)
                    .limit(1)
                    .subquery()
                )
                for rows in looked_at
            )
        ).subquery()
        # Behind the first place at which one of them ended, rows of that one are missing.
        last = select(lasts.c.id).order_by(*self.order.clauses(lasts)).limit(1).scalar_subquery()
        found = union_all(
            *(select(*(rows.c[name] for name in names)).where(rows.c.wanted) for rows in looked_at)
        ).subquery()
        chosen = select(found.c.id).order_by(*self.order.clauses(found)).limit(limit)
        if len(parts) > 1:
            if self.order.descending:
                chosen = chosen.where(found.c.id >= func.coalesce(last, -1))
            else:
                chosen = chosen.where(found.c.id <= func.coalesce(last, LARGEST_ID + 1))
        return select(*columns).where(id_found(conn, self.table.c.id, chosen)), last


async def read_page(
    conn: AsyncConnection,
    columns: Sequence[ColumnElement[Any]],
    *,
    table: FromClause,
    team_id: int,
    cursor: str | None,
    limit: int,
    order: Order = NEWEST,
    parts: Sequence[Part] = ALL,
    by_team_and_id: bool = True,
) -> Page:
    """Return a team's next `limit` rows, with the log's position: one statement, so one snapshot.

    `parts` divide the rows for the database, several of them in an order by id only. A page that
    was searched for may have fewer rows, or none, and a cursor to go on from. Raises
    `InvalidRequest` for a forged cursor and `NotFound` when there is no such team.
    """
    last_id = None if cursor is None else decode_cursor(cursor)
    listing = Listing(table, team_id, order, last_id, by_team_and_id)
    # One row more than wanted tells whether there is another page.
    searched_to: ColumnElement[Any] = null()
    if any(part.only for part in parts):
        query, searched_to = listing.search(conn, columns, parts, limit + 1)
        wanted = query.subquery()
    else:
        read = [listing.read(columns, part, limit + 1).subquery() for part in parts]
        both = union_all(*(select(part) for part in read)).subquery()
        wanted = read[0] if len(read) == 1 else both
    statement = (
        select(teams.c.epoch, teams.c.last_position, searched_to.label("searched_to"), *wanted.c)
        .join_from(teams, wanted, true(), isouter=True)
        .where(teams.c.id == team_id)
        .order_by(*order.clauses(wanted))
        .limit(limit + 1)
    )
    rows = (await conn.execute(statement)).all()
    if not rows:
        raise NotFound("The team is gone.")
    # A team without rows still has one: the outer join's, with nothing in it.
    found = [row for row in rows if row.id is not None]
    following = found[limit - 1].id if len(found) > limit else rows[0].searched_to
    return Page(
        rows=found[:limit],
        next_cursor=None if following is None else encode_cursor(following),
        epoch=rows[0].epoch,
        position=rows[0].last_position,
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
