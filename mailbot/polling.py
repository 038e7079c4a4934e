"""One cycle over a mailbox: what is new is fetched into the inbox, decided there, and filed after the commit.

All that waits for the network happens here: deciding a letter waits for nothing but the database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal, TypeVar

import structlog
from sqlalchemy import Row

from mailbot.deciding import Tally
from mailbot.errors import MailbotError
from mailbot.ingest import Arrival, FilingError, Identity, Mailbox, Opened, UnavailableError
from mailbot.judgement import Policy
from mailbot.judging import guarded, header_block, keys_for
from mailbot.keys import KeySource
from mailbot.logs import fault
from mailbot.pipeline import Body
from mailbot.shelf import note_failure
from mailbot.store import inbox_rows, letter_rows, place_rows, position_rows, shelf_rows
from mailbot.store.engine import Store
from mailbot.store.position_rows import Position
from mailbot.store.shelf_rows import ShelfState
from mailbot.store.tables import inbox, letters, shelf

T = TypeVar("T")

Start = Literal["now", "recent", "all"] | date

RECENT = timedelta(days=7)
FETCH_ATTEMPTS = 5
_BATCH = 50
# What Exchange hands out in place of a letter it could not convert
_SUBSTITUTE = re.compile(rb"^subject:[ \t]*retrieval using the imap4? ?protocol failed", re.IGNORECASE | re.MULTILINE)

# where a letter may have been recorded
_RECORDS = (letters, shelf, inbox)

log = structlog.get_logger("mailbot")


@dataclass(frozen=True)
class Poll:
    """One cycle's means: where letters come from, where they are recorded, and who watches."""

    store: Store
    mailbox: Mailbox
    start: Start
    filing: bool
    policy: Policy
    clock: Callable[[], datetime]
    keys: KeySource
    decide: Callable[[], None]
    stopping: Callable[[], bool] = lambda: False

    def run(self, tally: Tally) -> None:
        """Handle all that is new; raises MailbotError where the mailbox fails, nothing lost.

        What has failed before comes behind what is new: a letter on which the server cuts the connection must not keep
        the others waiting. `tally` counts what was shelved.
        """
        self.decide()  # what a mailbot left that was stopped
        try:
            opened = self.mailbox.open()
            position = self._settle(opened)
            failed, deferred = self._failed_before(position)
            for batch in _batches(self._new_uids(position), _BATCH):
                if self.stopping():
                    break
                self._collect_batch(position, batch, tally)
                self._decide_and_file(position)
            if not self.stopping():
                self._close_backlog(position)
            self._retry(position, failed, deferred, tally)
            self._decide_and_file(position)
        finally:
            self.mailbox.close()

    def _decide_and_file(self, position: Position) -> None:
        self.decide()
        if self.filing:
            self._file(position)

    def _settle(self, opened: Opened) -> Position:
        """The position to go on from, recorded where the mailbox is new or has been renumbered."""
        with self.store.read() as connection:
            known = position_rows.load_position(connection, self.mailbox.name)
        position = next_position(known, self.mailbox.name, opened, self.start, self.clock())
        if position != known:
            with self.store.begin() as connection:
                position_rows.save_position(connection, position)
        return position

    def _new_uids(self, position: Position) -> Iterator[int]:
        """The UIDs to look at: the backlog from its start date on, then everything."""
        first = position.last_uid + 1
        if first < position.backlog_until:
            yield from self.mailbox.uids(first, position.backlog_until, position.since)
        yield from self.mailbox.uids(max(first, position.backlog_until))

    def _close_backlog(self, position: Position) -> None:
        """Nothing old is left to be read: the next poll need not have the server search years of mail again."""
        if position.last_uid < position.backlog_until - 1:
            with self.store.begin() as connection:
                position_rows.advance(connection, position.mailbox, position.backlog_until - 1)

    def _collect_batch(self, position: Position, batch: Sequence[int], tally: Tally) -> None:
        arrivals = self.mailbox.describe(batch)
        done = position.last_uid
        for uid in batch:
            if self.stopping():
                break
            arrival = arrivals.get(uid)
            if arrival is not None and _wanted(arrival, position) and not self._is_known(position, arrival):
                self._collect(position, arrival, tally)
            done = uid
        with self.store.begin() as connection:
            position_rows.advance(connection, position.mailbox, done)

    def _is_known(self, position: Position, arrival: Arrival) -> bool:
        """Whether the letter was seen before, here or under an earlier numbering of the mailbox."""
        place = (position.mailbox, position.uidvalidity)
        with self.store.read() as connection:
            if any(place_rows.is_known(connection, table, *place, arrival.uid) for table in _RECORDS):
                return True
            if arrival.arrival_id is None:
                return False
            found = [
                (
                    table,
                    place_rows.known_elsewhere(
                        connection, table, *place, arrival.arrival_id, arrival.size, arrival.received
                    ),
                )
                for table in _RECORDS
            ]
        for table, number in found:
            if number is not None:
                # what waits may be in the hands of a worker that in its turn waits to be the one that writes
                with self.store.begin(alone=table is not inbox) as connection:
                    place_rows.rekey(connection, table, number, position.uidvalidity, arrival.uid)
                return True
        return False

    def _collect(self, position: Position, arrival: Arrival, tally: Tally) -> None:
        """Fetch one letter into the inbox. One that cannot be fetched properly is put off, not decided on."""
        body = self._attempted(position, arrival, None, lambda: self._fetch(position, arrival), tally)
        if body is not None:
            self._put_in(position, arrival, body, tally)

    def _put_in(self, position: Position, arrival: Arrival, body: Body, tally: Tally) -> None:
        def work() -> None:
            readable = body.whole and body.unusable is None
            keys = self.keys.fetch(keys_for(body.raw, self.policy)) if readable else {}
            waiting = {
                "mailbox": position.mailbox,
                "uidvalidity": position.uidvalidity,
                "uid": arrival.uid,
                "arrival_id": arrival.arrival_id,
                "size": arrival.size,
                "received": arrival.received,
                "raw": body.raw,
                "whole": body.whole,
                "unusable": body.unusable,
                "keys": dict(keys),
            }
            with self.store.begin() as connection:
                inbox_rows.put_in(connection, waiting)
                position_rows.advance(connection, position.mailbox, arrival.uid)

        self._attempted(position, arrival, body.raw, work, tally)

    def _fetch(self, position: Position, arrival: Arrival) -> Body | None:
        """What there is of a letter to decide on; None where it is gone, or put off."""
        try:
            body = fetch_body(self.mailbox, arrival, self.policy.max_message_bytes)
        except UnavailableError as error:
            body = Body(b"", unusable=str(error))
        if body is None:
            self._forget(position, arrival.uid)
        elif body.unusable is not None and self._put_off(position, arrival, body.unusable):
            return None
        return body

    def _attempted(
        self, position: Position, arrival: Arrival, raw: bytes | None, work: Callable[[], T | None], tally: Tally
    ) -> T | None:
        """Do `work` for one letter; where it fails, note that, so that the letter is tried again and then shelved.

        A fault and a value that the database refuses are the letter's, and the poll goes on. A mailbox or a database
        that fails ends the poll, but may also be the letter's doing: it is noted too, as far as the database allows.
        """
        try:
            return guarded(work, lambda error: self._note_failure(position, arrival, raw, error, tally))
        except MailbotError as error:
            self._note_failure(position, arrival, raw, error, tally)
            raise

    def _note_failure(
        self, position: Position, arrival: Arrival, raw: bytes | None, error: Exception, tally: Tally
    ) -> None:
        def note(held: bytes | None) -> bool:
            with self.store.begin() as connection:
                place = (position.mailbox, position.uidvalidity)
                shelved = note_failure(connection, *place, arrival, held, fault(error), self.clock())
                position_rows.advance(connection, position.mailbox, arrival.uid)
            return shelved

        # bytes that the database refuses are only in the mailbox
        shelved = guarded(lambda: note(raw), lambda _refused: note(None))
        tally.shelved += shelved
        log.warning("letter shelved" if shelved else "letter failed", uid=arrival.uid, why=fault(error))

    def _put_off(self, position: Position, arrival: Arrival, why: str) -> bool:
        """Whether to fetch a letter again with the next polls; one that never comes is for a person."""
        with self.store.begin() as connection:
            attempts = position_rows.defer(connection, position.mailbox, position.uidvalidity, arrival.uid)
            position_rows.advance(connection, position.mailbox, arrival.uid)
        if attempts < FETCH_ATTEMPTS:
            log.warning("letter put off", uid=arrival.uid, attempts=attempts, why=why)
        return attempts < FETCH_ATTEMPTS

    def _failed_before(self, position: Position) -> tuple[dict[int, Row[Any]], list[int]]:
        """The letters that could not be handled, or fetched, and are to be tried again, by their UIDs."""
        place = (position.mailbox, position.uidvalidity)
        with self.store.read() as connection:
            failed = {row.uid: row for row in shelf_rows.to_be_tried(connection, *place)}
            return failed, position_rows.deferred(connection, *place)

    def _retry(self, position: Position, failed: Mapping[int, Row[Any]], deferred: list[int], tally: Tally) -> None:
        uids = sorted({*failed, *deferred})
        arrivals = self.mailbox.describe(uids) if uids else {}
        for uid in uids:
            if self.stopping():
                return
            row = failed.get(uid)
            if row is not None and (row.state == ShelfState.HANDING_OVER or uid not in arrivals):
                self._collect_shelved(position, row, tally)
            elif uid in arrivals:
                self._collect(position, arrivals[uid], tally)
            else:
                self._forget(position, uid)

    def _collect_shelved(self, position: Position, row: Row[Any], tally: Tally) -> None:
        """A letter without its mailbox: to be handed over unread, or moved away by a person after it failed."""
        arrival = Arrival(row.uid, row.arrival_id, row.size, row.received)
        if row.state == ShelfState.HANDING_OVER:
            why = f"mailbot failed to handle it {row.tries} times: {row.error}"
            self._put_in(position, arrival, Body(row.raw or b"", unusable=why), tally)
        elif row.raw is None:
            self._forget(position, row.uid)
        else:
            self._put_in(position, arrival, bounded(row.raw, arrival.size, self.policy.max_message_bytes), tally)

    def _forget(self, position: Position, uid: int) -> None:
        """A person has moved or deleted the letter before it could be read."""
        with self.store.begin() as connection:
            position_rows.forget_deferred(connection, position.mailbox, uid)
            shelf_rows.take_down(connection, position.mailbox, position.uidvalidity, uid)

    def _file(self, position: Position) -> None:
        """File what has been decided and still stands where it arrived, of this cycle or of one that was killed."""
        with self.store.read() as connection:
            waiting = letter_rows.unfiled(connection, position.mailbox, position.uidvalidity)
        by_folder: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in waiting:
            by_folder[row.file_to].append(row)
        for folder, rows in by_folder.items():
            for some in _batches(iter(rows), _BATCH):
                if self.stopping():
                    return
                try:
                    self.mailbox.file([Identity(row.uid, row.arrival_id, row.size) for row in some], folder)
                except FilingError as error:
                    log.warning("letters not filed", why=str(error))
                    return
                with self.store.begin() as connection:
                    letter_rows.mark_filed(connection, [row.id for row in some], self.clock())


