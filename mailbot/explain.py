"""The page on one letter that a clerk can follow: the decision, the letter's words, what held, what was missing.

Pure: it says what to print, in pieces (`mailbot.page`); nothing here reads, cleans or prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailbot.excerpt import Readable, excerpt, place_of
from mailbot.facts import Facts, listed, moment
from mailbot.flags import FlagState, StudyPeriod
from mailbot.judgement import Circumstances, Decision, Judgement
from mailbot.page import BLANK, Line, Piece, Tone
from mailbot.terms import Action, Duration, Intent, Reason, Standing, Verdict
from mailbot.zones import Zone

_SHOWN, _SHOWN_OF_IGNORED = 60, 12  # lines of the body that are not decisive
_REVEALED = {
    Reason.HIDDEN_TEXT: {Zone.HIDDEN},
    Reason.FORWARDED_REQUEST: {Zone.QUOTED, Zone.FORWARDED},
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a letter was decided under: the world, the study period, the default, the day received and now (UTC)."""

    circumstances: Circumstances
    period: StudyPeriod
    default_duration: Duration
    received: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it held (None: it did not come to that), and what was found."""

    name: str
    held: bool | None
    found: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one letter is decided as it is: what a page on it says, not yet how.

    `why` has a sentence for each reason; without reasons `headline` says what the letter does to the flag. `warning`
    is what a poll would do otherwise. `words` are the letter's own, the decisive ones marked.
    """

    decision: Decision
    sender: str
    subject: str
    written: datetime
    received: datetime
    headline: str
    tone: Tone
    why: tuple[tuple[Reason, str], ...]
    warning: str | None
    words: tuple[Line, ...]
    checks: tuple[Check, ...]
    remedies: tuple[str, ...]


def explanation(judgement: Judgement, texts: Readable, setting: Setting) -> Explanation:
    """Why one letter is decided as it is; `texts` are those of the very bytes that were judged."""
    facts = Facts(judgement, setting.circumstances, setting.received)
    decision = judgement.decision
    ignored = decision.action is Action.IGNORE
    reveal = frozenset(zone for reason in decision.reasons for zone in _REVEALED.get(reason, ()))
    headline, tone = _headline(facts, setting)
    address = decision.sender.address
    sender = f"{judgement.sender_name} <{address}>" if address else f"{judgement.sender_name} (not one address)"
    return Explanation(
        decision=decision,
        sender=sender.strip(),
        subject=judgement.subject,
        written=judgement.date,
        received=facts.received,
        headline=headline,
        tone=tone,
        why=tuple((reason, facts.why(reason)) for reason in decision.reasons),
        warning=None if decision.reasons else _warning(facts, setting),
        words=tuple(excerpt(texts, decision.evidence, most=_SHOWN_OF_IGNORED if ignored else _SHOWN, reveal=reveal)),
        checks=() if ignored else checks(facts, setting),
        remedies=tuple(dict.fromkeys(facts.remedy(reason) for reason in decision.reasons)),
    )


def explain(file: str, judgement: Judgement, texts: Readable, setting: Setting) -> tuple[Line, ...]:
    """The page on one letter; `texts` are those of the very bytes that were judged."""
    return page_on(file, explanation(judgement, texts, setting))


def page_on(file: str, found: Explanation) -> tuple[Line, ...]:
    """An explanation as a page for a terminal."""
    return (
        *_heading(file, found),
        BLANK,
        *_decided(found),
        BLANK,
        *found.words,
        *((BLANK, *_checked(found.checks)) if found.checks else ()),
        *_remedies(found),
    )


def _heading(file: str, found: Explanation) -> Iterator[Line]:
    yield Line.of(file, Tone.HEADING)
    yield _row("from", found.sender)
    yield _row("subject", found.subject or "(none)")
    yield _row("date", f"{moment(found.written)}, received {moment(found.received)}")


