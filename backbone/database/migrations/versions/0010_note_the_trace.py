"""Let messages that wait, and jobs, name the trace that they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("trace_context", sa.Text(), nullable=True))
    op.add_column("job_logs", sa.Column("trace_context", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("job_logs", "trace_context")
    op.drop_column("outbox", "trace_context")
