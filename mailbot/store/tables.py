"""The tables, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mailbot.store.column_types import JsonText, SafeText, UtcDateTime

SCHEMA_VERSION = 4

metadata = MetaData()


schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

# --- the registry ---------------------------------------------------------------------------------------------------

members = Table(
    "members", metadata,
    Column("code", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("category", String, nullable=False),
    Column("country", String, nullable=False),
)  # fmt: skip

aliases = Table(
    "aliases", metadata,
    Column("member_code", ForeignKey("members.code", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("alias", Text, nullable=False),
)  # fmt: skip

focal_points = Table(
    "focal_points", metadata,
    Column("id", Integer, primary_key=True),
    Column("member_code", ForeignKey("members.code", ondelete="CASCADE"), nullable=False, index=True),
    Column("sector", String, nullable=False),
    Column("role", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", String, nullable=False, index=True),
    Column("language", String, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
)  # fmt: skip

accounts = Table(
    "accounts", metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String, nullable=False),
    Column("email", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("member_code", ForeignKey("members.code", ondelete="CASCADE"), nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("ties_access", Boolean, nullable=False),
)  # fmt: skip

registry_imports = Table(
    "registry_imports", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("source", Text, nullable=False),
    Column("difference", JsonText, nullable=False),
)  # fmt: skip

# --- the mailbox ----------------------------------------------------------------------------------------------------

mailbox_positions = Table(
    "mailbox_positions", metadata,
    Column("mailbox", String, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("since", UtcDateTime),  # of letters below backlog_until only those received from here on are read
    Column("backlog_until", BigInteger, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
)  # fmt: skip

deferred_letters = Table(
    "deferred_letters", metadata,  # letters the server could not hand out properly: to be fetched again
    Column("mailbox", String, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("attempts", Integer, nullable=False),
)  # fmt: skip

shelf = Table(
    "shelf", metadata,  # letters whose handling failed: tried again, then put aside for a person
    Column("id", Integer, primary_key=True),
    Column("mailbox", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("arrival_id", SafeText, index=True),
    Column("size", BigInteger, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),  # trying, handing_over, shelved or closed
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),  # kind and place, never its words: they may quote the letter
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("shelved_at", UtcDateTime),
    Column("raw", LargeBinary),  # as far as it could be fetched; None once closed
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index("shelf_by_state", "state", "id"),
    sqlite_autoincrement=True,  # the audit log names these numbers: none is given twice
)  # fmt: skip

inbox = Table(
    "inbox", metadata,  # letters that were fetched and wait to be decided, in the order of their numbers
    Column("id", Integer, primary_key=True),
    Column("mailbox", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("arrival_id", SafeText, index=True),
    Column("size", BigInteger, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("whole", Boolean, nullable=False),  # false: the headers alone
    Column("unusable", Text),  # why there is nothing to read
    Column("keys", JsonText, nullable=False),  # the DKIM key records for it, by DNS name
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    sqlite_autoincrement=True,  # a number that is free again would jump the queue
)  # fmt: skip

letters = Table(
    "letters", metadata,  # every mail seen
    Column("id", Integer, primary_key=True),
    Column("mailbox", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", SafeText, index=True),
    Column("arrival_id", SafeText, index=True),  # Message-ID as the mailbox shows it: to recognise the letter there
    Column("sha256", String, nullable=False, index=True),
    Column("content_sha256", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reasons", JsonText, nullable=False),
    # filing: where the letter is to go in the mailbox, and when it went
    Column("file_to", Text),
    Column("filed_at", UtcDateTime),
    # only of what is or may be a request (contract: the mailbox is no archive of ours)
    Column("reference", SafeText, unique=True),
    Column("raw", LargeBinary),
    Column("subject", SafeText),
    Column("sender", SafeText),
    Column("sender_name", SafeText),
    Column("decision", JsonText),
    Column("member_code", String),  # whom it is about: as read, then as a person decided; to find letters by
    Column("language", String),
    Column("references", JsonText),
    Column("null_return_path", Boolean),
    # review
    Column("review", String),  # open, resolved or None
    Column("proposal", JsonText),  # the first of two people's decision, where one is not enough
    Column("resolved_at", UtcDateTime),
    Column("resolution", JsonText),
    Column("redacted_at", UtcDateTime),  # when its words and its sender were erased
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    # lists go from the newest to the oldest; the number settles the order of those received at the same moment
    Index("letters_by_arrival", "received", "id"),
    Index("letters_in_review", "review", "received", "id"),
    Index("letters_by_outcome", "outcome", "received", "id"),
    Index("letters_by_member", "member_code", "received", "id"),
    Index("letters_in_review_of_member", "review", "member_code", "received", "id"),
    Index("letters_in_review_in_language", "review", "language", "received", "id"),
)  # fmt: skip
# Of all letters ever seen the poll looks for the few that wait to be filed, after each batch.
_waits_for_filing = letters.c.file_to.is_not(None) & letters.c.filed_at.is_(None)
Index(
    "letters_unfiled", letters.c.mailbox, letters.c.uidvalidity, letters.c.uid,
    sqlite_where=_waits_for_filing, postgresql_where=_waits_for_filing,
)  # fmt: skip

waiting_reasons = Table(
    "waiting_reasons", metadata,  # why each open letter waits: to find the letters of one reason
    Column("reason", String, primary_key=True),
    Column("received", UtcDateTime, primary_key=True),
    Column("letter_id", ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True, index=True),
)  # fmt: skip

claims = Table(
    "claims", metadata,  # who looks at what waits for a person (false), and who has taken it (true)
    Column("item", String, primary_key=True),  # a reference, mail-3 or shelf-1
    Column("by", SafeText, primary_key=True),
    Column("taken", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
)  # fmt: skip

reference_numbers = Table(
    "reference_numbers", metadata,
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)  # fmt: skip

# --- flags: rows are only ever added ------------------------------------------------------------------------------

flag_changes = Table(
    "flag_changes", metadata,
    Column("id", Integer, primary_key=True),
    Column("member_code", String, nullable=False),  # outlives the registry's row
    Column("member_name", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("duration", String),
    Column("study_period", Text),
    Column("cause", String, nullable=False),
    Column("basis", UtcDateTime, nullable=False),
    Column("reference", String, nullable=False),
    Column("message_id", SafeText),
    Column("by", SafeText),
    Column("reason", SafeText),
    Index("flag_changes_of_member", "member_code", "id"),
)  # fmt: skip

study_periods = Table(
    "study_periods", metadata,
    Column("id", Integer, primary_key=True),
    Column("known_at", UtcDateTime, nullable=False),
    Column("name", Text, nullable=False),
    Column("assembly", Text, nullable=False),
    Column("ends", UtcDateTime, nullable=False),
)  # fmt: skip

# --- audit and outbox -----------------------------------------------------------------------------------------------

audit_entries = Table(
    "audit_entries", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),  # text: the hash covers these very characters
    Column("action", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),  # canonical JSON, parsed by `audit`
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_entries_action", "action", "seq"),
    Index("audit_entries_subject", "subject", "seq"),
    Index("audit_entries_actor", "actor", "seq"),
    Index("audit_entries_at", "at", "seq"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("id", Integer, primary_key=True),
    Column("letter_id", ForeignKey("letters.id"), index=True),
    Column("kind", String, nullable=False),
    Column("message_id", SafeText, nullable=False, unique=True),
    Column("reference", String, nullable=False),
    Column("recipients", JsonText, nullable=False),  # those still to be served
    Column("refused", JsonText, nullable=False),  # address -> the server's answer
    Column("raw", LargeBinary),  # None once redacted
    Column("created_at", UtcDateTime, nullable=False),
    Column("status", String, nullable=False),  # due, withheld, sent, failed, bounced or closed
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", UtcDateTime, nullable=False),
    Column("last_error", SafeText),
    Column("finished_at", UtcDateTime),
    Column("redacted_at", UtcDateTime),
    Index("outbox_due", "status", "next_attempt"),
    Index("outbox_by_status", "status", "id"),
)  # fmt: skip

sendings = Table(
    "sendings", metadata,  # what was queued in the last 24 hours: one row a mail and recipient
    Column("id", Integer, primary_key=True),
    Column("address", SafeText, nullable=False, index=True),
    Column("domain", SafeText, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)  # fmt: skip

breaker = Table(
    "breaker", metadata,  # a row without closed_at: nothing is sent
    Column("id", Integer, primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", SafeText),
)  # fmt: skip

questions = Table(
    "questions", metadata,  # "did you write this?": at most one a letter
    Column("reference", ForeignKey("letters.reference", ondelete="CASCADE"), primary_key=True),
    Column("message_id", SafeText, nullable=False, index=True),
    Column("address", SafeText, nullable=False, index=True),
    Column("member", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("duration", String),
    Column("language", String, nullable=False),
    Column("written", UtcDateTime, nullable=False),
    Column("letter_sha256", String, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("state", String, nullable=False, index=True),
)  # fmt: skip

receipts = Table(
    "receipts", metadata,  # one row a receipt: at most one a sender a day
    Column("address", SafeText, primary_key=True),
    Column("day", Date, primary_key=True),
)  # fmt: skip

# --- figures and health ---------------------------------------------------------------------------------------------

daily_counts = Table(
    "daily_counts", metadata,  # how many letters of each kind a day (UTC) brought: no figure counts the letters again
    Column("day", Date, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("number", Integer, nullable=False),
)  # fmt: skip

contacts = Table(
    "contacts", metadata,  # when the mailbox and the outgoing server were last reached, and what last went wrong
    Column("work", String, primary_key=True),  # poll or deliver
    Column("place", String, primary_key=True),
    Column("succeeded_at", UtcDateTime),
    Column("failed_at", UtcDateTime),  # since then without success
    Column("trouble", SafeText),
)  # fmt: skip

# --- the console: people, their sessions, and the programs that use the API -------------------------------------------
# Of every secret (link, session, token) only the SHA-256 is kept: 256 random bits need no salt and no slow hash.

users = Table(
    "users", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("key", SafeText, nullable=False, unique=True),  # the name as it is compared
    Column("role", String, nullable=False),
    Column("password", Text),  # argon2; None until the person has chosen one, and with an identity for ever
    Column("identity", SafeText, unique=True),  # issuer and subject, where an OIDC provider signs the person in
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)  # fmt: skip

invitations = Table(
    "invitations", metadata,  # one-time links to choose a password with
    Column("sha256", String, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), unique=True),  # None: whoever comes first is admin
    Column("expires_at", UtcDateTime, nullable=False),
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("sha256", String, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)  # fmt: skip

sign_in_attempts = Table(
    "sign_in_attempts", metadata,  # those that have not succeeded, for the throttle
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),  # the SHA-256 of what was typed: it may be a password
    Column("address", String, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Index("sign_in_attempts_account", "account", "at"),
    Index("sign_in_attempts_address", "address", "at"),
)  # fmt: skip

api_tokens = Table(
    "api_tokens", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("key", SafeText, nullable=False, unique=True),  # the name as it is compared
    Column("sha256", String, nullable=False, unique=True),
    Column("scopes", JsonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", SafeText, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)  # fmt: skip
