"""What a text states: one plain wish, or why it is none (contract rule 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from mailbot.account import Account, open_choice, touches
from mailbot.clauses import Sentence, years_of
from mailbot.frame import IN, Frame
from mailbot.terms import Intent, Reason
from mailbot.wording import ACTS, Concept
from mailbot.zones import Zone

_UNKNOWN = 4  # words: so many that nobody accounts for could say anything
_GREETING = 3  # sentences: who is written to stands at the head
_HARMLESS = (Concept.THANKS, Concept.DURATION_PERIOD, Concept.DURATION_NOTICE)
_STOPS = frozenset(".!?;…")  # a line without one is a signature's


@dataclass(frozen=True)
class Statement:
    """What a text states: the `grounds` of its wish, and the sentences whose words make a doubt of it."""

    reasons: tuple[Reason, ...]
    intent: Intent
    grounds: tuple[Frame, ...] = ()
    doubts: tuple[Sentence, ...] = ()


def state(body: Account) -> Statement:
    """What one text states: a plain wish, or why it is none (contract rule 6)."""
    counting = _after_correction(body)
    directions = {frame.direction for frame in counting}
    if body.unfilled and not (counting and _unfilled_elsewhere(body, counting)):
        return Statement((Reason.TEMPLATE_NOT_FILLED,), Intent.UNCLEAR, counting)
    if _other_circular(body, counting):
        return Statement((Reason.OTHER_CIRCULAR,), Intent.UNCLEAR, counting)
    if len(directions) > 1:
        return Statement((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, counting)
    if body.negated:
        return Statement((Reason.NEGATED_INTENT,), Intent.UNCLEAR, body.negated)
    if any(frame.direction not in directions for frame in body.quoted):
        return Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, (*counting, *body.quoted))
    if not counting:
        return Statement((), Intent.NONE)
    if any(sentence.tainted for sentence in body.sentences) or any(frame.sentence.broken for frame in counting):
        return Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, counting)
    intent = Intent.OPT_IN if directions == {IN} else Intent.OPT_OUT
    if _qualified(body, counting):
        return Statement((Reason.QUALIFIED_REQUEST,), intent, counting)
    if doubts := _doubts(body, counting, intent):
        return Statement((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, counting, doubts)
    return Statement((), intent, counting)


def _doubts(body: Account, counting: Sequence[Frame], intent: Intent) -> tuple[Sentence, ...]:
    """The sentences that may take the wish back, its own or others."""
    asking = {frame.sentence for frame in counting}
    first = next(number for number, sentence in enumerate(body.sentences) if sentence in asking)
    beside = [
        sentence
        for number, sentence in enumerate(body.sentences)
        if sentence not in asking and sentence.zone is Zone.OWN and _unsettles(sentence, intent, later=number > first)
    ]
    # what leads to the wish must be understood as well: "others need only write, with their country's name:"
    leading = [s for s in body.sentences[:first][-1:] if s.tokens[-1].text == ":" and s.unknown >= _UNKNOWN]
    return tuple(dict.fromkeys((*leading, *(frame.sentence for frame in counting if _taken_back(frame)), *beside)))


def not_ready(body: Account) -> tuple[Sentence, ...]:
    """The sentences that make it a draft, or something to wait with, and what is added below the signature.

    An afterthought is seldom there to say the same again.
    """
    begun = next((n for n, s in enumerate(body.sentences) if Concept.POSTSCRIPT in s.remarks and _says(s)), None)
    added = () if begun is None else body.sentences[begun:]
    # "that was an error, caused by an old draft" explains what is over
    explained = {s for s in body.sentences if s.of(Concept.CORRECTION) and s.of(Concept.PAST)}
    drafts = (s for s in body.sentences if Concept.UNREADY in s.remarks and s not in explained)
    return (*drafts, *added)


def _says(sentence: Sentence) -> bool:
    """Whether a line is a sentence or ends like one: "P. S. Rao" below a letter is a name."""
    return sentence.tokens[-1].text in _STOPS or _is_prose(sentence)


def _unsettles(sentence: Sentence, intent: Intent, *, later: bool) -> bool:
    """Whether a sentence beside the wish may take it back: what denies, corrects or opposes it behind it.

    "I have not agreed to this" behind a plain wish turns it, and "my office proposes the text above" does so without a
    word that denies. No list of such sentences would be complete, so one that is mostly unknown is a doubt. Before
    the wish, reasons are given ("nobody can look at each request"); there only a denial of the topic itself counts.
    """
    if not later:
        return bool(sentence.of(Concept.NEGATION) and sentence.of(Concept.TOPIC))
    if sentence.of(Concept.NEGATION, Concept.CORRECTION) and _is_prose(sentence):
        return True
    if sentence.asks and not sentence.of(Concept.REQUEST_TO_YOU, Concept.WISH, Concept.POLITE, Concept.THANKS):
        return True
    if sentence.of(Concept.TOPIC) and sentence.of(Concept.WISH, Concept.REQUEST_TO_YOU):
        return True
    opposed = sentence.of(Concept.OPPOSITE)
    allowed = 2 * _UNKNOWN if sentence.of(*_HARMLESS) or (opposed and intent is Intent.OPT_OUT) else _UNKNOWN
    if sentence.unknown >= allowed and sentence.tokens[-1].text in _STOPS:
        return True
    bygone = sentence.of(Concept.CEASE, Concept.PAST) and not sentence.of(Concept.WISH)
    return bool(opposed) and intent is Intent.OPT_IN and not bygone


def _is_prose(sentence: Sentence) -> bool:
    """Whether a line is a sentence rather than an address or a name: not every word is written large."""
    return any(token.is_word and not token.raw[0].isupper() and not token.is_number for token in sentence.tokens)


def _taken_back(frame: Frame) -> bool:
    """Whether what follows the wish in its own sentence denies something: "…, but not for the ministry"."""
    behind = [clause for clause in frame.sentence.clauses if clause.start >= frame.clause.end]
    return any(clause.of(Concept.NEGATION, Concept.CORRECTION) and not clause.of(*ACTS) for clause in behind)


def _after_correction(body: Account) -> tuple[Frame, ...]:
    """The counting frames; where a correction stands between contradicting ones, those from it on."""
    counting = body.counting
    if len({frame.direction for frame in counting}) < 2:
        return counting
    places = {id(frame): body.sentences.index(frame.sentence) for frame in counting}
    for number, sentence in enumerate(body.sentences):
        if sentence.of(Concept.CORRECTION):
            later = tuple(frame for frame in counting if places[id(frame)] >= number)
            if len(later) < len(counting) and len({frame.direction for frame in later}) == 1:
                return later
    return counting


def _qualified(body: Account, counting: Sequence[Frame]) -> bool:
    """Whether the wish holds only for some, only if, or only from some day (contract rule 6)."""
    if any(frame.limits or _loose_number(frame) for frame in counting):
        return True
    asking = {id(frame.sentence) for frame in counting}
    superseded = [frame for frame in body.counting if frame not in counting]
    blocked = {id(frame.sentence) for frame in (*superseded, *(f for f in body.frames if f.blockers))}
    asked = False
    previous: Sentence | None = None
    for sentence in body.sentences:
        if sentence.of(Concept.EXCLUSION) or _narrows(sentence, previous if id(previous) in asking else None):
            return True
        previous = sentence
        asked = asked or id(sentence) in asking
        if id(sentence) in asking or id(sentence) in blocked or sentence.zone is not Zone.OWN:
            continue
        if sentence.of(Concept.OTHER_TOPIC) and not sentence.of(Concept.TOPIC):
            continue
        named = sentence.of(Concept.TOPIC, Concept.OPPOSITE, Concept.REGISTRATION)
        if sentence.of(Concept.RESTRICTION, Concept.LATER) and (named or (asked and sentence.of(Concept.SCOPE))):
            return True
        if sentence.of(Concept.CONDITION) and sentence.of(
            Concept.TOPIC, Concept.OPPOSITE, Concept.OPT_IN, Concept.OPT_OUT
        ):
            return True
    return False


def _narrows(sentence: Sentence, wish: Sentence | None) -> bool:
    """Whether a sentence right behind the wish limits it ("I mean those of Study Group 2"); a signature does not."""
    if wish is None or sentence.of(Concept.OPPOSITE) or sentence.tokens[-1].text not in _STOPS:
        return False
    return bool(sentence.of(Concept.RESTRICTION))


def _loose_number(frame: Frame) -> bool:
    """Whether a number nobody accounts for stands in the clause of the wish: a date, a count, a group's number."""
    sentence, clause = frame.sentence, frame.clause
    known = {place for hit in sentence.hits for place in hit.places}
    for hit in sentence.of(Concept.DURATION_PERIOD):
        known.update(years_of(sentence, hit))
    cited = [hit.end for hit in sentence.of(Concept.CIRCULAR)]
    for place in range(clause.start, clause.end):
        token = sentence.tokens[place]
        if not token.is_number or place in known:
            continue
        if any(end <= place <= end + 9 for end in cited) or place < frame.start:
            continue
        return True
    return False


