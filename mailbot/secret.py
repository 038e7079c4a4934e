"""Passwords, keys and other secrets: from the environment or from files, never from the configuration itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import structlog
from pydantic import SecretStr

from mailbot.errors import ConfigurationError

log = structlog.get_logger("mailbot")


def secret(
    name: str, file: Path | None, environ: Mapping[str, str] = os.environ, *, kind: str = "PASSWORD"
) -> SecretStr | None:
    """The secret `name` (`MAILBOX`, `OUTGOING`, `DATABASE` …), or None where there is none; `kind` is its sort.

    Looked for in `MAILBOT_<name>_PASSWORD`, then the file `MAILBOT_<name>_PASSWORD_FILE` names, then the systemd
    credential `mailbot-<name>-password` (systemd.exec(5), LoadCredential=), then `file` (the configuration's
    `password_file`). A file's last line break does not belong to the password. A file of ours that others may read
    gets a warning; one that is unreadable or holds no single line raises ConfigurationError, which never quotes it.
    """
    variable = f"MAILBOT_{name}_{kind}"
    if environ.get(variable):
        return _checked(environ[variable], variable)
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials, f"mailbot-{name.lower()}-password") if credentials else None
    if named := environ.get(f"{variable}_FILE"):
        source: Path | None = Path(named)
    elif credential is not None and credential.exists():
        # systemd guards the folder itself, and may show the reader's access-control entry as a group permission
        return _password_in(credential)
    else:
        source = file
    if source is None:
        return None
    password = _password_in(source)
    _warn_of_readers(source)
    return password


def _password_in(source: Path) -> SecretStr:
    try:
        password = source.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{source}: the password file is not UTF-8 text: write it anew") from error
    except OSError as error:
        raise ConfigurationError(f"{source}: the password file cannot be read: {error.strerror}") from error
    if not password:
        raise ConfigurationError(f"{source}: the password file is empty: write the password into it")
    return _checked(password, str(source))


def _checked(password: str, where: str) -> SecretStr:
    """A line break would end the IMAP command that carries the password and begin another."""
    if not password.isprintable():
        raise ConfigurationError(f"{where}: there are several lines or control characters: give the password alone")
    return SecretStr(password)


def _warn_of_readers(source: Path) -> None:
    mode = stat.S_IMODE(source.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        log.warning("password file open to others", file=str(source), mode=f"{mode:04o}", do="chmod 600")
