"""Index the jobs that are not over instead of all: ended ones are no longer looked for.

A step of a job then changes small indexes only, and the reaper reads what it may have to act on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PARTIAL = {
    "ix_job_logs_waiting": (["run_at"], "ended_at IS NULL AND lease_until IS NULL"),
    "ix_job_logs_held": (["lease_until"], "ended_at IS NULL AND lease_until IS NOT NULL"),
    "ix_job_logs_unfinished": (["team_id", "id"], "ended_at IS NULL"),
}


def upgrade() -> None:
    op.drop_index("ix_job_logs_status_run_at", "job_logs")
    op.drop_index("ix_job_logs_status_lease_until", "job_logs")
    for name, (columns, where) in _PARTIAL.items():
        op.create_index(
            name,
            "job_logs",
            columns,
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )


def downgrade() -> None:
    for name in _PARTIAL:
        op.drop_index(name, "job_logs")
    op.create_index("ix_job_logs_status_run_at", "job_logs", ["status", "run_at"])
    op.create_index("ix_job_logs_status_lease_until", "job_logs", ["status", "lease_until"])
