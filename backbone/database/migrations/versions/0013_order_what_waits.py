"""Index the jobs that wait for a worker in the order of the orders, by which places are told.

The index that it follows had them by `run_at`, which no statement looks for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WAITING = "ended_at IS NULL AND lease_until IS NULL AND poll_at IS NULL"

CONCURRENT_INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_job_logs_waiting_created_at_id": ("job_logs", ["created_at", "id"], _WAITING),
}
"""By name: the table, its columns, and of which rows."""


def upgrade() -> None:
    for name, (_, columns, _) in CONCURRENT_INDEXES.items():
        _index(name, columns, if_not_exists=True)
    op.drop_index("ix_job_logs_waiting", "job_logs")


def downgrade() -> None:
    _index("ix_job_logs_waiting", ["run_at"])
    for name in CONCURRENT_INDEXES:
        op.drop_index(name, "job_logs")


def _index(name: str, columns: list[str], *, if_not_exists: bool = False) -> None:
    condition = sa.text(_WAITING)
    op.create_index(
        name,
        "job_logs",
        columns,
        postgresql_where=condition,
        sqlite_where=condition,
        if_not_exists=if_not_exists,
    )
