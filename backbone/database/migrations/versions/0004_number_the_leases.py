"""Give each lease the number of its holder and its own length."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    zero = sa.text("0")
    op.add_column(
        "leases", sa.Column("fence", sa.BigInteger(), nullable=False, server_default=zero)
    )
    op.add_column("leases", sa.Column("seconds", sa.Double(), nullable=False, server_default=zero))


def downgrade() -> None:
    op.drop_column("leases", "seconds")
    op.drop_column("leases", "fence")
