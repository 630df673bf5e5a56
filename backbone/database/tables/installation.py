"""What the processes of an installation agree on: leases, blocks of ids, the schema's age."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Integer,
    Table,
    Text,
    text,
)

from backbone.database.tables.base import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # Raised with each new holder.
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    Column("seconds", Double, nullable=False, server_default=text("0")),
    Column("expires_at", Double, nullable=False),
)

schema_support = Table(
    "schema_support",
    metadata,
    Column("id", Integer, primary_key=True),
    # The oldest revision whose programs may use this schema (`backbone.database.schema`).
    Column("oldest_program", Text, nullable=False),
)

id_blocks = Table(
    "id_blocks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_id", BigInteger, nullable=False),
)
