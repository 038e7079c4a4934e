"""One letter's story from its arrival to its confirmation, in plain words, as the audit log and the letter tell it.

Pure: it says what to print, in pieces (`mailbot.page`), from the letter's details and the entries that concern it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mailbot.excerpt import place_of
from mailbot.facts import moment
from mailbot.page import BLANK, Line, Piece, Tone
from mailbot.terms import Verdict

if TYPE_CHECKING:
    from mailbot.audit import Entry

_STANDINGS = {
    "designated": "a designated focal point",
    "expired": "a designated focal point outside its dates",
    "other_sector": "a designated focal point for another Sector",
    "ties": "a TIES focal point only",
    "unknown": "not in the registry",
}
_VERDICTS: dict[str, str] = {
    Verdict.PASS: "it comes from the domain in From",
    Verdict.FAIL: "it does not come from the domain in From",
    Verdict.NONE: "nothing proves where it comes from",
}
_ACTIONS = {
    "apply": "the flag is set as the letter wishes",
    "no_change": "the flag stands already as the letter wishes, and is confirmed",
    "review": "a person must decide",
}
_FIELDS = {"intent": "the wish", "member": "the member", "duration": "for how long", "authentication": "its origin"}
_CAUSES = {
    "letter": "as the letter wishes",
    "review": "as a person decided",
    "lapse": "its study period has ended",
    "study_period_moved": "the end of its study period was moved",
}


def story(letter: Mapping[str, Any], entries: Sequence[Entry], doubt: str | None = None) -> tuple[Line, ...]:
    """The page on one letter: `letter` are its details, `entries` those that concern it, oldest first.

    `doubt` says how the letter in the database differs from what the entries tell.
    """
    return (
        *(() if doubt is None else (Line.of(f"Do not trust this page: {doubt}.", Tone.BAD), BLANK)),
        *_letter(letter),
        BLANK,
        *_words(letter["evidence"]),
        BLANK,
        *_held(letter),
        BLANK,
        Line.of("What happened", Tone.HEADING),
        *(line for entry in entries for line in _event(entry)),
    )


def _letter(letter: Mapping[str, Any]) -> Iterator[Line]:
    yield Line.of(f"Letter {letter['reference']}", Tone.HEADING)
    yield _row("from", letter["sender"] or "(no single address)")
    yield _row("subject", letter["subject"] or "(none)")
    yield _row("Message-ID", letter["message_id"] or "(none)")
    yield _row("received", _moment(letter["received"]))
    yield _row("SHA-256", letter["sha256"])


def _words(evidence: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """The decisive words, each with what it speaks for and where it stands."""
    yield Line.of("What it said", Tone.HEADING)
    for one in evidence:
        name = _FIELDS.get(one["field"], _plain(one["field"]))
        yield _row(name, f"“{' '.join(str(one['text']).split())}” ({place_of(one['part'])})")
    if not evidence:
        yield Line.of("no words of it are kept", Tone.NOTE, indent="  ")


def _held(letter: Mapping[str, Any]) -> Iterator[Line]:
    """What was concluded from it, and under what doubts."""
    yield Line.of("What held when it was decided", Tone.HEADING)
    yield _row("wish", _plain(letter["intent"]) + (f", {_plain(letter['duration'])}" if letter["duration"] else ""))
    yield _row("member", letter["member"] or "none")
    yield _row("sender", _STANDINGS.get(letter["standing"], "unknown"))
    yield _row("origin", _VERDICTS.get(letter["authentication"], "unknown"))
    yield _row("so", _ACTIONS.get(letter["action"], _plain(letter["action"])))
    for reason in letter["reasons"]:
        yield _row("because", _plain(reason))


def _event(entry: Entry) -> Iterator[Line]:
    """One entry as a sentence."""
    head = Piece(f"{_moment(entry['at'])}  ", Tone.NOTE)
    yield Line((head, Piece(sentence(entry)), Piece(f" [{entry['seq']}]", Tone.NOTE)), "  ", " " * 24)


def sentence(entry: Entry) -> str:
    """One entry in plain words; of one that does not hold what its action says, only who did what."""
    try:
        return _sentence(entry["action"], entry["subject"], entry["actor"], entry["data"])
    except (KeyError, TypeError, AttributeError, ValueError):  # somebody altered it: `verify` names the entry
        return _action(entry["action"], entry["subject"], entry["actor"])


def _sentence(action: str, subject: str, actor: str, data: Mapping[str, Any]) -> str:
    match action.split(":"):
        case ["letter", done]:
            return _letter_event(done, subject, actor, data)
        case ["mail", done]:
            return _mail_event(done, actor, data)
        case ["review", "proposed"]:
            return f"{actor} proposed {_decision(data)}: {data['reason']}. It takes two, for {data['against']}."
        case ["review", "resolved"]:
            second = f", as {data['proposed_by']} had proposed" if data.get("proposed_by") else ""
            return f"{actor} decided {_decision(data)}{second}: {data['reason']}."
        case ["flag", "changed"]:
            return _change(data, subject)
        case ["review", "asked"]:
            return f"{actor} asked the sender what was meant."
        case ["review", "claimed"]:
            return f"{actor} took the letter to decide it."
        case ["review", "released"]:
            return f"{actor} let others decide the letter."
        case ["session", done]:
            return f"{actor} signed in." if done == "begun" else f"{actor} signed out."
        case ["sign_in", "failed"]:
            return f"Somebody could not sign in as {subject}."
        case ["user", done]:
            return _user_event(done, subject, actor, data)
        case ["token", done]:
            return f"{actor} {_plain(done)} the token {subject}."
        case ["question", "closed"]:
            return f"The question to the sender is closed: {_plain(data['state'])}."
        case ["study_period", "set"]:
            return f"The study period {subject} was set to end on {data['ends'][:10]}."
        case ["registry", "imported"]:
            return f"{actor} imported the registry from {subject}."
        case ["settings", "in_force"]:
            return f"New settings or rules came into force: {subject}."
        case ["audit", "checkpoint"]:
            return f"The log was signed up to entry {data['seq']} with the key {subject}."
        case ["mailbot", done]:
            return f"mailbot was {_plain(done)} on {subject}."
        case ["address", "forgotten"]:
            return f"{actor} had what is held about a person erased."
        case ["letters", "purged"]:
            return "Letters that had been kept long enough were erased."
        case _:
            return _action(action, subject, actor)


def _action(action: str, subject: str, actor: str) -> str:
    return f"{_plain(str(action)).replace(':', ' ')}: {subject} ({actor})."


def _user_event(done: str, subject: str, actor: str, data: Mapping[str, Any]) -> str:
    match done:
        case "added":
            return f"{actor} added {subject} as {data['role']}."
        case "role_changed":
            return f"{actor} made {subject} {data['role']}, who was {data['before']}."
        case "password_set":
            return f"{subject} chose a password."
        case "password_refused":
            return f"A new password for {subject} was refused: the present one was wrong."
        case "reset":
            return f"{actor} took the password of {subject} away."
        case "enabled" | "disabled":
            return f"{actor} {done} {subject}."
        case _:
            raise ValueError(done)


def _letter_event(done: str, subject: str, actor: str, data: Mapping[str, Any]) -> str:
    match done:
        case "received":
            return f"The letter arrived in {data['mailbox']} ({data['size']} bytes)."
        case "decided":
            rules = f" under the rules {data['rules']}" if "rules" in data else ""  # schema 1 did not note them
            return f"mailbot decided{rules}: {_ACTIONS.get(data['action'], data['action'])}."
        case "retried":
            return (
                f"{actor} had the letter {subject} {'handed to a person unread' if data['unread'] else 'tried again'}."
            )
        case _:
            return f"The letter {subject} was {_plain(done)}."


def _mail_event(done: str, actor: str, data: Mapping[str, Any]) -> str:
    match done:
        case "queued":
            return f"The {_plain(data['kind'])} {data['message_id']} was written to {_list(data['recipients'])}."
        case "sent":
            recipients = _list(data["recipients"])
            return f"The mail server took the {_plain(data['kind'])} {data['message_id']} for {recipients}."
        case "failed":
            return f"The {_plain(data['kind'])} {data['message_id']} was refused for {_list(data['refused'])}."
        case "bounced":
            return f"The {_plain(data['kind'])} {data['message_id']} came back: {data['words']}."
        case "withheld":
            return f"The sender got no mail: {data['why']}."
        case "stopped":
            return f"All sending was stopped: {data['why']}."
        case "resumed":
            return f"{actor} let mail be sent again."
        case "released":
            return f"{actor} let the mail {data['message_id']} go that was withheld."
        case "retried":
            return f"{actor} had the mail {data['message_id']} sent again."
        case _:
            raise ValueError(done)


def _change(data: Mapping[str, Any], code: str) -> str:
    held = f" for the study period {data['study_period']}" if data["study_period"] else ""
    held = held or (" until further notice" if data["state"] == "opted_in" else "")
    became = f"became {_plain(data['state'])}{held}, {_CAUSES.get(data['cause'], _plain(data['cause']))}"
    if "before" not in data:  # schema 1 noted less
        return f"The flag of {code} {became}."
    before = _plain(data["before"]) if data["before"] else "never set, so opted out"
    return f"The flag of {data['member_name']} ({code}) was {before}; it {became}."


def _decision(data: Mapping[str, Any]) -> str:
    return f"{_plain(data['as'])} for {data['member']}" if data["member"] else "to reject it"


def _list(addresses: Sequence[str] | Mapping[str, str]) -> str:
    return ", ".join(addresses) or "nobody"


def _plain(word: str | None) -> str:
    """A word of the contract as a sentence says it."""
    return (word or "none").replace("_", " ")


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _row(name: str, text: str) -> Line:
    return Line((Piece(f"{name:14} ", Tone.NOTE), Piece(text)), "  ", " " * 17)
