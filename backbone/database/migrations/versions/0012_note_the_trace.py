"""Let messages and jobs name their trace, and the database the oldest program that it serves."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("trace_context", sa.Text(), nullable=True))
    op.add_column("job_logs", sa.Column("trace_context", sa.Text(), nullable=True))
    support = op.create_table(
        "schema_support",
        sa.Column("id", sa.Integer(), primary_key=True),
        # A migration that takes away what older programs need raises it.
        sa.Column("oldest_program", sa.Text(), nullable=False),
    )
    op.bulk_insert(support, [{"id": 1, "oldest_program": "0009"}])


def downgrade() -> None:
    op.drop_table("schema_support")
    op.drop_column("job_logs", "trace_context")
    op.drop_column("outbox", "trace_context")