def _other_circular(body: Account, counting: Sequence[Frame]) -> bool:
    """Whether the letter speaks of registrations under another circular's number or another Sector."""
    about = [s for s in body.sentences if s.zone is Zone.OWN and (touches((s,)) or s in {f.sentence for f in counting})]
    if not about or not any(s.of(Concept.TOPIC, Concept.AUTO_ACT, Concept.OPT_IN, Concept.OPT_OUT) for s in about):
        return False
    ours = any(sentence.of(Concept.CIRCULAR) for sentence in body.sentences)
    asking = {frame.sentence for frame in counting}
    greetings = takewhile(lambda sentence: sentence not in asking, body.sentences[:_GREETING])
    named = any(sentence.of(Concept.OTHER_CIRCULAR) for sentence in (*about, *greetings))
    numbered = any(_other_number(sentence, body.circulars) for sentence in body.sentences)
    return named or (numbered and not ours)


def _other_number(sentence: Sentence, ours: frozenset[str]) -> bool:
    """Whether a circular is cited whose number is none of `ours`; in Chinese the number stands before the word."""
    tokens = sentence.tokens
    for place, token in enumerate(tokens):
        if token.text in _CIRCULAR_WORDS:
            near = tokens[place + 1 : place + 5]
        elif token.text == "函" and place and tokens[place - 1].text == "通":
            near = tokens[max(0, place - 5) : place][::-1]
        else:
            continue
        number = next((later.text for later in near if later.is_number), None)
        if number is not None and number not in ours:
            return True
    return False


def _unfilled_elsewhere(body: Account, counting: Sequence[Frame]) -> bool:
    """Whether the unfilled model is only the circular's text, pasted below a plain wish of the sender's own."""
    circular = [n for n, s in enumerate(body.sentences) if s.of(Concept.CIRCULAR_TEXT)]
    asked = [body.sentences.index(frame.sentence) for frame in counting]
    open_choices = [n for n, s in enumerate(body.sentences) if open_choice(s)]
    return bool(circular and asked and open_choices) and max(asked) < min(circular) <= min(open_choices)


_CIRCULAR_WORDS = frozenset(
    "circular circulaire circ циркуляр циркуляра циркуляру циркуляре циркуляром تعميم التعميم".split()
)
