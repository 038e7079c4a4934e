"""The example unit for systemd: valid, and in step with where mailbot looks for its secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mailbot.secret import secret

UNIT = Path(__file__).resolve().parents[2] / "config" / "mailbot.service"


def test_each_credential_is_one_that_mailbot_reads(tmp_path: Path) -> None:
    names = re.findall(r"^(?:# )?LoadCredential=([^:]+):", UNIT.read_text(), re.MULTILINE)
    for name in names:
        (tmp_path / name).write_text(f"{name}\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    found = [secret(section, None, environ) for section in ("MAILBOX", "OUTGOING", "DATABASE", "OIDC")]
    assert [one.get_secret_value() for one in found if one] == names
    assert len(names) == 4


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/mailbot/bin/mailbot", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
