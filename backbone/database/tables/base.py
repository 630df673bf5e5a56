"""What tables share: how constraints are named, the type of ids that the database gives."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts only columns of type INTEGER, whose numbers have 64 bits there.
SERIAL = BigInteger().with_variant(Integer, "sqlite")
