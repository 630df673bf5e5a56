"""Alembic's migrations, one history for PostgreSQL and SQLite."""
