"""By what a request is known: sessions, sign-ins, devices and API tokens."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Table,
    Text,
    text,
)

from backbone.database.tables.base import SERIAL, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("created_at", Double, nullable=False),
    # When it ends by itself as things stand: use moves it on, up to `absolute_expires_at`.
    Column("expires_at", Double, nullable=False),
    Column("absolute_expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Column("revoked_reason", Text),
    Column("address", Text),
    Column("user_agent", Text),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
    Index(
        "ix_sessions_revoked_at",
        "revoked_at",
        postgresql_where=text("revoked_at IS NOT NULL"),
        sqlite_where=text("revoked_at IS NOT NULL"),
    ),
)

access_changes = Table(
    "access_changes",
    metadata,
    # Triggers write it: whose access may have changed, any where it says "" or 0.
    Column("credential", Text, primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("team_id", BigInteger, primary_key=True, autoincrement=False),
    Column("stamp", BigInteger, nullable=False),
    Index("ix_access_changes_stamp", "stamp"),
)

exchange_tokens = Table(
    "exchange_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    # What names the sign-in to the user's other sessions, which may have to approve it.
    Column("request_id", Text),
    Column("created_at", Double),
    Column("address", Text),
    Column("user_agent", Text),
    # Who may exchange it: the client's network and program, or its device.
    Column("client_hash", Text),
    Column("device_hash", Text),
    # Waits for an answer until then, if not null.
    Column("answer_until", Double),
    Column("answer", Text),
    Index("ix_exchange_tokens_user_id", "user_id"),
    Index("ix_exchange_tokens_expires_at", "expires_at"),
)

known_devices = Table(
    "known_devices",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("device_hash", Text, primary_key=True),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("token_hash", Text, nullable=False, unique=True),
    # The beginning of the token, by which people recognise it.
    Column("prefix", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Index("ix_api_tokens_team_id", "team_id", "id"),
    Index("ix_api_tokens_user_id", "user_id"),
    sqlite_autoincrement=True,
)
