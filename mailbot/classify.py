"""From a letter's words to what it asks: intent, duration, language, and the reasons where that stays doubtful.

One mechanism for all languages: the sentences of the sender's own words are read as frames (`mailbot.frames`), and a
small ordered table of rules says what the frames amount to (contract rules 3 to 6). The words are data
(`config/wording/`). Whatever is about the procedure but not plainly one wish goes to a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from mailbot.choices import take_choices
from mailbot.clauses import Sentence, sentences
from mailbot.documents import Document, Kind
from mailbot.folding import turned_round
from mailbot.frames import IN, Context, Frame, frames, of_another_thing
from mailbot.language import language_of
from mailbot.letter import Letter
from mailbot.quoting import mark
from mailbot.terms import Duration, Evidence, Intent, Reason
from mailbot.wording import ACTS, Concept, Hit, Wording
from mailbot.zones import OTHERS_WORDS, OWN_WORDS, Text, Zone

_LIMITS = (Concept.CONDITION, Concept.RESTRICTION, Concept.LATER)
_STRONG = frozenset({Concept.CIRCULAR, Concept.OPT_IN, Concept.OPT_OUT, Concept.SCOPE, Concept.REGISTRATION})
_FOOTERS = frozenset({Zone.FOOTER})
_OWN_AND_HIDDEN = frozenset({Zone.HIDDEN})
_INHERITED = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|antwort|odp|res|r|rv|tr|fw|fwd|wg|i|ответ|отв|на|回复|回覆|答复|答覆|转发|رد|إعادة توجيه)\s*(?:\[\d+\])?\s*[:：]",
    re.I,
)


@dataclass(frozen=True)
class Reading:
    """What one letter asks, before anyone asks who wrote it.

    `about` tells whether it concerns this procedure at all; `sentences` are the sender's own, the ones that carry the
    wish first in `asking`, for `mailbot.naming` to look for the member in.
    """

    intent: Intent
    duration: Duration | None
    language: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    about: bool
    sentences: tuple[Sentence, ...] = ()
    asking: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class _Account:
    """What one text says when it is read alone."""

    text: Text
    sentences: tuple[Sentence, ...]
    frames: tuple[Frame, ...]
    unfilled: bool

    @property
    def counting(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.counts and not frame.negated)

    @property
    def negated(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.negated and frame.supported and not frame.blockers)

    @property
    def directions(self) -> frozenset[int]:
        return frozenset(frame.direction for frame in self.counting)

    @property
    def touches(self) -> bool:
        """Whether the text speaks of the procedure in any mood."""
        return _touches(self.sentences)


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
    texts = {account.text.part: account.text for account in (whole.body, *whole.documents, whole.subject)}
    asking = [f.sentence for account in (whole.body, *whole.documents) for f in (*account.counting, *account.negated)]
    if not asking:
        asking = [frame.sentence for frame in whole.subject.counting]
    return Reading(
        intent=intent,
        duration=duration,
        language=language_of(letter.body, own, whole.subject.sentences, wording),
        reasons=tuple(dict.fromkeys(reasons)),
        evidence=(*_evidence(found.grounds, texts), *_duration_evidence(plain, texts, duration)),
        about=intent is not Intent.NONE,
        sentences=(*own, *whole.subject.sentences),
        asking=tuple(dict.fromkeys(asking)),
    )


@dataclass(frozen=True)
class _Whole:
    """Everything the sender said: the body, the documents that are the sender's words, the subject line."""

    body: _Account
    documents: tuple[_Account, ...]
    subject: _Account
    own_subject: bool
    unreadable: bool


def _whole(letter: Letter, documents: Sequence[Document], wording: Wording) -> _Whole:
    subject_text = Text.all_in("subject", letter.subject)
    own_subject = not _INHERITED.match(letter.subject)
    body = _account(letter.body, OWN_WORDS, wording, subject_text)
    attached = []
    for document in documents:
        if document.text is not None:
            text = mark(Text.all_in(f"attachment:{document.name}", document.text, Zone.OWN), letterhead_allowed=True)
            account = _account(text, OWN_WORDS, wording, subject_text)
            if not _is_circular(account):
                attached.append(account)
    return _Whole(
        body=body,
        documents=tuple(attached),
        subject=_account(subject_text, OWN_WORDS, wording, None, is_subject=True),
        own_subject=own_subject,
        unreadable=any(d.text is None and d.kind is not Kind.OTHER for d in documents),
    )


