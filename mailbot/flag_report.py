"""The flags for people and for the registration system: lists, histories, and files to hand on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mailbot.errors import ConfigurationError, MailbotError
from mailbot.files import replace_file
from mailbot.flag_lookup import flags_known, flags_now
from mailbot.flags import FlagChange
from mailbot.spreadsheets import csv_bytes, xlsx_bytes
from mailbot.store.flag_rows import changes_of
from mailbot.store.registry_rows import load_members

COLUMNS = ("member", "name", "state", "since", "until", "duration", "reference")
KINDS = ("csv", "json", "xlsx")


def flag_list(connection: Connection, now: datetime, at: datetime | None = None) -> list[dict[str, Any]]:
    """Every flag as it stands, or was known at the moment `at`, by member code (contract section 3, `flags list`)."""
    names = {member.code: member.name for member in load_members(connection)}
    flags = flags_now(connection, now) if at is None else flags_known(connection, at)
    return [
        {
            "member": code,
            "name": names.get(code, flag.member_name),
            "state": flag.state.value,
            "since": flag.since.isoformat(),
            "until": flag.until.isoformat() if flag.until else None,
            "duration": flag.duration.value if flag.duration else None,
            "reference": flag.reference,
        }
        for code, flag in flags.items()
    ]


def flag_history(connection: Connection, code: str) -> list[dict[str, Any]]:
    """Every change of one member's flag, oldest first; raises MailbotError for a code nobody has."""
    changes = changes_of(connection, code)
    if not changes and code not in {member.code for member in load_members(connection)}:
        raise MailbotError(f"{code} is no member of the registry and never had a flag: give a code of members.csv")
    return [_change(change) for change in changes]


def export_flags(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the flags to a .csv, .json or .xlsx file, all of it or nothing."""
    kind = path.suffix.casefold().removeprefix(".")
    if kind not in KINDS:
        raise ConfigurationError(f"{path}: the kind of file is not known: name it .csv, .json or .xlsx")
    replace_file(path, [flags_file(kind, rows)], "the export")


def flags_file(kind: str, rows: Sequence[dict[str, Any]]) -> bytes:
    """The flags as a file of one of the `KINDS`."""
    match kind:
        case "csv":
            return csv_bytes(COLUMNS, rows)
        case "xlsx":
            return xlsx_bytes("flags", COLUMNS, rows)
        case _:
            return (json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _change(change: FlagChange) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "state": change.state.value,
        "cause": change.cause.value,
        "reference": change.reference,
        "message_id": change.message_id,
        "by": change.by,
        "reason": change.reason,
        "since": change.since.isoformat(),
        "duration": change.duration.value if change.duration else None,
        "study_period": change.study_period,
    }
