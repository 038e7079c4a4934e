"""Which rules and settings are in force: what stands in the audit log beside the decisions made under them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import mailbot
from mailbot import audit
from mailbot.settings import Settings
from mailbot.store.engine import Store

_ACTION = "settings:in_force"


def rules_version(wording: Path) -> str:
    """mailbot's version and a digest of what decides: the program's modules, and the phrases in the folder `wording`.

    Letters decided under the same string were decided by the same rules. Raises OSError.
    """
    package = Path(mailbot.__file__).parent
    files = [(path.relative_to(package).as_posix(), path) for path in package.rglob("*.py")]
    files += [(f"wording/{path.name}", path) for path in wording.glob("*.toml")]
    digest = hashlib.sha256()
    for name, path in sorted(files):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{version('mailbot')}+{digest.hexdigest()[:12]}"


def note_settings(store: Store, settings: Settings, rules: str, now: datetime) -> bool:
    """Record the settings and rules in force where they are not the last ones recorded; return whether they were new.

    The settings hold no secrets: those come from the environment and from files of their own.
    """
    said = {"rules": rules, "settings": settings.model_dump(mode="json")}
    digest = audit.fingerprint(said)
    with store.read() as connection:
        last = audit.last_entry(connection, _ACTION)
    if last is not None and audit.facts_of(last).get("sha256") == digest:
        return False
    with store.begin() as connection:
        audit.append(
            connection, at=now, action=_ACTION, subject=rules, actor="mailbot", data={"sha256": digest, **said}
        )
    return True
