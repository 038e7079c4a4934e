"""Cuts a letter's own words into sentences and clauses and finds the phrases that stand in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile
from operator import itemgetter

from rapidfuzz.distance import Levenshtein

from mailbot.folding import Token, mixes_scripts, skeleton, tokenize
from mailbot.wording import ACTS, REMARKS, Concept, Form, Hit, Wording, WordList, variants
from mailbot.zones import Text, Zone

_ENDS = frozenset(".!?;؛؟…:")
_ASKS = frozenset("?؟")
_BOXES = frozenset("☐☒☑□▢✓✔✗✘")
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof no nr rep dem st art mme mlle sr sra dra ing lic eng hon circ ref vs e g i ext tel г т им ул
    тов гр u n inc co ltd corp int dept gov gral min dir av bd
    """.split()
)
_HARMLESS = frozenset({Concept.POLITE, Concept.NOW, Concept.SCOPE, Concept.DURATION_PERIOD, Concept.DURATION_NOTICE})
_DANGEROUS = frozenset(
    {
        Concept.NEGATION,
        Concept.CONDITION,
        Concept.RESTRICTION,
        Concept.LATER,
        Concept.PAST,
        Concept.POSSIBILITY,
        Concept.REPORTED,
        Concept.ASK,
    }
)
_TURNING = frozenset({Concept.CEASE, Concept.NEGATION})
_MOODS = frozenset({Concept.POSSIBILITY, Concept.PAST, Concept.REPORTED, Concept.ASK})
_UNDOING = (Concept.PAST, Concept.REPORTED, Concept.NEGATION)
_MATTERS = frozenset({Concept.TOPIC, Concept.OPPOSITE, Concept.CIRCULAR})  # no doubt makes a letter's matter vanish
_INTRODUCING = frozenset({Concept.WISH, Concept.REQUEST_TO_YOU, Concept.DECLARE})  # they lead to acts
_NEVER_SWALLOWED = frozenset({Concept.THANKS, Concept.FIRST_PERSON})
_LATIN = frozenset({"en", "es", "fr"})  # share words; each of the other languages has letters of its own
_IN_THE_LETTER, _IN_THE_SENTENCE = 0.3, 0.6  # shares of the best language's score
HAN_WEIGHT = 0.4  # a Chinese word is two or three characters long
LONGEST_TEXT = 40_000  # characters of one speaker in one text; a letter has a few thousand
_LONGEST = 150  # tokens; a longer run is no sentence but a flood or a list, and is cut
_BESIDE_YEARS = frozenset({"-", "(", "年"})
_WRAPPED = 45  # columns: a plain-text line at least this wide was probably broken by the mail program


@dataclass(frozen=True, eq=False)
class Clause:
    """A stretch of tokens that says one thing, with the phrases found in it; numbers are those of its sentence."""

    start: int
    end: int
    hits: tuple[Hit, ...]

    def of(self, *concepts: Concept) -> list[Hit]:
        """The hits of these concepts, in reading order."""
        return _of(self._by_concept, concepts)

    @cached_property
    def _by_concept(self) -> dict[Concept, list[tuple[int, Hit]]]:
        return _by_concept(self.hits)


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence: its tokens, the phrases in it, its clauses, and how it is placed in its text.

    `introduced` are the words before a colon that undo what it leads to ("last year I wrote: …", "do not do this: …");
    `broken` tells that it is a piece of a run too long to be read as one; `unknown` counts the words that are neither
    names nor small nor part of any phrase. `remarks` are not among the hits: they explain no word and no other phrase
    away. `misspelt` tells that one of the unknown words is nearly one that this procedure is spoken of with.
    """

    part: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]
    clauses: tuple[Clause, ...]
    asks: bool
    is_field: bool
    zone: Zone
    introduced: tuple[Hit, ...] = ()
    tainted: tuple[Hit, ...] = ()
    automatic: bool = False
    broken: bool = False
    unknown: float = 0.0
    remarks: frozenset[Concept] = frozenset()
    misspelt: bool = False

    def of(self, *concepts: Concept) -> list[Hit]:
        """The hits of these concepts, in reading order."""
        return _of(self._by_concept, concepts)

    @cached_property
    def _by_concept(self) -> dict[Concept, list[tuple[int, Hit]]]:
        return _by_concept(self.hits)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters that the tokens from `start` to before `end` cover in the text."""
        return self.tokens[start].start, self.tokens[max(start, end - 1)].end