def _row(name: str, text: str) -> Line:
    return Line((Piece(f"{name:8} ", Tone.NOTE), Piece(text)), "  ", " " * 11)


def _headline(facts: Facts, setting: Setting) -> tuple[str, Tone]:
    """The decision in plain words."""
    match facts.decision.action:
        case Action.REVIEW:
            return "This letter goes to a person, because", Tone.BAD
        case Action.IGNORE:
            return "This letter is left alone, because", Tone.HEADING
        case _:
            return _effect(facts, setting), Tone.GOOD


def _warning(facts: Facts, setting: Setting) -> str | None:
    held = facts.decision.duration or setting.default_duration
    if facts.decision.intent is Intent.OPT_IN and held is Duration.STUDY_PERIOD and setting.period.ends <= setting.now:
        return f"But {_period(setting)} is over: a poll would hand the letter to a person."
    return None


def _decided(found: Explanation) -> Iterator[Line]:
    """The decision with one sentence for each reason."""
    yield Line.of(found.headline, found.tone)
    for reason, why in found.why:
        yield Line((Piece(why), Piece(f" [{reason}]", Tone.NOTE)), "  - ", "    ")
    if found.warning is not None:
        yield Line.of(found.warning, Tone.BAD)


def _effect(facts: Facts, setting: Setting) -> str:
    """What the letter does to the flag."""
    decision = facts.decision
    whose = _possessive(facts.member)
    if decision.action is Action.APPLY and decision.intent is Intent.OPT_IN:
        return f"This letter would set {whose} flag to opted in, {_until(decision.duration, setting)}."
    if decision.action is Action.APPLY:
        return f"This letter would set {whose} flag to opted out, from now on."
    flag = setting.circumstances.flag_of(decision.member.code) if decision.member else None
    if flag is None:
        return f"This letter changes nothing: {facts.member} never opted in, so it already stands as opted out."
    state = "opted in" if flag.state is FlagState.OPTED_IN else "opted out"
    return f"This letter changes nothing: {facts.member} already stands as {state} ({flag.reference})."


def _until(duration: Duration | None, setting: Setting) -> str:
    if (duration or setting.default_duration) is Duration.UNTIL_FURTHER_NOTICE:
        return "until further notice"
    last_day = setting.period.ends.astimezone(UTC) - timedelta(microseconds=1)
    return f"until the end of {_period(setting)} ({last_day:%Y-%m-%d})"


def _period(setting: Setting) -> str:
    return f"the study period {setting.period.name}"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def checks(facts: Facts, setting: Setting) -> tuple[Check, ...]:
    """What was looked at, in the contract's order."""
    return (
        _intent(facts),
        _duration(facts, setting),
        _member(facts),
        _sender(facts),
        _authentication(facts),
        *_form(facts),
        _order(facts),
    )


_WISHES = {Intent.OPT_IN: "a wish to opt in", Intent.OPT_OUT: "a wish to opt out"}
_WORDS = frozenset(
    {
        Reason.FORWARDED_REQUEST, Reason.HIDDEN_TEXT, Reason.ATTACHMENT_UNREADABLE, Reason.TEMPLATE_NOT_FILLED,
        Reason.CONFLICTING_INTENT, Reason.NEGATED_INTENT, Reason.QUALIFIED_REQUEST, Reason.OTHER_CIRCULAR,
        Reason.UNCLEAR_INTENT,
    }
)  # fmt: skip


def _intent(facts: Facts) -> Check:
    decision = facts.decision
    doubts = [reason for reason in decision.reasons if reason in _WORDS]
    found = _WISHES.get(decision.intent, "no single clear wish") + facts.quoted("intent")
    if doubts:
        found += f"{', but' if decision.intent.is_wish else ''}: {', '.join(doubts)}"
    return Check("intent", decision.intent.is_wish and not doubts, found)


