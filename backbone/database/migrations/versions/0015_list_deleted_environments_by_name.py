"""Find all environments of a team by their names: the index of names leaves deleted ones out."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CONCURRENT_INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_environments_team_id_shortdomain_id": (
        "environments",
        ["team_id", "shortdomain", "id"],
        None,
    ),
}
"""By name: the table, its columns, and of which rows."""


def upgrade() -> None:
    for name, (table, columns, _) in CONCURRENT_INDEXES.items():
        op.create_index(name, table, columns, if_not_exists=True)


def downgrade() -> None:
    for name, (table, *_) in CONCURRENT_INDEXES.items():
        op.drop_index(name, table)
