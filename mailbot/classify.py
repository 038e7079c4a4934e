"""From a letter's words to what it asks: intent, duration, language, and the reasons where that stays doubtful.

One mechanism for all languages: the sentences of the sender's own words are read as frames (`mailbot.frames`), and a
small ordered table of rules says what the frames amount to (contract rules 3 to 6). The words are data
(`config/wording/`). Whatever is about the procedure but not plainly one wish goes to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailbot.account import Account, only_thanks, read_account, touches
from mailbot.clauses import Sentence, sentences, years_of
from mailbot.documents import Document, Kind
from mailbot.folding import turned_round
from mailbot.language import language_of
from mailbot.letter import Letter
from mailbot.quoting import mark
from mailbot.statement import Statement, not_ready, state
from mailbot.terms import Duration, Evidence, Intent, Reason
from mailbot.wording import ACTS, Concept, Wording
from mailbot.zones import OTHERS_WORDS, OWN_WORDS, Text, Zone

_OWN_AND_HIDDEN = frozenset({Zone.HIDDEN})
_INHERITED = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|antwort|odp|res|r|rv|tr|fw|fwd|wg|i|ответ|отв|на|回复|回覆|答复|答覆|转发|رد|إعادة توجيه)"
    r"\s*(?:\[\d+\])?\s*[:：]",
    re.I,
)


@dataclass(frozen=True)
class Reading:
    """What one letter asks, before anyone asks who wrote it.

    `about` tells whether it concerns this procedure at all; `sentences` are the sender's own, the ones that carry the
    wish first in `asking`, for `mailbot.naming` to look for the member in. `period_years` name the study period.
    """

    intent: Intent
    duration: Duration | None
    language: str | None
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    about: bool
    sentences: tuple[Sentence, ...] = ()
    asking: tuple[Sentence, ...] = ()
    period_years: frozenset[int] = frozenset()


def classify(letter: Letter, documents: Sequence[Document], wording: Wording) -> Reading:
    """Read a letter's own words; pure, and bounded by the length of its texts."""
    whole = _whole(letter, documents, wording)
    found = _wish(letter, whole, wording)
    reasons, intent = found.reasons, found.intent
    if _hidden(letter, wording):
        reasons = (Reason.HIDDEN_TEXT, *(reason for reason in reasons if reason is not Reason.NOT_A_REQUEST))
        intent = Intent.UNCLEAR
    own = [*whole.body.sentences, *(s for account in whole.documents for s in account.sentences)]
    plain = [s for s in own if _speaks_of_now(s)]
    duration = _duration(plain) if intent.is_wish else None
    accounts = (whole.body, *whole.documents, *whole.scanned, whole.subject)
    texts = {account.text.part: account.text for account in accounts}
    asking = [f.sentence for account in (whole.body, *whole.documents) for f in (*account.counting, *account.negated)]
    if not asking:
        asking = [frame.sentence for frame in whole.subject.counting]
    return Reading(
        intent=intent,
        duration=duration,
        language=language_of(letter.body, own, whole.subject.sentences, wording),
        reasons=tuple(dict.fromkeys(reasons)),
        evidence=(*_evidence(found, texts), *_duration_evidence(plain, texts, duration)),
        about=intent is not Intent.NONE,
        sentences=(*own, *whole.subject.sentences),
        asking=tuple(dict.fromkeys(asking)),
        period_years=frozenset(_period_years(plain)),
    )


@dataclass(frozen=True)
class _Whole:
    """Everything the sender said: the body, the documents that are the sender's words, the subject line.

    `scanned` are documents whose words were recognised in a picture; `unreadable` tells whether there is one that
    cannot be read, or not surely.
    """

    body: Account
    documents: tuple[Account, ...]
    scanned: tuple[Account, ...]
    subject: Account
    own_subject: bool
    unreadable: bool


def _whole(letter: Letter, documents: Sequence[Document], wording: Wording) -> _Whole:
    subject_text = Text.all_in("subject", letter.subject)
    own_subject = not _INHERITED.match(letter.subject)
    announced = sentences(subject_text, OWN_WORDS, wording)
    body = read_account(letter.body, OWN_WORDS, wording, announced)
    attached: list[Account] = []
    scanned: list[Account] = []
    for document in documents:
        if document.text is not None:
            text = mark(Text.all_in(f"attachment:{document.name}", document.text, Zone.OWN), letterhead_allowed=True)
            account = read_account(text, OWN_WORDS, wording, announced)
            if not _is_circular(account):
                (attached if document.trusted else scanned).append(account)
    return _Whole(
        body=body,
        documents=tuple(attached),
        scanned=tuple(scanned),
        subject=read_account(subject_text, OWN_WORDS, wording, body.sentences, is_subject=True),
        own_subject=own_subject,
        unreadable=any((d.text is None and d.kind is not Kind.OTHER) or not d.trusted for d in documents),
    )


