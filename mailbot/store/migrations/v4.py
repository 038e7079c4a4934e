"""Schema 4: the inbox, what the console and the API find letters by, and the people and programs that use them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date

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
        sa.Column("keys", sa.Text, nullable=False),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
        sqlite_autoincrement=True,
    )
    _find_letters_by_member(op)
    _find_what_waits(op)
    _follow_what_the_console_asks(op)
    _count_days(op)
    _let_people_and_programs_in(op)


def _follow_what_the_console_asks(op: Operations) -> None:
    """The indexes of the console's lists, and when the mailbox and the outgoing server were last reached."""
    op.drop_index("ix_flag_changes_member_code", "flag_changes")
    op.create_index("flag_changes_of_member", "flag_changes", ["member_code", "id"])
    op.create_index("audit_entries_actor", "audit_entries", ["actor", "seq"])
    op.create_index("audit_entries_at", "audit_entries", ["at", "seq"])
    op.create_index("outbox_by_status", "outbox", ["status", "id"])
    op.create_table(
        "contacts",
        sa.Column("work", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("succeeded_at", _MOMENT),
        sa.Column("failed_at", _MOMENT),
        sa.Column("trouble", sa.Text),
    )


def _count_days(op: Operations) -> None:
    """The daily counts, and in them the letters that were decided before; how long people took was not counted."""
    counts = op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    letters = sa.table(
        "letters",
        sa.column("decided_at", _MOMENT), sa.column("outcome"), sa.column("reasons"), sa.column("decision"),
    )  # fmt: skip
    found: Counter[tuple[date, str, str]] = Counter()
    for decided_at, outcome, reasons, decision in op.get_bind().execute(sa.select(*letters.c)):
        day = (decided_at.astimezone(UTC) if decided_at.tzinfo else decided_at).date()  # SQLite keeps UTC, bare
        found.update((day, kind, name) for kind, name in _kinds(outcome, reasons, decision))
    if found:
        rows = [{"day": day, "kind": kind, "name": name, "number": n} for (day, kind, name), n in found.items()]
        op.bulk_insert(counts, rows)


def _kinds(outcome: str, reasons: str, decision: str | None) -> Iterator[tuple[str, str]]:
    """What one letter counts as."""
    why = dict.fromkeys(json.loads(reasons))
    yield "outcome", "asked" if "awaiting_confirmation" in why else outcome
    if outcome != "ignore":
        yield "language", json.loads(decision or "{}").get("language", "en")
        yield from (("reason", reason) for reason in why)


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


def _find_what_waits(op: Operations) -> None:
    """The queue's filters, by language, member and reason; and who looks at what."""
    op.add_column("letters", sa.Column("language", sa.String))
    op.create_index("shelf_by_state", "shelf", ["state", "id"])
    op.create_index("letters_in_review_of_member", "letters", ["review", "member_code", "received", "id"])
    op.create_index("letters_in_review_in_language", "letters", ["review", "language", "received", "id"])
    waiting = op.create_table(
        "waiting_reasons",
        sa.Column("reason", sa.String, primary_key=True),
        sa.Column("received", _MOMENT, primary_key=True),
        sa.Column(
            "letter_id", sa.Integer, sa.ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True, index=True
        ),
    )
    op.create_table(
        "claims",
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("by", sa.Text, primary_key=True),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("expires", _MOMENT, nullable=False, index=True),
    )
    letters = sa.table(
        "letters", sa.column("id"), sa.column("received", _MOMENT), sa.column("review"), sa.column("reasons"),
        sa.column("decision"), sa.column("language"),
    )  # fmt: skip
    columns = (letters.c.id, letters.c.received, letters.c.review, letters.c.reasons, letters.c.decision)
    connection = op.get_bind()
    for row in connection.execute(sa.select(*columns).where(letters.c.decision.is_not(None))).all():
        language = json.loads(row.decision).get("language")
        connection.execute(sa.update(letters).where(letters.c.id == row.id).values(language=language))
        for reason in dict.fromkeys(json.loads(row.reasons)) if row.review == "open" else ():
            values = {"reason": reason, "received": row.received, "letter_id": row.id}
            connection.execute(sa.insert(waiting).values(values))


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