def years_of(sentence: Sentence, period: Hit) -> list[int]:
    """The places of the years that name a study period, in its phrase, right behind or before: "2025-2028"."""
    tokens = sentence.tokens
    behind = takewhile(lambda place: _names_years(tokens[place]), range(period.end, len(tokens)))
    before = takewhile(lambda place: _names_years(tokens[place]), range(period.start - 1, -1, -1))
    return [place for place in (*before, *range(period.start, period.end), *behind) if _is_year(tokens[place])]


def _names_years(token: Token) -> bool:
    return _is_year(token) or token.text in _BESIDE_YEARS


def _is_year(token: Token) -> bool:
    return token.is_number and len(token.text) == 4 and token.text.startswith("20")


def _by_concept(hits: Sequence[Hit]) -> dict[Concept, list[tuple[int, Hit]]]:
    found: dict[Concept, list[tuple[int, Hit]]] = {}
    for number, hit in enumerate(hits):
        found.setdefault(hit.concept, []).append((number, hit))
    return found


def _of(found: dict[Concept, list[tuple[int, Hit]]], concepts: Sequence[Concept]) -> list[Hit]:
    if len(concepts) == 1:
        return [hit for _, hit in found.get(concepts[0], ())]
    numbered = [pair for concept in dict.fromkeys(concepts) for pair in found.get(concept, ())]
    return [hit for _, hit in sorted(numbered, key=itemgetter(0))]


def sentences(
    text: Text, zones: frozenset[Zone], wording: Wording, taken: Sequence[tuple[int, int]] = ()
) -> list[Sentence]:
    """The sentences of `text` in `zones`, in reading order; a ticked alternative (`taken`) is a field's value.

    Of a text longer than `LONGEST_TEXT` only the beginning is read.
    """
    text = text.beginning(zones, LONGEST_TEXT)
    fields = {place for start, end in taken for place in range(start, end)}
    seen = visible(text, zones)
    runs = [(tuple(run), field) for run, field in _cut(tokenize(seen), seen) if any(t.is_word for t in run)]
    found = [wording.hits(run) for run, _ in runs]
    scores = [_scores(run, hits, wording) for (run, _), hits in zip(runs, found, strict=True)]
    spoken = _leading(sum(scores, Counter()), _IN_THE_LETTER)
    said: list[Sentence] = []
    introduced: tuple[Hit, ...] = ()
    for (run, is_field), hits, score in zip(runs, found, scores, strict=True):
        leading = _leading(score, _IN_THE_SENTENCE)
        read = _sentence(text, run, hits, (spoken & leading) or leading, wording, is_field or run[0].start in fields)
        said.append(replace(read, introduced=introduced))
        if read.tokens[-1].text == ":":
            introduced = tuple(read.of(*_UNDOING))
        elif read.of(*ACTS, *_MATTERS):
            introduced = ()  # a greeting may stand between "do not do this:" and what is not to be done
    return said


def visible(text: Text, zones: frozenset[Zone]) -> str:
    """The characters in `zones`; struck-out words leave a blank, what lies in other zones ends a sentence."""
    return "".join(
        character if mark in zones or character == "\n" else " " if mark == Zone.STRUCK else "\x00"
        for character, mark in zip(text.content, text.marks, strict=True)
    )


def _cut(tokens: Sequence[Token], content: str) -> Iterator[tuple[list[Token], bool]]:
    """Runs of tokens that make a sentence, and whether each is a field's value (it follows a colon or a table cell)."""
    current: list[Token] = []
    is_field = False
    for number, token in enumerate(tokens):
        current.append(token)
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        if following is None:
            break
        gap = content[token.end : following.start]
        if len(current) >= _LONGEST or _ends_here(token, following, gap, content, current):
            yield current, is_field
            is_field = token.text == ":" or "\t" in gap
            current = []
    if current:
        yield current, is_field


def _ends_here(token: Token, following: Token, gap: str, content: str, current: Sequence[Token]) -> bool:
    if following.text in _BOXES or "\x00" in gap or "\t" in gap or "\n\n" in gap.replace(" ", "").replace("\r", ""):
        return True
    if token.text in _ENDS:
        return _is_stop(token, following, gap, current)
    if "\n" not in gap:
        return False
    line_start = content.rfind("\n", 0, token.end) + 1
    width = sum(2 if character >= "\u2e80" else 1 for character in content[line_start : token.end])
    continues = following.raw[0].islower() and token.text != ","
    return not (width >= _WRAPPED or continues) or following.text in ("•", "*", "·")


