"""Record how a failing job will end before what it made is removed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_logs", sa.Column("failure_code", sa.Text(), nullable=True))
    op.add_column("job_logs", sa.Column("failure_message", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("job_logs", "failure_message")
    op.drop_column("job_logs", "failure_code")
