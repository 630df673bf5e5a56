"""Runs Alembic's migrations on the connection that the caller opened; there is no offline mode."""

from alembic import context

from backbone.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