def _is_stop(token: Token, following: Token, gap: str, current: Sequence[Token]) -> bool:
    """Whether a stop ends the sentence, or belongs to an abbreviation, a number or an ellipsis."""
    if token.text != ".":
        return token.text != ":" or bool(gap) or not following.is_number
    before = current[-2] if len(current) > 1 else None
    if before is not None and before.text in _ABBREVIATIONS and "\n" not in gap:
        return False
    if token.raw == "." and not gap:
        return False
    return not following.raw[0].islower() or "\n" in gap


def _sentence(
    text: Text,
    tokens: tuple[Token, ...],
    found: Sequence[Hit],
    languages: frozenset[str],
    wording: Wording,
    is_field: bool,
) -> Sentence:
    # "opt in" is English in the middle of any language.
    spoken = [hit for hit in found if hit.language in languages or _is_loan(hit)]
    hits = _unswallowed([hit for hit in spoken if hit.concept not in REMARKS])
    unknown = _unknown(tokens, hits, wording)
    remarks = frozenset(hit.concept for hit in spoken) & REMARKS
    return Sentence(
        part=text.part,
        tokens=tokens,
        hits=hits,
        clauses=tuple(_clauses(tokens, hits)),
        asks=tokens[-1].text in _ASKS or any(token.text in _ASKS for token in tokens[-3:]),
        is_field=is_field,
        zone=Zone(text.marks[tokens[0].start]),
        tainted=_tainted(tokens, found, wording),
        broken=len(tokens) >= _LONGEST,
        unknown=sum(HAN_WEIGHT if word >= "\u3400" else 1.0 for word in unknown),
        misspelt=any(_nearly(word, wording.lists[WordList.MATTER]) for word in unknown),
        remarks=remarks,
        automatic=Concept.UNATTENDED in remarks
        or any(v in wording.lists[WordList.AUTOMATIC] for token in tokens for v in variants(token.text)),
    )


def _unknown(tokens: Sequence[Token], hits: Sequence[Hit], wording: Wording) -> list[str]:
    """The words of a sentence that nobody accounts for."""
    known = {place for hit in hits for place in hit.places}
    return [
        token.text
        for place, token in enumerate(tokens)
        if place not in known and token.is_word and not (token.is_number or token.raw[0].isupper())
        if not wording.is_small(token.text)
    ]


def _nearly(word: str, known: Set[str]) -> bool:
    """Whether a long word is none of `known`, but would be without a slip of the pen or two."""
    slips = 2 if len(word) >= 9 else 1
    return (
        len(word) >= 6
        and word not in known
        and any(Levenshtein.distance(word, one, score_cutoff=slips) <= slips for one in known)
    )


def _is_loan(hit: Hit) -> bool:
    return hit.language == "en" and hit.concept in (Concept.OPT_IN, Concept.OPT_OUT)


def _scores(tokens: Sequence[Token], hits: Sequence[Hit], wording: Wording) -> Counter[str]:
    """How much of a sentence each language explains: its small words, and twice the words of its phrases."""
    words = [token.text for token in tokens if token.is_word]
    scores = Counter({lang: sum(w in known for w in words) for lang, known in wording.function_words.items()})
    explained: dict[str, set[int]] = {}
    for hit in hits:
        explained.setdefault(hit.language, set()).update(hit.places)
    for language, places in explained.items():
        if language not in _LATIN:  # "opt in" in the middle of Russian is no sign of Russian
            places = {place for place in places if not tokens[place].text.isascii()}
        scores[language] += 2 * len(places)
    return scores


def _leading(scores: Counter[str], share: float) -> frozenset[str]:
    """The languages a text may be in: of those that share words, the ones that explain at least `share` of the best."""
    best = max((score for language, score in scores.items() if language in _LATIN), default=0)
    return frozenset(
        language for language, score in scores.items() if score and (language not in _LATIN or score >= share * best)
    )