def _is_circular(account: Account) -> bool:
    """Whether a document is the circular itself, with its unfilled model: somebody else's words (rule 4)."""
    return account.unfilled and any(sentence.of(Concept.CIRCULAR_TEXT) for sentence in account.sentences)


def _wish(letter: Letter, whole: _Whole, wording: Wording) -> Statement:
    """Intent and the reasons of rules 3 to 6 for the visible words, in the contract's order."""
    body = whole.body
    if body.unfinished:
        return Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, body.counting)
    found = _with_scans(_with_documents(state(body), whole), whole)
    if whole.own_subject:
        found = _with_subject(found, body, whole.subject)
    if letter.alternative is not None:
        found = _with_alternative(found, read_account(letter.alternative, OWN_WORDS, wording))
    if found.intent.is_wish and (doubts := _not_ready(whole)):
        return Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, found.grounds, doubts)
    if found.intent is not Intent.NONE:
        return found
    elsewhere = any(frame.other for frame in body.frames)
    touched = (
        body.is_about_it or any(d.is_about_it for d in whole.documents) or (whole.subject.is_about_it and not elsewhere)
    )
    if _refers_below(letter, body, _others(letter, wording)):
        return Statement((Reason.FORWARDED_REQUEST,), Intent.UNCLEAR)
    if touched and not only_thanks(body):
        unreadable = (Reason.ATTACHMENT_UNREADABLE,) if whole.unreadable else ()
        return Statement(unreadable or (Reason.UNCLEAR_INTENT,), Intent.UNCLEAR)
    return Statement((Reason.NOT_A_REQUEST,), Intent.NONE)


def _not_ready(whole: _Whole) -> tuple[Sentence, ...]:
    """What makes any part of the letter a draft, or something to wait with; an inherited subject is somebody else's."""
    accounts = (whole.body, *whole.documents, *((whole.subject,) if whole.own_subject else ()))
    return tuple(sentence for account in accounts for sentence in not_ready(account))


def _with_documents(found: Statement, whole: _Whole) -> Statement:
    """Attached letters speak like the body where it points to them or is only a cover note (contract rule 4)."""
    for account in whole.documents:
        stated = state(account)
        if stated.intent is Intent.NONE:
            continue
        if found.intent is Intent.NONE and _speaks_against(whole.body, stated):
            found = Statement((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, stated.grounds)
        elif found.intent is Intent.NONE:
            found = (
                stated if _is_cover(whole.body) else Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, stated.grounds)
            )
        elif stated.intent is found.intent:
            found = Statement((*found.reasons, *stated.reasons), found.intent, (*found.grounds, *stated.grounds))
        elif stated.reasons != (Reason.TEMPLATE_NOT_FILLED,):
            found = Statement((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*found.grounds, *stated.grounds))
    return found


def _with_scans(found: Statement, whole: _Whole) -> Statement:
    """Words recognised in a picture may contradict a letter, but never make a request: a person reads the scan."""
    for account in whole.scanned:
        stated = state(account)
        if stated.intent is Intent.NONE or stated.intent is found.intent:
            continue
        reason = Reason.ATTACHMENT_UNREADABLE if found.intent is Intent.NONE else Reason.CONFLICTING_INTENT
        found = Statement((reason,), Intent.UNCLEAR, (*found.grounds, *stated.grounds))
    return found


def _speaks_against(body: Account, stated: Statement) -> bool:
    """Whether the body, though it states no plain wish, speaks of the opposite of what the attachment wishes."""
    wished = {frame.direction for frame in stated.grounds}
    return any(not frame.other and frame.direction not in wished for frame in body.frames)


def _is_cover(body: Account) -> bool:
    """Whether a body points to what is attached, or says hardly anything itself."""
    points = any(sentence.of(Concept.COVER, Concept.BELOW) for sentence in body.sentences)
    return points or not _says_something(body)


def _with_subject(found: Statement, body: Account, subject: Account) -> Statement:
    """The sender's own subject is the sender's word too: it may contradict the body, or carry the wish alone."""
    stated = state(subject)
    opposed = stated.intent.is_wish and stated.intent is not found.intent
    if found.intent.is_wish and (opposed or Reason.CONFLICTING_INTENT in stated.reasons or _denies(stated, found)):
        return Statement((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*stated.grounds, *found.grounds))
    if Reason.QUALIFIED_REQUEST in stated.reasons and found.intent.is_wish and found.intent is stated.intent:
        return Statement(tuple(dict.fromkeys((*found.reasons, Reason.QUALIFIED_REQUEST))), found.intent, found.grounds)
    alone = found.intent is Intent.NONE and subject.is_about_it and not _says_something(body)
    if alone and (stated.intent.is_wish or Reason.UNCLEAR_INTENT in stated.reasons):
        return stated
    return found


def _denies(stated: Statement, found: Statement) -> bool:
    """Whether a negation is of the very wish that was found: "no automatic approval" denies no opt-out."""
    wished = {frame.direction for frame in found.grounds}
    return Reason.NEGATED_INTENT in stated.reasons and any(frame.direction in wished for frame in stated.grounds)


