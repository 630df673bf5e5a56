"""The condition that a row is one of many, which are given or found."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, Select, any_, bindparam, func
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import is_postgresql


def id_in(conn: AsyncConnection, column: Column[Any], ids: Collection[int]) -> ColumnElement[bool]:
    """Tell whether a column of ids holds one of `ids`.

    PostgreSQL takes an array, so that any number of them is the same prepared statement.
    """
    if is_postgresql(conn):
        return column == any_(bindparam("ids", list(ids), ARRAY(BigInteger)))
    return column.in_(ids)


def id_found(
    conn: AsyncConnection, column: ColumnElement[Any], found: Select[Any]
) -> ColumnElement[bool]:
    """Tell whether a column of ids holds one that `found`, a query of a few, finds.

    PostgreSQL gets the ids as an array, each of which it looks up: for a join with the query it may
    read all of the table, as it knows nothing of how many there are.
    """
    if is_postgresql(conn):
        return column == any_(func.array(found.scalar_subquery()))
    return column.in_(found)