def _is_circular(account: _Account) -> bool:
    """Whether a document is the circular itself, with its unfilled model: somebody else's words (rule 4)."""
    return account.unfilled and any(sentence.of(Concept.CIRCULAR_TEXT) for sentence in account.sentences)


def _wish(letter: Letter, whole: _Whole, wording: Wording) -> _Found:
    """Intent and the reasons of rules 3 to 6 for the visible words, in the contract's order."""
    body = whole.body
    found = _with_documents(_states(body), whole)
    if whole.own_subject:
        found = _with_subject(found, body, whole.subject)
    if letter.alternative is not None:
        found = _with_alternative(found, _account(letter.alternative, OWN_WORDS, wording, None))
    if found.intent is not Intent.NONE:
        return found
    elsewhere = any(frame.other for frame in body.frames)
    touched = body.touches or any(d.touches for d in whole.documents) or (whole.subject.touches and not elsewhere)
    if _refers_below(letter, body, _others(letter, wording)):
        return _Found((Reason.FORWARDED_REQUEST,), Intent.UNCLEAR)
    if touched and not _only_thanks(body):
        unreadable = (Reason.ATTACHMENT_UNREADABLE,) if whole.unreadable else ()
        return _Found(unreadable or (Reason.UNCLEAR_INTENT,), Intent.UNCLEAR)
    return _Found((Reason.NOT_A_REQUEST,), Intent.NONE)


@dataclass(frozen=True)
class _Found:
    reasons: tuple[Reason, ...]
    intent: Intent
    grounds: tuple[Frame, ...] = ()


