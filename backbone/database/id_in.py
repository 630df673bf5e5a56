"""The condition that a row is one of many, as one parameter where the database can."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, any_, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import is_postgresql


def id_in(conn: AsyncConnection, column: Column[Any], ids: Collection[int]) -> ColumnElement[bool]:
    """Tell whether a column of ids holds one of `ids`.

    PostgreSQL takes an array, so that any number of them is the same prepared statement.
    """
    if is_postgresql(conn):
        return column == any_(bindparam("ids", list(ids), ARRAY(BigInteger)))
    return column.in_(ids)