def _unswallowed(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that no longer hit of another meaning explains: "no longer" swallows "no", "further notice" nothing.

    A gapped act that reaches over an act of another meaning ("opt in or opt … out") is no reading of it at all.
    """
    kept: list[Hit] = []
    by_place: dict[int, list[Hit]] = {}
    acts = [hit for hit in hits if hit.concept in ACTS and not hit.phrase.gaps]
    for hit in sorted(hits, key=lambda hit: (-len(hit.places), hit.concept not in _HARMLESS)):
        if any(_swallows(other, hit) for other in by_place.get(hit.places[0], ())):
            continue
        if _cuts_into_topic(hit, kept) or _begins_inside_a_word(hit, kept):
            continue
        if hit.phrase.gaps and hit.concept in ACTS and any(_reached_over(hit, act) for act in acts):
            continue
        kept.append(hit)
        for place in hit.places:
            by_place.setdefault(place, []).append(hit)
    return tuple(sorted(dict.fromkeys(kept), key=lambda hit: (hit.start, hit.end)))


def _cuts_into_topic(hit: Hit, longer: Sequence[Hit]) -> bool:
    """Whether a phrase of another matter only takes its words from the middle of this procedure's own name."""
    if hit.concept is not Concept.OTHER_TOPIC:
        return False
    topics = (other for other in longer if other.concept in (Concept.TOPIC, Concept.REGISTRATION))
    return any(set(hit.places) & set(topic.places) and len(topic.places) > len(hit.places) for topic in topics)


def _begins_inside_a_word(hit: Hit, longer: Sequence[Hit]) -> bool:
    """Whether a Chinese wish begins with the last character of another word: the 请 of 申请 is no "please"."""
    if hit.language != "zh" or hit.concept not in _INTRODUCING:
        return False
    words = (other for other in longer if other.concept in (Concept.TOPIC, Concept.REGISTRATION))
    return any(other.start < hit.start < other.end for other in words)


def _swallows(other: Hit, hit: Hit) -> bool:
    """Whether `other` explains every word of `hit` and more, or as much and is a set phrase that means no harm."""
    if not set(hit.places) <= set(other.places):
        return False
    if hit.concept is other.concept:
        return other.form is Form.PAST and hit.form is not Form.PAST and len(other.places) > len(hit.places)
    if hit.concept in _NEVER_SWALLOWED:
        return False
    if hit.concept in _MATTERS and other.concept in _DANGEROUS:
        return False
    if hit.concept in ACTS and other.concept in _INTRODUCING and hit.end == other.end:
        return False  # "merci de désactiver" ends in an act; "принять решение" only holds the word of one
    if hit.concept is Concept.REGISTRATION and other.concept is Concept.TOPIC:
        return False
    if hit.concept is Concept.NEGATION and other.concept in _MOODS:
        return False
    longer = len(other.places) > len(hit.places)
    return longer or (other.concept in _HARMLESS and hit.concept in _DANGEROUS)


def _reached_over(gapped: Hit, act: Hit) -> bool:
    inside = gapped.start <= act.start and act.end <= gapped.end
    return inside and act.concept is not gapped.concept and not set(act.places) <= set(gapped.places)


def _clauses(tokens: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Clause]:
    """Cut at conjunctions and spaced dashes that open a new statement, and at commas between two acts (、 only lists).

    "No longer" with the topic or its opposite behind it says as much as an act.
    """
    cuts = {hit.start for hit in hits if hit.concept is Concept.BOUNDARY}
    acts = [hit.start for hit in hits if hit.concept in ACTS]
    topics = {hit.start for hit in hits if hit.concept in (Concept.TOPIC, Concept.OPPOSITE)}
    ceased = [hit.start for hit in hits if hit.concept is Concept.CEASE and hit.end in topics]
    for number, token in enumerate(tokens):
        if token.text == "-" and 0 < number < len(tokens) - 1:
            if tokens[number - 1].end < token.start and token.end < tokens[number + 1].start:
                cuts.add(number)
        elif (
            token.text == ","
            and token.raw != "、"
            and any(a < number for a in acts)
            and any(a > number for a in (*acts, *ceased))
        ):
            cuts.add(number)
    spanning = [hit for hit in hits if hit.phrase.gaps and hit.concept in _TURNING]
    cuts = {cut for cut in cuts if not any(hit.start < cut < hit.end for hit in spanning)}
    edges = sorted({0, len(tokens), *cuts})
    for start, end in pairwise(edges):
        inside = tuple(hit for hit in hits if start <= hit.start and hit.start < end)
        yield Clause(start, end, inside)


def _tainted(tokens: Sequence[Token], hits: Sequence[Hit], wording: Wording) -> tuple[Hit, ...]:
    """Phrases that are there for the eye only: they appear once look-alike letters are read as what they resemble."""
    if not any(mixes_scripts(token.text) for token in tokens):
        return ()
    lookalike = [
        Token(skeleton(token.text), token.start, token.end, token.raw) if mixes_scripts(token.text) else token
        for token in tokens
    ]
    honest = Counter(hits)
    return tuple(hit for hit in wording.hits(lookalike) if hit not in honest)
