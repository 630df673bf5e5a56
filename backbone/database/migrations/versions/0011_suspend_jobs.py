"""Let a job wait at the provider as a row: when its poller has to read it again, and an index.

Jobs that wait for a worker are those that are not suspended; their index says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNHELD = "ended_at IS NULL AND lease_until IS NULL"


def upgrade() -> None:
    op.add_column("job_logs", sa.Column("poll_at", sa.Double(), nullable=True))
    op.drop_index("ix_job_logs_waiting", "job_logs")
    _index("ix_job_logs_waiting", "run_at", f"{_UNHELD} AND poll_at IS NULL")
    _index("ix_job_logs_suspended", "poll_at", "ended_at IS NULL AND poll_at IS NOT NULL")


def downgrade() -> None:
    # Without the column nobody waits for the provider: workers take up such jobs as interrupted.
    op.execute("UPDATE job_logs SET lease_until = 0 WHERE ended_at IS NULL AND poll_at IS NOT NULL")
    op.drop_index("ix_job_logs_suspended", "job_logs")
    op.drop_index("ix_job_logs_waiting", "job_logs")
    _index("ix_job_logs_waiting", "run_at", _UNHELD)
    op.drop_column("job_logs", "poll_at")


def _index(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "job_logs",
        [column],
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )
