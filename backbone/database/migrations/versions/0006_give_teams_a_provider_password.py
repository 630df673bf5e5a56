"""Give each team's own login at the provider a password of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("teams", sa.Column("provider_password_encrypted", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("teams", "provider_password_encrypted")
