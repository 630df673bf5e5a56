"""The database: tables, engine, transactions and migrations, the same for PostgreSQL and SQLite."""
