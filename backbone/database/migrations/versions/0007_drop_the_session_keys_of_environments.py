"""Drop the provider's session keys beside environments: nothing ever read them again.

A team's session is kept once, with the team. Going back gives the column, not what was in it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("environments", "session_key_encrypted")


def downgrade() -> None:
    op.add_column("environments", sa.Column("session_key_encrypted", sa.Text(), nullable=True))
