"""Schema 4: the inbox, what the console and the API find letters by, and the people and programs that use them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic.operations import Operations

_MOMENT = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """From schema 3."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailbox", sa.String, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("arrival_id", sa.Text, index=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received", _MOMENT, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("unusable", sa.Text),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
        sqlite_autoincrement=True,
    )
    _find_letters_by_member(op)
    _let_people_and_programs_in(op)


def _find_letters_by_member(op: Operations) -> None:
    """The member of a letter becomes a column, and every list of letters has its index."""
    op.add_column("letters", sa.Column("member_code", sa.String))
    letters = sa.table(
        "letters", sa.column("id"), sa.column("decision"), sa.column("resolution"), sa.column("member_code")
    )
    connection = op.get_bind()
    statement = sa.select(letters.c.id, letters.c.decision, letters.c.resolution).where(letters.c.decision.is_not(None))
    for letter, decision, resolution in connection.execute(statement).all():
        read, decided = json.loads(decision), json.loads(resolution or "null")
        member = (decided or {}).get("member") or (read.get("member") or {}).get("code")
        if member is not None:
            connection.execute(sa.update(letters).where(letters.c.id == letter).values(member_code=member))
    op.drop_index("letters_in_review", "letters")
    op.create_index("letters_in_review", "letters", ["review", "received", "id"])
    op.create_index("letters_by_arrival", "letters", ["received", "id"])
    op.create_index("letters_by_outcome", "letters", ["outcome", "received", "id"])
    op.create_index("letters_by_member", "letters", ["member_code", "received", "id"])


def _let_people_and_programs_in(op: Operations) -> None:
    """People with their sessions and links, and the tokens of programs."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("identity", sa.Text, unique=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("disabled_at", _MOMENT),
    )
    op.create_table(
        "invitations",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", _MOMENT, nullable=False, index=True),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("at", _MOMENT, nullable=False, index=True),
    )
    op.create_index("sign_in_attempts_account", "sign_in_attempts", ["account", "at"])
    op.create_index("sign_in_attempts_address", "sign_in_attempts", ["address", "at"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.Column("revoked_at", _MOMENT),
    )
