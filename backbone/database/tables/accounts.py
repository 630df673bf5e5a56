"""Who there is: teams, users, who belongs where, and the record of who changed it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Table,
    Text,
    false,
    text,
)

from backbone.database.tables.base import SERIAL, metadata

teams = Table(
    "teams",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_changed_at", Double, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("last_position", BigInteger, nullable=False, server_default=text("0")),
    Column("trimmed_position", BigInteger, nullable=False, server_default=text("0")),
    Column("provider_login", Text),
    # Of `provider_login`; the common password is for the common login only.
    Column("provider_password_encrypted", Text),
    Column("provider_session_encrypted", Text),
    Column("node_group", Text),
    Column("created_at", Double, nullable=False),
    # Each event updates its team's row: room on the page keeps that a heap-only update.
    postgresql_with={"fillfactor": 50},
)

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_operator", Boolean, nullable=False, server_default=false()),
    # A disabled user signs in nowhere, and what was signed in is over.
    Column("disabled_at", Double),
)

memberships = Table(
    "memberships",
    metadata,
    Column("team_id", BigInteger, ForeignKey("teams.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    # If not null, what of the role's permissions this member has.
    Column("permissions", JSON(none_as_null=True)),
    Index("ix_memberships_user_id", "user_id", "team_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("role", Text, nullable=False),
    # The only address that may use it, if not null.
    Column("email", Text),
    Column("created_by", BigInteger, ForeignKey("users.id")),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("accepted_at", Double),
    Column("accepted_by", BigInteger, ForeignKey("users.id")),
    Column("revoked_at", Double),
    Index("ix_invitations_team_id", "team_id", "id"),
    sqlite_autoincrement=True,
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("occurred_at", Double, nullable=False),
    # Who: a user, or whoever ran the command line; no foreign key, because the record outlives all.
    Column("actor", Text, nullable=False),
    Column("actor_user_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("team_id", BigInteger),
    Column("target", Text),
    # From where: a network address, or the host of the command line.
    Column("origin", Text),
    Column("details", JSON, nullable=False),
    Index("ix_audit_log_team_id", "team_id", "id"),
    sqlite_autoincrement=True,
)
