"""`mailbot replay`: which stored letters would be decided differently today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailbot.cli.flags import Moment
from mailbot.cli.output import print_json, print_text, printable

if TYPE_CHECKING:
    from mailbot.replaying import Count, Finding, Replay


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a letter, and the counts as the last one.")
@click.option(
    "--since", type=Moment(), help="Only letters received from this moment on (ISO 8601; UTC without a zone)."
)
@click.option("--all", "show_all", is_flag=True, help="List also the letters whose outcome would stay.")
@click.pass_obj
def replay(config: Path | None, as_json: bool, since: datetime | None, show_all: bool) -> None:
    """Decide the stored letters again under the present wording, rules and registry; change nothing.

    Each is decided as of the day it was received, without regard to flags and earlier letters. Those whose outcome
    would change are listed, with what a person decided beside it.
    """
    from mailbot.app import opened
    from mailbot.replaying import Replayer

    with opened(config, publish=False) as app, app.store.read() as connection:
        replayer = Replayer(connection, app.bare_circumstances(connection))
        for one in replayer.replays(since):
            if show_all or one.changed:
                if as_json:
                    print_json(_object(one))
                else:
                    _print_letter(one)
    if as_json:
        print_json(replayer.count.as_dict())
    else:
        _print_counts(replayer.count)


def _object(one: Replay) -> dict[str, Any]:
    return {
        "id": one.id,
        "received": one.received.isoformat(),
        "sender": one.sender,
        "subject": one.subject,
        "message_id": one.message_id,
        "changed": one.changed,
        "old": _finding_object(one.old),
        "new": _finding_object(one.new),
        "resolution": one.resolution,
        "against_person": one.against_person,
    }


def _finding_object(found: Finding) -> dict[str, Any]:
    return {
        "intent": found.intent,
        "action": found.action,
        "member": found.member,
        "reasons": list(found.reasons),
    }


def _print_letter(one: Replay) -> None:
    head = (
        f"{one.id}  {one.received:%Y-%m-%d %H:%M}  {one.sender or 'no single sender'}  {one.subject or '(no subject)'}"
    )
    print_text(printable(head))
    for line in _findings(one):
        print_text(f"    {printable(line)}")


def _findings(one: Replay) -> Iterator[str]:
    if one.changed:
        yield f"then: {_said(one.old)}"
        yield f"now:  {_said(one.new)}"
    else:
        yield f"as before: {_said(one.new)}"
    if one.resolution is not None:
        done = one.resolution
        member = f" for {done['member']}" if done["member"] else ""
        verdict = ", other than mailbot would now" if one.against_person else ""
        yield f"a person decided: {done['as']}{member} ({done['by']}: {done['reason']}){verdict}"


def _said(found: Finding) -> str:
    why = f" ({', '.join(found.reasons)})" if found.reasons else ""
    return f"{found.action}{why}, {found.intent}, {found.member or 'no member'}"


def _print_counts(count: Count) -> None:
    print_text(
        f"letters decided again: {count.letters}, would change: {count.changed} ({count.to_apply} to apply, "
        f"{count.to_review} to review, {count.to_ignore} to ignore, {count.same_action} in other respects)"
    )
    if count.against_person:
        print_text(f"would now be applied other than a person decided: {count.against_person}")
    if count.left_out:
        print_text(f"left out, since the mailbox never handed them out: {count.left_out}")
