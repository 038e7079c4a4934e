"""What one text of a letter says when it is read alone: its sentences, frames and open choices, and its matter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from mailbot.choices import take_choices
from mailbot.clauses import LONGEST_TEXT, Sentence, sentences, visible
from mailbot.frame import Context, Frame
from mailbot.frames import frames, of_another_thing
from mailbot.quotations import quotations
from mailbot.wording import ACTS, Concept, Hit, Wording
from mailbot.zones import Text, Zone

_STRONG = frozenset({Concept.CIRCULAR, Concept.OPT_IN, Concept.OPT_OUT, Concept.SCOPE, Concept.REGISTRATION})
_OPPOSITES = (
    {Concept.OPT_IN, Concept.OPT_OUT},
    {Concept.ENABLE, Concept.DISABLE},
    {Concept.OPT_IN, Concept.DISABLE},
    {Concept.ENABLE, Concept.OPT_OUT},
)
_NEAR = 6  # tokens between the alternatives of a choice
_FOOTERS = frozenset({Zone.FOOTER})


@dataclass(frozen=True)
class Account:
    """What one text says when it is read alone; `unfinished` where it is too long to be read to its end.

    `circulars` are the numbers of the circular that the wishes mailbot reads are made under.
    """

    text: Text
    sentences: tuple[Sentence, ...]
    frames: tuple[Frame, ...]
    unfilled: bool
    unfinished: bool = False
    circulars: frozenset[str] = frozenset()

    @property
    def counting(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.counts and not frame.negated and not frame.quoted)

    @property
    def quoted(self) -> tuple[Frame, ...]:
        """Wishes that are somebody's words, or not yet the writer's: “Kenya opts out of …” is the text."""
        return tuple(frame for frame in self.frames if frame.counts and frame.quoted)

    @property
    def negated(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.negated and frame.supported and not frame.blockers)

    @property
    def directions(self) -> frozenset[int]:
        return frozenset(frame.direction for frame in self.counting)

    @property
    def is_about_it(self) -> bool:
        """Whether the text speaks of the procedure in any mood."""
        return touches(self.sentences)


def read_account(
    text: Text, zones: frozenset[Zone], wording: Wording, heard: Sequence[Sentence] = (), *, is_subject: bool = False
) -> Account:
    """Read one text alone; elsewhere (`heard`) the letter may have named its topic already."""
    choices = take_choices(_with_spoken_footers(text, wording))
    found = sentences(choices.text, zones, wording, choices.taken_spans)
    named = (Concept.TOPIC, Concept.CIRCULAR, Concept.AUTO_ACT)
    known = any(not elsewhere(s, hit) for s in (*found, *heard) for hit in s.of(*named))
    context = Context(known, is_subject, wording)
    unfilled = any(open_choice(s) or _placeholder(s) or _unticked(s, choices.open_spans) for s in found)
    gathered = _with_quoted(tuple(f for sentence in found for f in frames(sentence, context)), choices.text, zones)
    unfinished = text.beginning(zones, LONGEST_TEXT) is not text
    return Account(text, tuple(found), gathered, unfilled, unfinished, wording.circulars)


def _with_quoted(found: tuple[Frame, ...], text: Text, zones: frozenset[Zone]) -> tuple[Frame, ...]:
    """The frames, those marked that stand in quotation marks together with who wishes: we “opt in” is our own wish."""
    if not any(frame.counts for frame in found):
        return found
    spans = list(quotations(visible(text.beginning(zones, LONGEST_TEXT), zones)))
    return tuple(replace(frame, quoted=_lies_within(frame, spans)) for frame in found)


def _lies_within(frame: Frame, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether one of `spans`, which follow one another, holds a frame and the words that wish or declare it."""
    speaking = frame.clause.of(Concept.WISH, Concept.DECLARE, Concept.REQUEST_TO_YOU, Concept.FIRST_PERSON)
    start, end = frame.sentence.span(min([frame.start, *(hit.start for hit in speaking)]), frame.end)
    place = bisect_right(spans, start, key=itemgetter(0)) - 1
    return place >= 0 and end <= spans[place][1]


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


def open_choice(sentence: Sentence) -> bool:
    """Whether both alternatives of the model stand side by side, joined by "or", a stroke or brackets, none taken."""
    choices = sentence.of(Concept.OPT_IN, Concept.OPT_OUT, Concept.ENABLE, Concept.DISABLE)
    offered = any(token.text in "[]" for token in sentence.tokens) or _is_model(sentence)
    for one, other in _neighbours(choices):
        if {one.concept, other.concept} not in _OPPOSITES:
            continue
        if _in_brackets(sentence, other):
            return True
        if not offered:
            continue
        between = sentence.tokens[one.end : other.start]
        joined = any(token.text in "/|" for token in between) or any(
            one.end - 1 <= hit.start <= other.start for hit in sentence.of(Concept.EITHER)
        )
        if joined:
            return True
    return _in_or_out(sentence)


