"""Find failed and cancelled jobs by what only they have, and no more by the status, which changes.

PostgreSQL writes every index of a row anew (no HOT update) when a column of any of them changes, of
partial ones as well, in whichever rows they have.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ENDED = "ended_at IS NOT NULL"

CONCURRENT_INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_job_logs_failed": ("job_logs", ["team_id", "id"], f"{_ENDED} AND error_code IS NOT NULL"),
    "ix_job_logs_cancelled": (
        "job_logs",
        ["team_id", "id"],
        f"{_ENDED} AND cancel_requested_at IS NOT NULL",
    ),
}
"""By name: the table, its columns, and of which rows."""


def upgrade() -> None:
    for name, (table, columns, where) in CONCURRENT_INDEXES.items():
        _index(name, table, columns, str(where))
    op.drop_index("ix_job_logs_ended_status", "job_logs")


def downgrade() -> None:
    _index("ix_job_logs_ended_status", "job_logs", ["team_id", "status", "id"], _ENDED)
    for name, (table, *_) in CONCURRENT_INDEXES.items():
        op.drop_index(name, table)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
        if_not_exists=True,
    )
