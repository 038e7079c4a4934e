"""Writing a file all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mailbot.errors import MailbotError


def replace_file(path: Path, chunks: Iterable[bytes], what: str, *, make_folder: bool = False) -> None:
    """Write a file atomically: whoever reads it sees the old one or the new one, never half of one.

    Raises MailbotError in one line that begins with the path and names `what` could not be written.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError as error:
        raise MailbotError(f"{path}: {what} cannot be written: {error.strerror}") from error
