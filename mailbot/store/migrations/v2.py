"""Schema 2: confirmation by reply, limits of what is sent, four eyes, erasing, indexes of the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

_MOMENT = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """From schema 1."""
    op.add_column("letters", sa.Column("proposal", sa.Text))
    op.add_column("letters", sa.Column("redacted_at", _MOMENT))
    op.create_index("audit_entries_action", "audit_entries", ["action", "seq"])
    op.create_index("audit_entries_subject", "audit_entries", ["subject", "seq"])
    with op.batch_alter_table("outbox") as outbox:  # SQLite changes a column only by copying its table
        outbox.alter_column("raw", existing_type=sa.LargeBinary, nullable=True)
        outbox.add_column(sa.Column("redacted_at", _MOMENT))
    op.create_table(
        "sendings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.Text, nullable=False, index=True),
        sa.Column("domain", sa.Text, nullable=False, index=True),
        sa.Column("at", _MOMENT, nullable=False, index=True),
    )
    op.create_table(
        "breaker",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.Column("closed_by", sa.Text),
    )
    op.create_table(
        "questions",
        sa.Column("reference", sa.Text, sa.ForeignKey("letters.reference", ondelete="CASCADE"), primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False, index=True),
        sa.Column("address", sa.Text, nullable=False, index=True),
        sa.Column("member", sa.String, nullable=False),
        sa.Column("intent", sa.String, nullable=False),
        sa.Column("duration", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("written", _MOMENT, nullable=False),
        sa.Column("letter_sha256", sa.String, nullable=False),
        sa.Column("expires", _MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
    )