def _in_brackets(sentence: Sentence, hit: Hit) -> bool:
    """Whether nothing but the phrase stands between round brackets: "opt in (opt out)"."""
    tokens = sentence.tokens
    return hit.start > 0 and tokens[hit.start - 1].text == "(" and hit.end < len(tokens) and tokens[hit.end].text == ")"


def _neighbours(choices: Sequence[Hit]) -> Iterator[tuple[Hit, Hit]]:
    """Every two that stand one soon after the other."""
    for number, one in enumerate(choices):
        for other in choices[number + 1 :]:
            if other.start > one.end + _NEAR:
                break
            if other.start >= one.end:
                yield one, other


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


def touches(found: Iterable[Sentence]) -> bool:
    """Whether sentences speak of this procedure: its topic with anything that makes it registrations, or its number."""
    found = tuple(found)
    concepts = Counter(hit.concept for sentence in found for hit in sentence.hits if not elsewhere(sentence, hit))
    tainted = any(sentence.tainted for sentence in found)
    topical = concepts[Concept.TOPIC] + concepts[Concept.AUTO_ACT]
    strong = any(concepts[concept] for concept in _STRONG)
    opting = concepts[Concept.OPT_IN] + concepts[Concept.OPT_OUT]
    named = concepts[Concept.CIRCULAR]
    mood = concepts[Concept.WISH] + concepts[Concept.ASK] + concepts[Concept.REQUEST_TO_YOU] + concepts[Concept.CEASE]
    return bool(
        (topical and (strong or mood))
        or any(_acts_on_topic(sentence) or _asks_for_automatism(sentence) for sentence in found)
        or (opting and (named or concepts[Concept.REGISTRATION] or concepts[Concept.SCOPE]))
        or (opting and not concepts[Concept.OTHER_TOPIC])
        or (named and (mood or topical))
        or tainted
        or _of_two_matters(found)
    )


def _of_two_matters(found: Sequence[Sentence]) -> bool:
    """Whether the automatic approval of something else is spoken of, and registrations too, with a wish."""
    said = {hit.concept for sentence in found for hit in sentence.hits}
    return Concept.REGISTRATION in said and bool(said & {Concept.TOPIC, Concept.AUTO_ACT}) and Concept.WISH in said


def _acts_on_topic(sentence: Sentence) -> bool:
    """Whether one sentence names the topic together with an act or a declaration, and nothing else they could be on."""
    said = {hit.concept for hit in sentence.hits}
    return Concept.TOPIC in said and bool(said & {*ACTS, Concept.DECLARE}) and Concept.OTHER_TOPIC not in said


def _asks_for_automatism(sentence: Sentence) -> bool:
    """Whether a sentence wishes or ends something automatic about registrations, in whatever words and spelling."""
    wished = sentence.asks or sentence.of(Concept.WISH, Concept.REQUEST_TO_YOU, Concept.CEASE, Concept.DECLARE)
    spoken_of = sentence.automatic or sentence.of(Concept.OPPOSITE)
    if sentence.automatic and sentence.misspelt and (wished or sentence.of(*ACTS)):
        return True
    return bool(spoken_of and wished and sentence.of(Concept.REGISTRATION))


def elsewhere(sentence: Sentence, hit: Hit) -> bool:
    """Whether a topic or act belongs to another matter: "automatic approval of fellowships", "opt out of photos"."""
    if hit.concept in (Concept.TOPIC, Concept.AUTO_ACT):
        return of_another_thing(sentence, hit)
    if hit.concept in (Concept.OPT_IN, Concept.OPT_OUT):
        others = sentence.of(Concept.OTHER_TOPIC)
        return bool(others) and not sentence.of(Concept.REGISTRATION, Concept.CIRCULAR)
    return False


def only_thanks(body: Account) -> bool:
    """Whether the letter just acknowledges: thanks or a report, and nothing asked, wished or left open."""
    thanked = any(sentence.of(Concept.THANKS) for sentence in body.sentences)
    asked = any(sentence.asks for sentence in body.sentences)
    for sentence in body.sentences:
        if touches((sentence,)) and not _acknowledges(sentence):
            return False
    settled = (Concept.REPORTED, Concept.THANKS, Concept.PAST)
    open_frames = [f for f in body.frames if not f.other and not f.sentence.of(*settled)]
    return thanked and not asked and not open_frames


def _acknowledges(sentence: Sentence) -> bool:
    """Whether a sentence thanks or reports without a wish of its own: "grateful if you …" wishes."""
    thanks = sentence.of(Concept.THANKS, Concept.REPORTED)
    words = {place for hit in thanks for place in hit.places}
    wishes = [hit for hit in sentence.of(Concept.WISH) if not words.issuperset(hit.places)]
    open_ends = sentence.of(Concept.ASK, Concept.REQUEST_TO_YOU, Concept.CONDITION)
    return bool(thanks) and not wishes and not open_ends
