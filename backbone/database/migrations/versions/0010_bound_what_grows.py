"""Index what is looked for when old rows go, count ended jobs that have gone, vacuum in time.

On PostgreSQL the indexes are built before, without stopping writers (`CONCURRENT_INDEXES`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CONCURRENT_INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_exchange_tokens_expires_at": ("exchange_tokens", ["expires_at"], None),
    "ix_sessions_expires_at": ("sessions", ["expires_at"], None),
    "ix_job_logs_ended_at": ("job_logs", ["ended_at", "id"], "ended_at IS NOT NULL"),
    "ix_environments_living": ("environments", ["team_id", "id"], "deleted_at IS NULL"),
    "ix_environments_deleted_at": (
        "environments",
        ["deleted_at", "id"],
        "deleted_at IS NOT NULL",
    ),
    "ix_outbox_not_before": ("outbox", ["not_before"], "not_before IS NOT NULL"),
}
"""By name: the table, its columns, and of which rows."""

_VACUUM = {
    # Every message is a dead row soon; what reads the beginning of the table reads past them.
    "outbox": "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, "
    "autovacuum_vacuum_cost_delay = 0",
    "events": "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05",
    "job_logs": "autovacuum_vacuum_scale_factor = 0.02",
    "teams": "autovacuum_vacuum_scale_factor = 0.05",
}
_DEFAULT = {
    table: ", ".join(setting.split(" =")[0] for setting in settings.split(", "))
    for table, settings in _VACUUM.items()
}


def upgrade() -> None:
    op.create_table(
        "job_counts",
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "month", "kind", "status", name="pk_job_counts"),
    )
    for name, (table, columns, where) in CONCURRENT_INDEXES.items():
        condition = None if where is None else sa.text(where)
        op.create_index(
            name,
            table,
            columns,
            postgresql_where=condition,
            sqlite_where=condition,
            if_not_exists=True,
        )
    if op.get_bind().dialect.name == "postgresql":
        # A step of a job then finds room on the row's page.
        op.execute("ALTER TABLE job_logs SET (fillfactor = 80)")
        for table, settings in _VACUUM.items():
            op.execute(f"ALTER TABLE {table} SET ({settings})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, settings in _DEFAULT.items():
            op.execute(f"ALTER TABLE {table} RESET ({settings})")
        op.execute("ALTER TABLE job_logs RESET (fillfactor)")
    for name, (table, *_) in CONCURRENT_INDEXES.items():
        op.drop_index(name, table)
    op.drop_table("job_counts")
