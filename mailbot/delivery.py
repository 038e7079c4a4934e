"""The outbox: sends what is due, tries again what the server puts off, and gives up in the sight of the reviewers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailbot import audit
from mailbot.store.engine import Store
from mailbot.store.outbox_rows import QueuedMail, due_mail, due_mails, update_mail
from mailbot.store.sending_rows import breaker_row
from mailbot.throttling import growing_wait
from mailbot.transport import Delivered, Transport, TransportError


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try: the first wait and the longest one in seconds, and the age at which a mail is given up."""

    retry_seconds: float = 1
    cap_seconds: float = 3600
    give_up_after: timedelta = timedelta(hours=120)

    @property
    def cap(self) -> timedelta:
        """The longest wait."""
        return timedelta(seconds=self.cap_seconds)


class SendingStoppedError(TransportError):
    """The circuit breaker is open: a person must look before anything more is sent."""


@dataclass(slots=True)
class Dispatch:
    """How a delivery went: mails `sent` and `failed` (put off or given up), and why the way out was closed, if so."""

    sent: int = 0
    failed: int = 0
    trouble: TransportError | None = None


def deliver(
    store: Store,
    transport: Transport,
    clock: Callable[[], datetime],
    patience: Patience,
    stopping: Callable[[], bool] = lambda: False,
) -> Dispatch:
    """Send every mail whose turn it is, one after the other; several workers share them, each mail is for one of them.

    A mail is marked as sent after the server took it: killed in between, it is sent once more with the same
    Message-ID. Losing it would be worse. The try itself is noted before: where that cannot be written, nothing leaves.
    """
    dispatch = Dispatch()
    with _shared_out(store) as claimed:
        with store.read() as connection:
            due = due_mails(connection, clock(), patience.cap)
            stopped = breaker_row(connection)
        if stopped is not None:
            dispatch.trouble = SendingStoppedError(
                f"all sending is stopped since {stopped.opened_at:%Y-%m-%d %H:%M} UTC: {stopped.why}: "
                "see mailbot mail list, then mailbot mail resume"
            )
            return dispatch
        try:
            for number in due:
                if stopping():
                    break
                with claimed(number) as mine:
                    if mine:
                        _send_due(store, transport, number, clock, patience, dispatch)
        finally:
            transport.close()
    return dispatch


@contextmanager
def _shared_out(store: Store) -> Iterator[Callable[[int], AbstractContextManager[bool]]]:
    """The right to send: mail by mail where several workers share them, else all at once.

    What is given claims one mail, and tells whether it is this worker's. A row lock would not do: the try must be
    committed before the mail leaves, and a commit ends the row lock.
    """
    if not store.is_shared:
        with store.exclusive("deliver"):
            yield lambda _number: nullcontext(True)
        return

    @contextmanager
    def claimed(number: int) -> Iterator[bool]:
        yield rights.take(f"mail {number}")
        rights.give_back(f"mail {number}")

    with closing(store.rights()) as rights:
        yield claimed


def _send_due(
    store: Store,
    transport: Transport,
    number: int,
    clock: Callable[[], datetime],
    patience: Patience,
    dispatch: Dispatch,
) -> None:
    """Send a mail if it still is to be sent now: another worker may have tried it since."""
    with store.read() as connection:  # one at a time: what is due may be more than memory holds
        mail = due_mail(connection, number, clock(), patience.cap)
    if mail is not None:
        _send(store, transport, mail, clock, patience, dispatch)


def _send(
    store: Store,
    transport: Transport,
    mail: QueuedMail,
    clock: Callable[[], datetime],
    patience: Patience,
    dispatch: Dispatch,
) -> None:
    if dispatch.trouble is not None:  # nothing was learnt about this mail: it stays due
        dispatch.failed += 1
        return
    _note_try(store, mail, clock(), patience)
    try:
        delivered = transport.send(mail)
    except TransportError as error:
        dispatch.trouble = error
        dispatch.failed += 1
        if clock() - mail.created_at < patience.give_up_after:
            with store.begin() as connection:  # no try: it was not the mail's turn that was lost
                update_mail(connection, mail.id, attempts=mail.attempts, next_attempt=clock())
            return
        delivered = Delivered(later=dict.fromkeys(mail.recipients, str(error)))
    with store.begin() as connection:
        _record(connection, mail, delivered, clock(), patience)
    if dispatch.trouble is None:
        if delivered.refused or delivered.later:
            dispatch.failed += 1
        else:
            dispatch.sent += 1


def _note_try(store: Store, mail: QueuedMail, now: datetime, patience: Patience) -> None:
    """Note a try before it is made.

    A full disk must show before the mail leaves: after it, every poll would send the mail again. Where even so only the
    success cannot be noted, the first repetition comes at once, as after a kill, the next ones after growing waits.
    """
    wait = growing_wait(patience.retry_seconds, mail.attempts, patience.cap_seconds) if mail.attempts else timedelta()
    with store.begin() as connection:
        update_mail(connection, mail.id, attempts=mail.attempts + 1, next_attempt=now + wait)


def _record(connection: Connection, mail: QueuedMail, delivered: Delivered, now: datetime, patience: Patience) -> None:
    """What a try changed: served recipients leave the list, refused ones are kept with the server's words."""
    refused = {**mail.refused, **delivered.refused}
    served = [one for one in mail.recipients if one not in delivered.refused and one not in delivered.later]
    waiting = list(delivered.later)
    if waiting and now - mail.created_at >= patience.give_up_after:
        refused, waiting = {**refused, **delivered.later}, []
    attempts = mail.attempts + 1
    values: dict[str, Any] = {"recipients": waiting, "refused": refused, "attempts": attempts}
    words = [*delivered.refused.values(), *delivered.later.values()]
    if words:
        values["last_error"] = "; ".join(dict.fromkeys(words))
    if waiting:
        values["next_attempt"] = now + growing_wait(patience.retry_seconds, attempts, patience.cap_seconds)
    else:
        values |= {"status": "failed" if refused else "sent", "finished_at": now}
    update_mail(connection, mail.id, **values)
    if served:
        _note(connection, "mail:sent", mail, now, {"recipients": served})
    if refused and not waiting:
        _note(connection, "mail:failed", mail, now, {"refused": refused})


def _note(connection: Connection, action: str, mail: QueuedMail, now: datetime, data: dict[str, object]) -> None:
    audit.append(
        connection, at=now, action=action, subject=mail.reference, actor="mailbot",
        data={"kind": mail.kind, "message_id": mail.message_id, **data},
    )  # fmt: skip