def _states(body: _Account) -> _Found:
    """What one text states: a plain wish, or why it is none (contract rule 6)."""
    counting = _after_correction(body)
    directions = {frame.direction for frame in counting}
    if body.unfilled and not (counting and _unfilled_elsewhere(body, counting)):
        return _Found((Reason.TEMPLATE_NOT_FILLED,), Intent.UNCLEAR, counting)
    if _other_circular(body, counting):
        return _Found((Reason.OTHER_CIRCULAR,), Intent.UNCLEAR, counting)
    if len(directions) > 1:
        return _Found((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, counting)
    if body.negated:
        return _Found((Reason.NEGATED_INTENT,), Intent.UNCLEAR, body.negated)
    if not counting:
        return _Found((), Intent.NONE)
    if any(sentence.tainted for sentence in body.sentences):
        return _Found((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, counting)
    intent = Intent.OPT_IN if directions == {IN} else Intent.OPT_OUT
    if _qualified(body, counting):
        return _Found((Reason.QUALIFIED_REQUEST,), intent, counting)
    return _Found((), intent, counting)


def _after_correction(body: _Account) -> tuple[Frame, ...]:
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


def _qualified(body: _Account, counting: Sequence[Frame]) -> bool:
    """Whether the wish holds only for some, only if, or only from some day (contract rule 6)."""
    if any(frame.limits or _loose_number(frame) for frame in counting):
        return True
    asking = {id(frame.sentence) for frame in counting}
    superseded = [frame for frame in body.counting if frame not in counting]
    blocked = {id(frame.sentence) for frame in (*superseded, *(f for f in body.frames if f.blockers))}
    asked = False
    for sentence in body.sentences:
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


def _loose_number(frame: Frame) -> bool:
    """Whether a number nobody accounts for stands in the clause of the wish: a date, a count, a group's number."""
    sentence, clause = frame.sentence, frame.clause
    known = {place for hit in sentence.hits for place in hit.places}
    cited = [hit.end for hit in sentence.of(Concept.CIRCULAR)]
    for place in range(clause.start, clause.end):
        token = sentence.tokens[place]
        if not token.is_number or place in known:
            continue
        if any(end <= place <= end + 9 for end in cited) or place < frame.start:
            continue
        return True
    return False


def _other_circular(body: _Account, counting: Sequence[Frame]) -> bool:
    """Whether the letter speaks of registrations under another circular's number or another Sector."""
    about = [
        s for s in body.sentences if s.zone is Zone.OWN and (_touches((s,)) or s in {f.sentence for f in counting})
    ]
    if not about or not any(s.of(Concept.TOPIC, Concept.AUTO_ACT, Concept.OPT_IN, Concept.OPT_OUT) for s in about):
        return False
    ours = any(sentence.of(Concept.CIRCULAR) for sentence in body.sentences)
    named = any(sentence.of(Concept.OTHER_CIRCULAR) for sentence in about)
    numbered = any(_other_number(sentence) for sentence in body.sentences)
    return named or (numbered and not ours)


_CIRCULAR_WORDS = frozenset(
    "circular circulaire circ циркуляр циркуляра циркуляру циркуляре циркуляром تعميم التعميم".split()
)


def _other_number(sentence: Sentence) -> bool:
    """Whether a circular with a number other than 118 is cited; in Chinese the number stands before the word."""
    tokens = sentence.tokens
    for place, token in enumerate(tokens):
        if token.text in _CIRCULAR_WORDS:
            near = tokens[place + 1 : place + 5]
        elif token.text == "函" and place and tokens[place - 1].text == "通":
            near = tokens[max(0, place - 5) : place][::-1]
        else:
            continue
        number = next((later.text for later in near if later.is_number), "118")
        if number != "118":
            return True
    return False


def _with_documents(found: _Found, whole: _Whole) -> _Found:
    """Attached letters speak like the body where it points to them or is only a cover note (contract rule 4)."""
    for account in whole.documents:
        stated = _states(account)
        if stated.intent is Intent.NONE:
            continue
        if found.intent is Intent.NONE and _speaks_against(whole.body, stated):
            found = _Found((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, stated.grounds)
        elif found.intent is Intent.NONE:
            found = (
                stated if _is_cover(whole.body) else _Found((Reason.UNCLEAR_INTENT,), Intent.UNCLEAR, stated.grounds)
            )
        elif stated.intent is found.intent:
            found = _Found((*found.reasons, *stated.reasons), found.intent, (*found.grounds, *stated.grounds))
        elif stated.reasons != (Reason.TEMPLATE_NOT_FILLED,):
            found = _Found((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*found.grounds, *stated.grounds))
    return found


def _speaks_against(body: _Account, stated: _Found) -> bool:
    """Whether the body, though it states no plain wish, speaks of the opposite of what the attachment wishes."""
    wished = {frame.direction for frame in stated.grounds}
    return any(not frame.other and frame.direction not in wished for frame in body.frames)


def _is_cover(body: _Account) -> bool:
    """Whether a body points to what is attached, or says hardly anything itself."""
    points = any(sentence.of(Concept.COVER, Concept.BELOW) for sentence in body.sentences)
    return points or not _says_something(body)


def _with_subject(found: _Found, body: _Account, subject: _Account) -> _Found:
    """The sender's own subject is the sender's word too: it may contradict the body, or carry the wish alone."""
    stated = _states(subject)
    if stated.intent.is_wish and found.intent.is_wish and stated.intent is not found.intent:
        return _Found((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*stated.grounds, *found.grounds))
    if Reason.QUALIFIED_REQUEST in stated.reasons and found.intent.is_wish and found.intent is stated.intent:
        return _Found(tuple(dict.fromkeys((*found.reasons, Reason.QUALIFIED_REQUEST))), found.intent, found.grounds)
    if found.intent is Intent.NONE and stated.intent.is_wish and subject.touches and not _says_something(body):
        return stated
    return found


def _says_something(body: _Account) -> bool:
    """Whether the body has words of its own beyond a greeting and a name."""
    return sum(token.is_word for s in body.sentences if s.zone is Zone.OWN for token in s.tokens) > 12


def _with_alternative(found: _Found, other: _Account) -> _Found:
    """The plain version beside the HTML one must not wish differently (contract rule 3)."""
    stated = _states(other)
    words = sum(token.is_word for sentence in other.sentences for token in sentence.tokens)
    differs = stated.intent.is_wish and stated.intent is not found.intent
    silent = found.intent.is_wish and stated.intent is Intent.NONE and words > 25
    if differs or silent:
        return _Found((Reason.CONFLICTING_INTENT,), Intent.UNCLEAR, (*found.grounds, *stated.grounds))
    return found


def _unfilled_elsewhere(body: _Account, counting: Sequence[Frame]) -> bool:
    """Whether the unfilled model is only the circular's text, pasted below a plain wish of the sender's own."""
    circular = [n for n, s in enumerate(body.sentences) if s.of(Concept.CIRCULAR_TEXT)]
    asked = [body.sentences.index(frame.sentence) for frame in counting]
    open_choices = [n for n, s in enumerate(body.sentences) if _open_choice(s)]
    return bool(circular and asked and open_choices) and max(asked) < min(circular) <= min(open_choices)


def _account(
    text: Text, zones: frozenset[Zone], wording: Wording, before: Text | None, *, is_subject: bool = False
) -> _Account:
    """Read one text alone; `before` (the subject) may have named the topic already."""
    choices = take_choices(_with_spoken_footers(text, wording))
    found = sentences(choices.text, zones, wording, choices.taken_spans)
    spoken = [*found, *(sentences(before, OWN_WORDS, wording) if before is not None else ())]
    named = (Concept.TOPIC, Concept.CIRCULAR, Concept.AUTO_ACT)
    known = any(not _elsewhere(s, hit) for s in spoken for hit in s.of(*named))
    context = Context(known, is_subject, wording)
    unfilled = any(_open_choice(s) or _placeholder(s) or _unticked(s, choices.open_spans) for s in found)
    gathered = tuple(frame for sentence in found for frame in frames(sentence, context))
    return _Account(text, tuple(found), gathered, unfilled)


def _with_spoken_footers(text: Text, wording: Wording) -> Text:
    """The text with its footers taken for own words where they speak of the procedure: no request is lost in one."""
    if Zone.FOOTER not in text.marks or not any(s.of(Concept.TOPIC) for s in sentences(text, _FOOTERS, wording)):
        return text
    return Text(text.part, text.content, text.marks.replace(bytes([Zone.FOOTER]), bytes([Zone.OWN])))


def _unticked(sentence: Sentence, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the sentence is an alternative of which no box was ticked."""
    first, last = sentence.span(0, len(sentence.tokens))
    boxed = any(start < last and first < end for start, end in spans)
    return boxed and bool(sentence.of(Concept.OPT_IN, Concept.OPT_OUT, Concept.ENABLE, Concept.DISABLE))


def _open_choice(sentence: Sentence) -> bool:
    """Whether both alternatives of the model stand side by side, joined by "or" or a stroke, none taken."""
    choices = sorted(
        sentence.of(Concept.OPT_IN, Concept.OPT_OUT, Concept.ENABLE, Concept.DISABLE), key=lambda h: h.start
    )
    for one, other in combinations(choices, 2):
        opposite = {one.concept, other.concept} in (
            {Concept.OPT_IN, Concept.OPT_OUT},
            {Concept.ENABLE, Concept.DISABLE},
            {Concept.OPT_IN, Concept.DISABLE},
            {Concept.ENABLE, Concept.OPT_OUT},
        )
        if not opposite or not 0 <= other.start - one.end <= 6:
            continue
        between = sentence.tokens[one.end : other.start]
        joined = any(token.text in "/|" for token in between) or any(
            one.end - 1 <= hit.start <= other.start for hit in sentence.of(Concept.EITHER)
        )
        bracketed = any(token.text in "[]" for token in sentence.tokens)
        if joined and (bracketed or _is_model(sentence)):
            return True
    return _in_or_out(sentence)


def _is_model(sentence: Sentence) -> bool:
    """Whether the sentence is the model's, with a wish for one of two: not a question or a mention of both."""
    return (
        bool(sentence.of(Concept.WISH))
        and bool(sentence.of(Concept.TOPIC))
        and not sentence.asks
        and not sentence.of(Concept.POSSIBILITY, Concept.ASK, Concept.REPORTED)
    )


_SHORT_CHOICE = re.compile(r"\bopt[\s\-]{0,3}(?:in|out)\s?/\s?(?:opt[\s\-]{0,3})?(?:in|out)\b|\bin\s?/\s?out\b", re.I)


def _in_or_out(sentence: Sentence) -> bool:
    """The model's short alternatives "in / out", neither struck."""
    raw = " ".join(token.raw for token in sentence.tokens)
    return bool(_SHORT_CHOICE.search(raw)) and not sentence.asks


def _placeholder(sentence: Sentence) -> bool:
    """Whether one of the model's bracketed fields stands unfilled."""
    for hit in sentence.of(Concept.PLACEHOLDER):
        before = sentence.tokens[hit.start - 1].text if hit.start else ""
        after = sentence.tokens[hit.end].text if hit.end < len(sentence.tokens) else ""
        if before in ("[", "<", "{") and after in ("]", ">", "}", "/", ","):
            return True
    return False


def _touches(found: Iterable[Sentence]) -> bool:
    """Whether sentences speak of this procedure: its topic with anything that makes it registrations, or its number."""
    found = tuple(found)
    concepts = Counter(hit.concept for sentence in found for hit in sentence.hits if not _elsewhere(sentence, hit))
    tainted = any(sentence.tainted for sentence in found)
    topical = concepts[Concept.TOPIC] + concepts[Concept.AUTO_ACT]
    strong = any(concepts[concept] for concept in _STRONG)
    opting = concepts[Concept.OPT_IN] + concepts[Concept.OPT_OUT]
    named = concepts[Concept.CIRCULAR]
    mood = concepts[Concept.WISH] + concepts[Concept.ASK] + concepts[Concept.REQUEST_TO_YOU] + concepts[Concept.CEASE]
    return bool(
        (topical and (strong or mood))
        or any(_acts_on_topic(sentence) for sentence in found)
        or (opting and (named or concepts[Concept.REGISTRATION] or concepts[Concept.SCOPE]))
        or (opting and not concepts[Concept.OTHER_TOPIC])
        or (named and (mood or topical))
        or tainted
    )


def _acts_on_topic(sentence: Sentence) -> bool:
    """Whether one sentence names the topic together with an act or a declaration, and nothing else they could be on."""
    said = {hit.concept for hit in sentence.hits}
    return Concept.TOPIC in said and bool(said & {*ACTS, Concept.DECLARE}) and Concept.OTHER_TOPIC not in said


def _elsewhere(sentence: Sentence, hit: Hit) -> bool:
    """Whether a topic or act belongs to another matter: "automatic approval of fellowships", "opt out of photographs"."""
    if hit.concept in (Concept.TOPIC, Concept.AUTO_ACT):
        return of_another_thing(sentence, hit)
    if hit.concept in (Concept.OPT_IN, Concept.OPT_OUT):
        others = sentence.of(Concept.OTHER_TOPIC)
        return bool(others) and not sentence.of(Concept.REGISTRATION, Concept.CIRCULAR)
    return False


def _only_thanks(body: _Account) -> bool:
    """Whether the letter just acknowledges: thanks or a report, and nothing asked, wished or left open."""
    thanked = any(sentence.of(Concept.THANKS) for sentence in body.sentences)
    asked = any(sentence.asks for sentence in body.sentences)
    for sentence in body.sentences:
        if not _touches((sentence,)):
            continue
        if not sentence.of(Concept.THANKS, Concept.REPORTED) or sentence.of(Concept.ASK):
            return False
    open_frames = [
        f for f in body.frames if not f.other and not f.sentence.of(Concept.REPORTED, Concept.THANKS, Concept.PAST)
    ]
    return thanked and not asked and not open_frames


def _others(letter: Letter, wording: Wording) -> tuple[_Account, ...]:
    """What quoted, forwarded and attached messages say."""
    quoted = [_account(text, OTHERS_WORDS, wording, None) for text in (letter.body, *letter.embedded)]
    return tuple(account for account in quoted if account.sentences)


def _refers_below(letter: Letter, body: _Account, others: Sequence[_Account]) -> bool:
    """Whether the only request stands in somebody's earlier words and the sender has passed it on (rule 3)."""
    requests = [account for account in others if account.counting or account.negated or account.unfilled]
    spoken_of = [account for account in others if account.touches]
    if not spoken_of or _only_thanks_or_nothing(body):
        return False
    words = sum(token.is_word for s in body.sentences if s.zone is Zone.OWN for token in s.tokens)
    points = any(sentence.of(Concept.BELOW, Concept.COVER) for sentence in body.sentences)
    return (
        bool(requests and (points or words <= 40))
        or (points and words <= 40)
        or (bool(letter.embedded) and bool(requests))
    )


def _only_thanks_or_nothing(body: _Account) -> bool:
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
            if any(s.of(Concept.TOPIC, Concept.OPT_IN, Concept.OPT_OUT, Concept.AUTO_ACT) for s in found) and _touches(
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


def _speaks_of_now(sentence: Sentence) -> bool:
    return not (sentence.of(Concept.PAST, Concept.REPORTED) and not sentence.of(Concept.WISH, *ACTS))


def _evidence(grounds: Sequence[Frame], texts: Mapping[str, Text]) -> Iterator[Evidence]:
    for frame in grounds:
        text = texts.get(frame.sentence.part)
        if text is None:
            continue
        yield _quoted("intent", frame.sentence, frame.start, frame.end, text)
        for hit in (*frame.blockers, *frame.limits):
            yield _quoted("doubt", frame.sentence, hit.start, hit.end, text)


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
