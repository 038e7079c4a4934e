"""Schema 3: the shelf, and indexes for what a poll and a reviewer ask most often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

_MOMENT = sa.DateTime(timezone=True)
_WAITS_FOR_FILING = sa.text("file_to IS NOT NULL AND filed_at IS NULL")


def upgrade(op: Operations) -> None:
    """From schema 2."""
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailbox", sa.String, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("arrival_id", sa.Text, index=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received", _MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("shelved_at", _MOMENT),
        sa.Column("raw", sa.LargeBinary),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("letters_in_review", "letters", ["review"])
    op.drop_index("letters_unfiled", "letters")
    op.create_index(
        "letters_unfiled", "letters", ["mailbox", "uidvalidity", "uid"],
        sqlite_where=_WAITS_FOR_FILING, postgresql_where=_WAITS_FOR_FILING,
    )  # fmt: skip
