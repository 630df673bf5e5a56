"""Give members roles; add API tokens, invitations, known devices, the audit log.

A membership gets the least role that has all of its permissions, and keeps its list as a
restriction where the role would give more than the contract of version 1.0 knew.
"""

import json
from collections.abc import Collection

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_READING = frozenset({"environments:read", "jobs:read", "events:read"})
_WORKING = _READING | {"environments:write", "jobs:cancel"}
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_memberships = sa.table(
    "memberships",
    sa.column("team_id", sa.BigInteger()),
    sa.column("user_id", sa.BigInteger()),
    sa.column("role", sa.Text()),
    sa.column("permissions", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    op.add_column("users", sa.Column("disabled_at", sa.Double(), nullable=True))
    with op.batch_alter_table("memberships") as batch:
        batch.add_column(
            sa.Column("role", sa.Text(), nullable=False, server_default=sa.text("'member'"))
        )
        batch.alter_column("permissions", existing_type=sa.JSON(), nullable=True)
    _give_roles()
    for column in (
        sa.Column("absolute_expires_at", sa.Double(), nullable=True),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
    ):
        op.add_column("sessions", column)
    for column in (
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("client_hash", sa.Text(), nullable=True),
        sa.Column("device_hash", sa.Text(), nullable=True),
        sa.Column("answer_until", sa.Double(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
    ):
        op.add_column("exchange_tokens", column)
    op.create_index("ix_exchange_tokens_user_id", "exchange_tokens", ["user_id"])
    _create_tables()


def _give_roles() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_memberships)).all():
        role, only = role_of(row.permissions or ())
        connection.execute(
            sa.update(_memberships)
            .where(_memberships.c.team_id == row.team_id, _memberships.c.user_id == row.user_id)
            .values(role=role, permissions=only)
        )


def role_of(permissions: Collection[str] | str) -> tuple[str, list[str] | None]:
    """Return the role for a list of permissions, and the list if the role gives more than it."""
    held = set(json.loads(permissions) if isinstance(permissions, str) else permissions)
    known = held & _WORKING
    role, whole = ("viewer", _READING) if known <= _READING else ("member", _WORKING)
    return role, None if whole <= known else sorted(known)


def _create_tables() -> None:
    op.create_table(
        "known_devices",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_devices_user_id")),
        sa.PrimaryKeyConstraint("user_id", "device_hash", name=op.f("pk_known_devices")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_api_tokens_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_tokens_team_id", "api_tokens", ["team_id", "id"])
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("accepted_at", sa.Double(), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_invitations_team_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_invitations_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["users.id"], name=op.f("fk_invitations_accepted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitations_team_id", "invitations", ["team_id", "id"])
    op.create_table(
        "audit_log",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("occurred_at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_user_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_team_id", "audit_log", ["team_id", "id"])


def downgrade() -> None:
    for table in ("audit_log", "invitations", "api_tokens", "known_devices"):
        op.drop_table(table)
    op.drop_index("ix_exchange_tokens_user_id", "exchange_tokens")
    with op.batch_alter_table("exchange_tokens") as batch:
        for name in (
            "request_id",
            "created_at",
            "address",
            "user_agent",
            "client_hash",
            "device_hash",
            "answer_until",
            "answer",
        ):
            batch.drop_column(name)
    with op.batch_alter_table("sessions") as batch:
        for name in (
            "absolute_expires_at",
            "last_used_at",
            "revoked_reason",
            "address",
            "user_agent",
        ):
            batch.drop_column(name)
    for role, permissions in (("viewer", _READING), ("member", _WORKING)):
        _list_permissions(_memberships.c.role == role, permissions)
    _list_permissions(_memberships.c.role.in_(("admin", "owner")), _WORKING)
    with op.batch_alter_table("memberships") as batch:
        batch.drop_column("role")
        batch.alter_column("permissions", existing_type=sa.JSON(), nullable=False)
    op.drop_column("users", "disabled_at")


def _list_permissions(members: sa.ColumnElement[bool], permissions: Collection[str]) -> None:
    op.get_bind().execute(
        sa.update(_memberships)
        .where(members, _memberships.c.permissions.is_(None))
        .values(permissions=sorted(permissions))
    )
