"""The database: SQLAlchemy Core tables and the few queries, for SQLite and PostgreSQL."""
