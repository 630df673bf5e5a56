"""Reads one team's rows in the order of their ids, by the index of both that the table has."""

from typing import Any

from sqlalchemy import FromClause, Select, literal, tuple_

LARGEST_ID = 2**53 - 1


def in_id_order(
    query: Select[Any],
    table: FromClause,
    team_id: int,
    *,
    behind: int | None = None,
    descending: bool = True,
) -> Select[Any]:
    """Let `query` read the team's rows of `table` behind the id `behind`, or all of them.

    By pairs of team and id, which only the index of both has in order. Asked for one team's ids,
    PostgreSQL may walk the primary key instead, past the rows of all teams.
    """
    columns = (table.c.team_id, table.c.id)
    ends = [-1, LARGEST_ID + 1]
    if behind is not None:
        ends[descending] = behind
    low, high = (tuple_(literal(team_id), literal(end)) for end in ends)
    order = [column.desc() for column in columns] if descending else columns
    return query.where(tuple_(*columns) > low, tuple_(*columns) < high).order_by(*order)
