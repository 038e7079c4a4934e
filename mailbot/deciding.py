"""The letters that wait are decided one by one, by as many workers as there are, and recorded in the order they came.

A worker takes the first letter that nobody else has taken, judges it while others do the same, waits for those that
came before it, and then records it alone: letter, flag, audit entries and mails in one transaction with its leaving the
inbox. Killed anywhere, it leaves the letter to the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection, Row

from mailbot.consulting import Consulted
from mailbot.errors import MailbotError
from mailbot.ingest import Arrival
from mailbot.judging import guarded
from mailbot.logs import fault
from mailbot.pipeline import Body, Outcome, judge, record
from mailbot.shelf import note_failure
from mailbot.store import inbox_rows, letter_rows, place_rows, position_rows, shelf_rows
from mailbot.store.engine import Store
from mailbot.store.tables import letters
from mailbot.terms import Action
from mailbot.world import World, circumstances_of

log = structlog.get_logger("mailbot")


@dataclass(slots=True)
class Tally:
    """How many letters were handled, by what became of them."""

    fetched: int = 0
    by_action: dict[Action, int] = field(default_factory=lambda: dict.fromkeys(Action, 0))
    shelved: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one letter."""
        self.fetched += 1
        self.by_action[outcome.action] += 1

    def counts(self) -> dict[str, int]:
        """The counts under the names of the contract (section 3, `poll`)."""
        names = {
            "applied": Action.APPLY,
            "no_change": Action.NO_CHANGE,
            "review": Action.REVIEW,
            "ignored": Action.IGNORE,
        }
        return {"fetched": self.fetched} | {name: self.by_action[action] for name, action in names.items()}


@dataclass(frozen=True)
class Decider:
    """A worker's means: where letters are recorded, what they are decided with, and who watches."""

    store: Store
    world: Callable[[Connection], World]
    clock: Callable[[], datetime]
    report: Callable[[Outcome], None]

    def run(self, tally: Tally, stopping: Callable[[], bool] = lambda: False) -> None:
        """Decide letters until none is left for this worker, counting in `tally`.

        A letter that cannot be recorded is noted on the shelf, and the next one decided; raises MailbotError where the
        database fails.
        """
        while not stopping() and self._anything_waits() and self._decide_first(tally):
            pass

    def _anything_waits(self) -> bool:
        with self.store.read() as connection:
            return inbox_rows.anything_waits(connection)

    def _decide_first(self, tally: Tally) -> bool:
        """Decide the first letter that nobody else has taken; false where there is none."""
        taken: list[Row[object]] = []

        def work() -> Outcome | None:
            with self.store.begin(alone=False) as connection:
                row = inbox_rows.take_first(connection)
                if row is None:
                    return None
                taken.append(row)
                return self._transact(connection, row)

        try:
            outcome = guarded(work, lambda error: self._failed(taken, error, tally, put_aside=True))
        except MailbotError as error:
            self._failed(taken, error, tally, put_aside=False)
            raise
        if outcome is not None:
            tally.add(outcome)
            self.report(outcome)
        return bool(taken)

    def _transact(self, connection: Connection, row: Row[object]) -> Outcome | None:
        """The one transaction of one letter; None where it was handled before, or where another one must be first."""
        now, world = self.clock(), self.world(connection)
        arrival, body = letter_in(row)
        consulted = Consulted(circumstances_of(connection, world, now, body.keys))
        judgement = judge(body, arrival, consulted.circumstances, now)
        if not inbox_rows.wait_for_turn(connection, row.id):
            return None  # a worker was killed or failed on a letter before this one: it is the first again
        self.store.go_alone(connection)
        now, world = self.clock(), self.world(connection)  # later than all that the others have written
        circumstances = circumstances_of(connection, world, now, body.keys)
        if not consulted.holds_in(circumstances):
            judgement = judge(body, arrival, circumstances, now)
        place = (row.mailbox, row.uidvalidity)
        outcome = known = None
        if arrival.arrival_id is None:
            known = letter_rows.known_by_bytes(connection, *place, hashlib.sha256(body.raw).hexdigest())
        if known is not None:
            place_rows.rekey(connection, letters, known, row.uidvalidity, arrival.uid)
        elif not place_rows.is_known(connection, letters, *place, arrival.uid):
            outcome = record(connection, *place, arrival, body, judgement, world, now)
        position_rows.forget_deferred(connection, row.mailbox, arrival.uid)
        shelf_rows.take_down(connection, *place, arrival.uid)
        inbox_rows.take_out(connection, row.id)
        return outcome

    def _failed(self, taken: list[Row[object]], error: Exception, tally: Tally, *, put_aside: bool) -> None:
        """Note on the shelf that a letter could not be recorded; with the last of its tries it stays there.

        A fault and a value that the database refuses are the letter's: it is `put_aside` at once, to be tried again
        behind the others. A database that fails may also be the letter's doing, but more likely is not: so far as it
        can be noted it is, and the letter keeps its place.
        """
        if not taken:
            raise error
        (row,) = taken
        arrival, body = letter_in(row)
        with self.store.begin(alone=False) as connection:
            if not inbox_rows.take(connection, row.id):
                return  # another worker has recorded it meanwhile, or noted the same
            self.store.go_alone(connection)
            shelved = note_failure(
                connection, row.mailbox, row.uidvalidity, arrival, body.raw, fault(error), self.clock()
            )
            if put_aside or shelved:
                inbox_rows.take_out(connection, row.id)
        tally.shelved += shelved
        log.warning("letter shelved" if shelved else "letter failed", uid=arrival.uid, why=fault(error))


def letter_in(row: Row[object]) -> tuple[Arrival, Body]:
    """A letter that waits: how it stands in its mailbox, and what was fetched of it."""
    return Arrival(row.uid, row.arrival_id, row.size, row.received), Body(row.raw, row.whole, row.unusable, row.keys)