def _says_something(body: Account) -> bool:
    """Whether the body has words of its own beyond a greeting and a name."""
    return sum(token.is_word for s in body.sentences if s.zone is Zone.OWN for token in s.tokens) > 12


def _with_alternative(found: Statement, other: Account) -> Statement:
    """The plain version beside the HTML one must not wish differently (contract rule 3)."""
    stated = state(other)
    words = sum(token.is_word for sentence in other.sentences for token in sentence.tokens)
    differs = stated.intent.is_wish and stated.intent is not found.intent
    silent = found.intent.is_wish and stated.intent is Intent.NONE and words > 25
    if differs or silent:
        return Statement((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*found.grounds, *stated.grounds))
    return found


def _others(letter: Letter, wording: Wording) -> tuple[Account, ...]:
    """What quoted, forwarded and attached messages say."""
    quoted = [read_account(text, OTHERS_WORDS, wording) for text in (letter.body, *letter.embedded)]
    return tuple(account for account in quoted if account.sentences)


def _refers_below(letter: Letter, body: Account, others: Sequence[Account]) -> bool:
    """Whether the only request stands in somebody's earlier words and the sender has passed it on (rule 3)."""
    requests = [one for one in others if one.counting or one.quoted or one.negated or one.unfilled]
    spoken_of = [account for account in others if account.is_about_it]
    if not spoken_of or _only_thanks_or_nothing(body):
        return False
    words = sum(token.is_word for s in body.sentences if s.zone is Zone.OWN for token in s.tokens)
    points = any(sentence.of(Concept.BELOW, Concept.COVER) for sentence in body.sentences)
    return (
        bool(requests and (points or words <= 40))
        or (points and words <= 40)
        or (bool(letter.embedded) and bool(requests))
    )


def _only_thanks_or_nothing(body: Account) -> bool:
    thanked = any(sentence.of(Concept.THANKS) for sentence in body.sentences)
    asked = any(
        s.of(Concept.WISH, Concept.REQUEST_TO_YOU, Concept.BELOW, Concept.COVER) or s.asks for s in body.sentences
    )
    return thanked and not asked


def _hidden(letter: Letter, wording: Wording) -> bool:
    """Whether text nobody sees speaks of opting in or out, or text is turned round by direction overrides."""
    texts = [letter.body] if letter.alternative is None else [letter.body, letter.alternative]
    for text in texts:
        if Zone.HIDDEN in text.marks:
            found = sentences(text, _OWN_AND_HIDDEN, wording)
            if any(s.of(Concept.TOPIC, Concept.OPT_IN, Concept.OPT_OUT, Concept.AUTO_ACT) for s in found) and touches(
                found
            ):
                return True
    return any(turned_round(text.only(OWN_WORDS)) for text in texts) or turned_round(letter.subject)


def _duration(found: Sequence[Sentence]) -> Duration | None:
    """How long the wish is meant to hold; None where neither or, as in the model, both are named."""
    period = any(s.of(Concept.DURATION_PERIOD) for s in found)
    notice = any(s.of(Concept.DURATION_NOTICE) for s in found)
    if period == notice:
        return None
    return Duration.STUDY_PERIOD if period else Duration.UNTIL_FURTHER_NOTICE


def _period_years(found: Sequence[Sentence]) -> Iterator[int]:
    for sentence in found:
        for hit in sentence.of(Concept.DURATION_PERIOD):
            yield from (int(sentence.tokens[place].text) for place in years_of(sentence, hit))


def _speaks_of_now(sentence: Sentence) -> bool:
    return not (sentence.of(Concept.PAST, Concept.REPORTED) and not sentence.of(Concept.WISH, *ACTS))


def _evidence(found: Statement, texts: Mapping[str, Text]) -> Iterator[Evidence]:
    for frame in found.grounds:
        text = texts.get(frame.sentence.part)
        if text is None:
            continue
        yield _quoted("intent", frame.sentence, frame.start, frame.end, text)
        for hit in (*frame.blockers, *frame.limits):
            yield _quoted("doubt", frame.sentence, hit.start, hit.end, text)
    for sentence in found.doubts:
        if sentence.part in texts:
            yield _quoted("doubt", sentence, 0, len(sentence.tokens), texts[sentence.part])


def _duration_evidence(
    found: Sequence[Sentence], texts: Mapping[str, Text], duration: Duration | None
) -> Iterator[Evidence]:
    concepts = {Duration.STUDY_PERIOD: Concept.DURATION_PERIOD, Duration.UNTIL_FURTHER_NOTICE: Concept.DURATION_NOTICE}
    if duration is not None:
        for sentence in found:
            for hit in sentence.of(concepts[duration])[:1]:
                yield _quoted("duration", sentence, hit.start, hit.end, texts[sentence.part])


def _quoted(field: str, sentence: Sentence, first: int, last: int, text: Text) -> Evidence:
    start, end = sentence.span(first, last)
    return Evidence(field, text.part, text.content[start:end], start, end)
