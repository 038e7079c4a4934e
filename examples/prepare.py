"""Fills `var/` for `make run`: an invented register, and a Maildir with a dozen letters of every kind.

It changes nothing that is already there: run again, mailbot goes on where it stopped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
LETTERS = (
    "en-001-kenya-model",
    "en-004-altenburg-services-footer",
    "en-009-australia-gmail-reply",
    "en-017-iceland-revoke-flowed",
    "en-024-template-not-filled",
    "en-028-future-start",
    "en-036-meridian-mismatch",
    "en-037-dmarc-fail",
    "en-039-opt-out-of-newsletter",
    "en-044-out-of-office",
    "fr-002-senegal-outlook",
    "fr-018-suisse-individuelle",
)


def main() -> None:
    maildir = ROOT / "var" / "Maildir"
    if maildir.exists():
        return
    for box in (maildir, ROOT / "var" / "Sent"):
        for part in ("cur", "new", "tmp"):
            (box / part).mkdir(parents=True, exist_ok=True)
    for name in LETTERS:
        shutil.copy(FIXTURES / "emails" / f"{name}.eml", maildir / "new" / f"{name}.eml")
    mailbot = Path(sys.executable).with_name("mailbot")
    subprocess.run([mailbot, "registry", "import", str(FIXTURES / "registry")], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