def _duration(facts: Facts, setting: Setting) -> Check:
    decision = facts.decision
    if decision.intent is not Intent.OPT_IN:
        return Check("duration", None, "only an opt-in has one")
    if decision.duration is None:
        return Check("duration", True, f"no single one named: the default, {_until(None, setting)}")
    return Check("duration", True, _until(decision.duration, setting) + facts.quoted("duration"))


def _member(facts: Facts) -> Check:
    decision = facts.decision
    named = decision.member
    if named is None:
        asked = decision.intent.is_wish
        return Check("member", False if asked else None, f"no single member is named{facts.quoted('member')}")
    where = listed(dict.fromkeys(place_of(e.part) for e in decision.evidence if e.field == "member"))
    found = f"{named.name} [{named.code}], score {named.score:g} of 100, named in the {where}{facts.quoted('member')}"
    return Check("member", True, found)


def _sender(facts: Facts) -> Check:
    sender = facts.decision.sender
    named = facts.decision.member
    if sender.address is None:
        return Check("sender", False, "no single address in From")
    if sender.standing is Standing.UNKNOWN:
        return Check("sender", False, f"{sender.address} is not in the registry")
    sector = f" for Sector {facts.sector}" if sender.standing in (Standing.DESIGNATED, Standing.EXPIRED) else ""
    found = f"{sender.address} is {facts.role} of {facts.held}{sector} on {facts.received:%Y-%m-%d}"
    if named is not None and named.code not in sender.members:
        found += f", not of {named.name}"
    holds = sender.standing is Standing.DESIGNATED and (named is None or named.code in sender.members)
    return Check("sender", holds, found)


_VERDICTS = {
    Verdict.PASS: "the letter comes from the domain in From",
    Verdict.FAIL: "the letter does not come from the domain in From",
    Verdict.NONE: "nothing proves where the letter comes from",
}


def _authentication(facts: Facts) -> Check:
    decision = facts.decision
    verdict = decision.authentication
    headers = facts.quoted("authentication") or " (no header of a trusted server)"
    accepted = verdict is Verdict.NONE and not facts.circumstances.policy.authentication_required
    found = _VERDICTS[verdict] + headers + (", which the configuration accepts" if accepted else "")
    return Check("authentication", verdict is Verdict.PASS or accepted, found)


def _form(facts: Facts) -> Iterator[Check]:
    """Only where the form is a problem: a letter that can be read needs no line for it."""
    broken = [
        reason
        for reason in facts.decision.reasons
        if reason in (Reason.ENCRYPTED, Reason.TOO_LARGE, Reason.MALFORMED_MESSAGE)
    ]
    if broken:
        yield Check("form", False, listed(facts.why(reason) for reason in broken))


def _order(facts: Facts) -> Check:
    decision = facts.decision
    flag = facts.circumstances.flag_of(decision.member.code) if decision.member else None
    if decision.member is None:
        return Check("order", None, "it did not come to that: no member")
    if flag is None:
        return Check("order", True, f"{facts.member} never had a flag that an older letter could undo")
    late = Reason.OUT_OF_ORDER in decision.reasons
    than = "before" if late else "not before"
    stands = f"the flag stands on {flag.reference}, of {moment(flag.basis)}"
    return Check("order", not late, f"written {moment(facts.judgement.date)}, {than} what {stands}")


_SIGNS = {True: ("✓", Tone.GOOD), False: ("✗", Tone.BAD), None: ("·", Tone.NOTE)}


def _checked(found: tuple[Check, ...]) -> Iterator[Line]:
    yield Line.of("What was looked at", Tone.HEADING)
    for check in found:
        sign, tone = _SIGNS[check.held]
        yield Line((Piece(sign, tone), Piece(f" {check.name:14} "), Piece(check.found)), "  ", " " * 19)


def _remedies(found: Explanation) -> Iterator[Line]:
    """What the letter or the registry would need, for each reason once."""
    if found.remedies:
        yield BLANK
        yield Line.of("What would have made the difference", Tone.HEADING)
    for remedy in found.remedies:
        yield Line.of(remedy, indent="  - ", hang="    ")