def next_position(known: Position | None, mailbox: str, opened: Opened, start: Start, now: datetime) -> Position:
    """Where to go on: the known position, or the start of a first contact, or of reading a renumbered mailbox anew.

    After a renumbering the letters since the start date are looked at again, and those already handled are recognised
    by Message-ID, size and date of arrival.
    """
    if known is not None and known.uidvalidity == opened.uidvalidity:
        return known
    first_contact = now if known is None else known.started_at
    match start:
        case "now":
            since: datetime | None = first_contact.replace(microsecond=0)  # INTERNALDATE knows whole seconds
        case "recent":
            since = first_contact - RECENT
        case "all":
            since = None
        case date():
            since = datetime.combine(start, time(), UTC)
    last_uid = opened.uid_next - 1 if start == "now" and known is None else 0
    return Position(mailbox, opened.uidvalidity, last_uid, since, opened.uid_next, first_contact)


def fetch_body(mailbox: Mailbox, arrival: Arrival, limit: int) -> Body | None:
    """The letter, or the headers of one over `limit` bytes; None where it is gone. A substitute is marked unusable."""
    if arrival.size > limit:
        header = mailbox.fetch_header(arrival.uid)
        return None if header is None else Body(header, whole=False)
    raw = mailbox.fetch(arrival.uid)
    if raw is None:
        return None
    if is_substitute(raw):
        return Body(raw, unusable="the server handed out a substitute instead of the letter: open it in the mailbox")
    # what a server says of a letter's size is not always true
    return bounded(raw, len(raw), limit)


def bounded(raw: bytes, size: int, limit: int) -> Body:
    """A letter of `size` bytes, of which `raw` is held: only its headers where it is over `limit` (rule 10)."""
    return Body(raw) if size <= limit else Body(header_block(raw), whole=False)


def is_substitute(raw: bytes) -> bool:
    """Whether the server has put a notice of its own in place of a letter it could not hand out."""
    return bool(_SUBSTITUTE.search(header_block(raw)))


def _wanted(arrival: Arrival, position: Position) -> bool:
    in_backlog = arrival.uid < position.backlog_until
    return not in_backlog or position.since is None or arrival.received >= position.since


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
