"""`mailbot poll` and `mailbot run`: one cycle, and cycles until stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.output import print_json, print_text, printable

if TYPE_CHECKING:
    from mailbot.deciding import Tally
    from mailbot.delivery import Dispatch
    from mailbot.pipeline import Outcome


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the counts.")
@click.pass_obj
def poll(config: Path | None, as_json: bool) -> None:
    """One cycle: fetch what is new, decide, apply, deliver what is due."""
    from mailbot.app import opened
    from mailbot.deciding import Tally
    from mailbot.errors import MailbotError

    trouble: MailbotError | None = None
    tally = Tally()
    with opened(config) as app, app.store.at_work():
        app.check()
        try:
            app.poll((lambda _: None) if as_json else _print_outcome, tally=tally)
        except MailbotError as error:
            trouble = error  # what is due is sent all the same
        dispatch = app.deliver()
    _print_counts(tally, dispatch, as_json)
    trouble = trouble or dispatch.trouble
    if trouble is not None:
        raise trouble


@click.command()
@click.pass_obj
def run(config: Path | None) -> None:
    """Poll, deliver and keep the flags until stopped; SIGTERM finishes the letter in hand.

    With [web] enabled the review console is served beside it.
    """
    import threading
    from contextlib import nullcontext

    from mailbot import schedule
    from mailbot.app import opened
    from mailbot.cli.web import console

    stop = threading.Event()
    schedule.stop_on_signals(stop)
    with opened(config) as app, app.store.at_work():
        app.check()
        with console(app) if app.settings.web.enabled else nullcontext():
            schedule.run(app, stop)


def _print_outcome(outcome: Outcome) -> None:
    """Who, what, and why; of an ignored letter nothing but its Message-ID, for it is none of our business."""
    why = f" ({', '.join(outcome.reasons)})" if outcome.reasons else ""
    if outcome.reference is None:
        print_text(f"{outcome.action}{why}: {printable(outcome.message_id or 'a letter without Message-ID')}")
        return
    print_text(
        f"{outcome.action}{why}: {outcome.reference} {outcome.intent}, {printable(outcome.member or 'no member')}; "
        f"from {printable(outcome.sender or 'nobody')}: {printable(outcome.subject)}"
    )


def _print_counts(tally: Tally, dispatch: Dispatch, as_json: bool) -> None:
    counts = tally.counts() | {"sent": dispatch.sent, "failed": dispatch.failed}
    if as_json:
        print_json(counts)
    else:
        print_text(", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items()))
