"""The key that binds the codes of mailbot's questions: given, or made once and kept beside the data."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from mailbot.errors import ConfigurationError

_SHORTEST = 32  # characters


def key_of(secret: str) -> bytes:
    """The key that a configured secret is; raises ConfigurationError for one that could be guessed."""
    if len(secret) < _SHORTEST:
        raise ConfigurationError(
            f"the confirmation key has {len(secret)} characters: give at least {_SHORTEST}, "
            "for example those of: openssl rand -hex 32"
        )
    return secret.encode()


def kept_key(path: Path) -> bytes:
    """The key in the file `path`, readable for its owner alone; made at the first call.

    The file appears with all its content or not at all, and of two mailbots that make it at once both get the same.
    """
    if not path.exists():
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(scratch, path)
        except OSError as error:
            raise ConfigurationError(f"{path}: the confirmation key cannot be written: {error.strerror}") from error
        finally:
            scratch.unlink(missing_ok=True)
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path}: others can read the confirmation key: chmod 600 {path}")
        return key_of(path.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: the confirmation key cannot be read: {error}") from error
