"""Note every change that may withdraw access, whoever makes it, so that gateways read only those.

`stamp` grows with each change: on PostgreSQL it is the transaction's number, which a reader
compares with the oldest one that was still running when it last looked; SQLite has one writer at a
time, so there it is a counter. Triggers write it, because a program with plain SQL counts, too.

On SQLite a later migration that rebuilds one of these tables (`batch_alter_table`) drops its
triggers and has to create them again; `tests/backbone/test_access_changes.py` would tell.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Use moves a session's end on, which takes nothing from anybody.
_SESSION_CHANGED = """
    old.token_hash <> new.token_hash OR old.user_id <> new.user_id OR old.team_id <> new.team_id
    OR new.expires_at < old.expires_at OR new.revoked_at IS NOT NULL
"""
_CREDENTIAL = ("old.token_hash", "0", "old.team_id")
_CHANGES: tuple[tuple[str, str, str, tuple[str, str, str]], ...] = (
    (
        "sessions",
        "token_hash, user_id, team_id, expires_at, revoked_at",
        _SESSION_CHANGED,
        _CREDENTIAL,
    ),
    (
        "api_tokens",
        "token_hash, user_id, team_id, scopes, expires_at, revoked_at",
        "",
        _CREDENTIAL,
    ),
    (
        "memberships",
        "team_id, user_id, role, permissions",
        "",
        ("''", "old.user_id", "old.team_id"),
    ),
    ("users", "id, is_operator, disabled_at", "", ("''", "old.id", "0")),
    ("teams", "id, status", "", ("''", "0", "old.id")),
)
"""Table, the columns that count, when a change of them does, and whom it concerns."""

_UPSERT = (
    "INSERT INTO access_changes (credential, user_id, team_id, stamp) VALUES ({}, {})"
    " ON CONFLICT (credential, user_id, team_id) DO UPDATE SET stamp = excluded.stamp"
)


def upgrade() -> None:
    op.create_table(
        "access_changes",
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "user_id", "team_id", name=op.f("pk_access_changes")),
    )
    op.create_index("ix_access_changes_stamp", "access_changes", ["stamp"])
    if op.get_bind().dialect.name == "postgresql":
        _create_on_postgresql()
    else:
        _create_on_sqlite()


def _create_on_postgresql() -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    for table, columns, when, subject in _CHANGES:
        upsert = _UPSERT.format(", ".join(subject), "pg_current_xact_id()::text::bigint")
        # Whoever may change the table may note it, and whatever they search for tables first.
        op.execute(
            f"CREATE FUNCTION note_access_of_{table}() RETURNS trigger LANGUAGE plpgsql"
            f" SECURITY DEFINER SET search_path TO {schema}, pg_temp"
            f" AS $$ BEGIN {upsert}; RETURN NULL; END $$"
        )
        condition = f"WHEN ({when})" if when else ""
        op.execute(
            f"CREATE TRIGGER note_access_updated AFTER UPDATE OF {columns} ON {table}"
            f" FOR EACH ROW {condition} EXECUTE FUNCTION note_access_of_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER note_access_deleted AFTER DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION note_access_of_{table}()"
        )
    everything = _UPSERT.format("'', 0, 0", "pg_current_xact_id()::text::bigint")
    op.execute(
        "CREATE FUNCTION note_access_of_all() RETURNS trigger LANGUAGE plpgsql"
        f" SECURITY DEFINER SET search_path TO {schema}, pg_temp"
        f" AS $$ BEGIN {everything}; RETURN NULL; END $$"
    )
    for table, *_ in _CHANGES:
        op.execute(
            f"CREATE TRIGGER note_access_truncated AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION note_access_of_all()"
        )


def _create_on_sqlite() -> None:
    counter = "(SELECT COALESCE(MAX(stamp), 0) + 1 FROM access_changes)"
    for table, columns, when, subject in _CHANGES:
        upsert = _UPSERT.format(", ".join(subject), counter)
        condition = f"WHEN {when}" if when else ""
        op.execute(
            f"CREATE TRIGGER note_access_of_{table}_updated AFTER UPDATE OF {columns} ON {table}"
            f" FOR EACH ROW {condition} BEGIN {upsert}; END"
        )
        op.execute(
            f"CREATE TRIGGER note_access_of_{table}_deleted AFTER DELETE ON {table}"
            f" FOR EACH ROW BEGIN {upsert}; END"
        )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, *_ in _CHANGES:
        if postgresql:
            for what in ("updated", "deleted", "truncated"):
                op.execute(f"DROP TRIGGER note_access_{what} ON {table}")
            op.execute(f"DROP FUNCTION note_access_of_{table}()")
        else:
            for what in ("updated", "deleted"):
                op.execute(f"DROP TRIGGER note_access_of_{table}_{what}")
    if postgresql:
        op.execute("DROP FUNCTION note_access_of_all()")
    op.drop_table("access_changes")
