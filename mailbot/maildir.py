"""A Maildir as a mailbox that behaves like an IMAP folder: letters have UIDs, and folders lie in it (Maildir++).

The UIDs are kept in a small file, `mailbot-uidlist`, because a Maildir itself has none.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.ingest import Arrival, FilingError, Identity, MailboxError, Opened, UnavailableError
from mailbot.judging import HEADER_LIMIT, header_block, message_id_of

UID_LIST = "mailbot-uidlist"
_HEAD_BYTES = 65_536
_STILL_WRITTEN_SECONDS = 5


@dataclass(slots=True)
class _UidList:
    uidvalidity: int
    uid_next: int
    uids: dict[str, int]


class MaildirMailbox:
    """The letters in `new` and `cur` of one Maildir."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.name = f"maildir://{path.absolute()}"
        self._path = path
        self._clock = clock
        self._files: dict[int, Path] = {}

    def open(self) -> Opened:
        if not self._path.is_dir():
            raise MailboxError(f"{self._path}: there is no such Maildir: correct [mailbox] url or create the folder")
        try:
            for part in ("cur", "new", "tmp"):
                (self._path / part).mkdir(exist_ok=True)
            return self._number(self._letters())
        except OSError as error:
            raise MailboxError(f"{self._path}: the Maildir cannot be used: {error.strerror}") from error

    def uids(self, first: int, below: int | None = None, since: datetime | None = None) -> list[int]:
        wanted = [uid for uid in self._files if uid >= first and (below is None or uid < below)]
        if since is not None:
            wanted = [uid for uid in wanted if (received := self._received(uid)) is not None and received >= since]
        return sorted(wanted)

    def describe(self, uids: Sequence[int]) -> dict[int, Arrival]:
        return {uid: arrival for uid in uids if (arrival := self._describe(uid)) is not None}

    def fetch(self, uid: int) -> bytes | None:
        path = self._find(uid)
        try:
            return path.read_bytes() if path else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError(f"{path}: the letter cannot be read: {error.strerror}") from error

    def fetch_header(self, uid: int) -> bytes | None:
        head = self._head(uid, HEADER_LIMIT)
        return None if head is None else header_block(head)

    def file(self, letters: Sequence[Identity], folder: str) -> None:
        for letter in letters:
            self._file_one(letter, folder)

    def _file_one(self, letter: Identity, folder: str) -> None:
        arrival, path = self._describe(letter.uid), self._find(letter.uid)
        if arrival is None or path is None or arrival.identity != letter:
            return
        target = self._path / ("." + ".".join(part for part in folder.split("/") if part))
        try:
            for part in ("cur", "new", "tmp"):
                (target / part).mkdir(parents=True, exist_ok=True)
            (target / "maildirfolder").touch()
            path.rename(target / path.parent.name / path.name)  # new stays new: filing is not reading
        except FileNotFoundError:
            return
        except OSError as error:
            raise FilingError(f"{path}: the letter cannot be filed in {target}: {error.strerror}") from error
        del self._files[letter.uid]

    def close(self) -> None:
        self._files = {}

    def _letters(self) -> dict[str, tuple[float, Path]]:
        """The letters by base name (the name without flags, the same in `new` and `cur`), with the time they came."""
        found: dict[str, tuple[float, Path]] = {}
        for part in ("new", "cur"):
            with os.scandir(self._path / part) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    try:
                        about = entry.stat()
                    except OSError:  # gone in the meantime, or a link to nowhere
                        continue
                    young = self._clock() - about.st_mtime < _STILL_WRITTEN_SECONDS
                    if stat.S_ISREG(about.st_mode) and not (about.st_size == 0 and young):
                        found[_base(entry.name)] = (about.st_mtime, Path(entry.path))
        return found

    def _number(self, letters: dict[str, tuple[float, Path]]) -> Opened:
        """Give every new letter the next UID, in the order they came, and keep the list."""
        known = self._load()
        uids = {base: uid for base, uid in known.uids.items() if base in letters}
        fresh = sorted((when, base) for base, (when, _) in letters.items() if base not in uids)
        for _, base in fresh:
            uids[base] = known.uid_next
            known.uid_next += 1
        if fresh or len(uids) != len(known.uids) or not (self._path / UID_LIST).exists():
            self._save(_UidList(known.uidvalidity, known.uid_next, uids))
        self._files = {uid: letters[base][1] for base, uid in uids.items()}
        return Opened(known.uidvalidity, known.uid_next)

    def _load(self) -> _UidList:
        """The kept list; where it is lost or damaged all letters are numbered anew under a new UIDVALIDITY."""
        try:
            kept = json.loads((self._path / UID_LIST).read_bytes())
            uids = {str(base): int(uid) for base, uid in kept["uids"].items()}
            return _UidList(int(kept["uidvalidity"]), int(kept["uid_next"]), uids)
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            # milliseconds, so that a list lost twice within a second is still another one
            return _UidList(int(self._clock() * 1000), 1, {})

    def _save(self, uid_list: _UidList) -> None:
        scratch = self._path / f"{UID_LIST}.{os.getpid()}"
        text = json.dumps(
            {"uidvalidity": uid_list.uidvalidity, "uid_next": uid_list.uid_next, "uids": uid_list.uids}, indent=0
        )
        with scratch.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path / UID_LIST)

    def _find(self, uid: int) -> Path | None:
        """Where the letter lies now: a mail program may have moved it from `new` to `cur` or changed its flags."""
        path = self._files.get(uid)
        if path is None or path.exists():
            return path
        base = _base(path.name)
        for part in ("cur", "new"):
            for candidate in (self._path / part).iterdir():
                if _base(candidate.name) == base:
                    self._files[uid] = candidate
                    return candidate
        return None

    def _describe(self, uid: int) -> Arrival | None:
        path, head, received = self._find(uid), self._head(uid, _HEAD_BYTES), self._received(uid)
        if path is None or head is None or received is None:
            return None
        try:
            return Arrival(uid, message_id_of(head), path.stat().st_size, received)
        except FileNotFoundError:
            return None

    def _head(self, uid: int, limit: int) -> bytes | None:
        path = self._find(uid)
        try:
            if path is None:
                return None
            with path.open("rb") as file:
                return file.read(limit)
        except FileNotFoundError:
            return None
        except OSError:
            return b""  # `fetch` says what is wrong; until then the letter has no known Message-ID

    def _received(self, uid: int) -> datetime | None:
        path = self._find(uid)
        try:
            return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path else None
        except FileNotFoundError:
            return None


def _base(name: str) -> str:
    return name.partition(":2,")[0]
