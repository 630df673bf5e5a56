"""Let a job name the failed one that it does again, and index ended jobs by what lists filter."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FILTERS = ("status", "env_name", "user_id")


def upgrade() -> None:
    op.add_column("job_logs", sa.Column("retry_of", sa.BigInteger(), nullable=True))
    _index("ix_job_logs_retry_of", ["retry_of"], "retry_of IS NOT NULL", unique=True)
    for column in _FILTERS:
        _index(f"ix_job_logs_ended_{column}", ["team_id", column, "id"], "ended_at IS NOT NULL")


def downgrade() -> None:
    for column in _FILTERS:
        op.drop_index(f"ix_job_logs_ended_{column}", "job_logs")
    op.drop_index("ix_job_logs_retry_of", "job_logs")
    op.drop_column("job_logs", "retry_of")


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name,
        "job_logs",
        columns,
        unique=unique,
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )
