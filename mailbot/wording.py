"""The words mailbot knows, and where they stand in a run of tokens.

A phrase is a run of words with gaps and alternatives (`mailbot.wording_files` tells how they are written), all of them
linear to match. Hyphens, quotes and brackets between the words of a phrase do not matter. Phrases are folded like the
letters they are compared with (`mailbot.folding`). In Arabic words the joined particles (و ف ب ك ل ال) may stand before
a phrase's word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from mailbot.folding import Token


class Concept(StrEnum):
    """What a phrase contributes to the reading of a clause."""

    TOPIC = "topic"  # automatic approval
    REGISTRATION = "registration"  # registration requests, delegates' registrations
    CIRCULAR = "circular"  # this procedure by its number
    OPPOSITE = "opposite"  # approval one by one
    OTHER_TOPIC = "other_topic"  # newsletters, visas, invoices …
    OTHER_CIRCULAR = "other_circular"  # another Sector's circular or meetings
    ENABLE = "enable"
    APPLY = "apply"  # apply, carry out: an act on a matter that is named, never on "it"
    DISABLE = "disable"
    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    RETURN = "return"  # go back to …, prefer …: an act on what stands behind it
    AUTO_ACT = "auto_act"  # approve automatically: act and topic in one
    WISH = "wish"
    REQUEST_TO_YOU = "request_to_you"  # could you please …: a question in form, a wish in meaning
    DECLARE = "declare"  # we hereby, we confirm that
    CEASE = "cease"
    NEGATION = "negation"
    ASK = "ask"
    CONDITION = "condition"
    RESTRICTION = "restriction"
    EXCLUSION = "exclusion"  # this does not concern …
    LATER = "later"
    NOW = "now"
    PAST = "past"
    POSSIBILITY = "possibility"
    REPORTED = "reported"
    THANKS = "thanks"
    CORRECTION = "correction"
    DURATION_PERIOD = "duration_period"
    DURATION_NOTICE = "duration_notice"
    SCOPE = "scope"
    POLITE = "polite"
    BOUNDARY = "boundary"
    FIRST_PERSON = "first_person"
    PRONOUN = "pronoun"
    COVER = "cover"  # see the attached letter
    BELOW = "below"  # please act on the message below, FYI, yes please
    ON_BEHALF = "on_behalf"
    PLACEHOLDER = "placeholder"  # [Name], [member organization]
    CIRCULAR_TEXT = "circular_text"  # sentences only the circular itself writes
    OUT_OF_OFFICE = "out_of_office"
    EITHER = "either"  # or
    # remarks: looked for beside what the words say
    UNREADY = "unready"  # this is only a draft, wait until the minister has signed
    POSTSCRIPT = "postscript"
    UNATTENDED = "unattended"  # without asking me: automatic, in other words


class Form(StrEnum):
    """How an act is said, which decides whether it needs a wish beside it to count."""

    FINITE = "finite"  # opts in, we accept
    BARE = "bare"  # (to) opt in, activate!
    NOUN = "noun"  # our opt-in, the activation of
    PAST = "past"  # opted in, has been activated


ACTS = frozenset(
    {
        Concept.ENABLE,
        Concept.APPLY,
        Concept.DISABLE,
        Concept.OPT_IN,
        Concept.OPT_OUT,
        Concept.RETURN,
        Concept.AUTO_ACT,
    }
)
REMARKS = frozenset({Concept.UNREADY, Concept.POSTSCRIPT, Concept.UNATTENDED})
_SOFT = frozenset("-\"()[]*_~/<>'°#.")  # a full stop inside a sentence is an abbreviation's


@dataclass(frozen=True, slots=True)
class Run:
    """Words one after the other; `begins` where the last is a beginning only, `spelt` where accents matter."""

    words: tuple[str, ...]
    begins: bool
    spelt: str


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: alternative runs of folded words, of which the last may be a beginning only.

    `runs` are kept by their first word; `beginnings` are the alternatives that are the beginning of one word.
    """

    runs: dict[str, tuple[Run, ...]]
    beginnings: tuple[str, ...]
    optional: bool

    def may_stand(self, words: Set[str]) -> bool:
        """Whether one of its words is among `words`."""
        return not words.isdisjoint(self.runs) or (
            bool(self.beginnings) and any(word.startswith(self.beginnings) for word in words)
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a wording file; `gaps` tells before which elements how many other words may stand.

    `commas` are the elements before which a comma may stand.
    """

    concept: Concept
    form: Form | None
    language: str
    text: str
    example: str
    elements: tuple[Element, ...]
    gaps: Mapping[int, int]
    commas: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at the token numbers `places`; words that stand in a gap of the phrase are not among them."""

    concept: Concept
    form: Form | None
    language: str
    places: tuple[int, ...]
    phrase: Phrase = field(compare=False, repr=False)

    @property
    def start(self) -> int:
        """The number of the phrase's first token."""
        return self.places[0]

    @property
    def end(self) -> int:
        """The number of the token after the phrase."""
        return self.places[-1] + 1


class WordList(StrEnum):
    """Lists of single words at the head of a wording file; they help to tell names from other words."""

    CLITICS = "clitics"  # pronouns joined to the end of a verb
    INSTITUTIONS = "institution_words"  # what any administration's name is made of
    COMPANIES = "company_words"  # a country beside one of these is part of a company's name
    ADDRESSES = "address_words"
    TITLES = "titles"  # before a person's name
    WHEREABOUTS = "whereabouts"  # before a place
    CAPITALISED = "customary_capitals"
    MATTER = "matter_words"  # misspelt near an automatic word they keep a letter from being ignored
    AUTOMATIC = "automatic_words"  # near registrations they keep a letter from being ignored


@dataclass(frozen=True)
class Wording:
    """All phrases of all languages, indexed by their first word, and the word lists of all languages together."""

    phrases: tuple[Phrase, ...]
    function_words: dict[str, frozenset[str]]
    lists: dict[WordList, frozenset[str]]
    _by_word: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list), repr=False)
    _by_beginning: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list), repr=False)

    def __post_init__(self) -> None:
        for phrase in self.phrases:
            first = phrase.elements[0]
            for word in first.runs:
                self._by_word[word].append(phrase)
            for beginning in dict.fromkeys(first.beginnings):
                self._by_beginning[beginning].append(phrase)

    @cached_property
    def circulars(self) -> frozenset[str]:
        """The numbers by which the circular is cited: those that the phrases for it insist on."""
        cited = (phrase.text for phrase in self.phrases if phrase.concept is Concept.CIRCULAR)
        return frozenset(word for text in cited for word in text.split() if word.isdecimal())

    def has_clitic(self, word: str) -> bool:
        """Whether a pronoun is joined to the end of an act's word: "desactivarla", "تفعيلها"."""
        return len(word) > 5 and word.endswith(tuple(self.lists[WordList.CLITICS]))

    def is_clitic(self, word: str) -> bool:
        """Whether a word is a pronoun that leans on the verb behind it: "que la activen"."""
        return word in self.lists[WordList.CLITICS]

    def is_small(self, word: str) -> bool:
        """Whether a word is one of the commonest of some language, which say nothing by themselves."""
        return any(word in known for known in self.function_words.values())

    def hits(self, tokens: Sequence[Token]) -> list[Hit]:
        """Every phrase in `tokens`; linear in their number."""
        found: list[Hit] = []
        words = {variant for token in tokens if token.is_word for variant in variants(token.text)}
        starting: dict[str, list[Phrase]] = {}
        for start, token in enumerate(tokens):
            if not token.is_word:
                continue
            if token.text not in starting:
                phrases = self._starting_with(token.text)
                starting[token.text] = [
                    phrase
                    for phrase in phrases
                    if all(element.optional or element.may_stand(words) for element in phrase.elements[1:])
                ]
            for phrase in starting[token.text]:
                places = _matched(phrase, tokens, start)
                if places is not None:
                    found.append(Hit(phrase.concept, phrase.form, phrase.language, places, phrase))
        return found

    def _starting_with(self, word: str) -> Iterable[Phrase]:
        for variant in variants(word):
            yield from self._by_word.get(variant, ())
            for length in range(1, len(variant) + 1):
                yield from self._by_beginning.get(variant[:length], ())


@lru_cache(maxsize=16384)
def variants(word: str) -> tuple[str, ...]:
    """The word itself, and for an Arabic one what is left when joined particles are taken off its front."""
    if not "\u0600" <= word[0] <= "\u06ff" or len(word) < 3:
        return (word,)
    found = [word]
    for lead, shortest in (("و", 2), ("ف", 2), ("ب", 3), ("ل", 3), ("ك", 3), ("س", 3)):  # "ولم" is "لم" too
        found.extend([base[1:] for base in found if base.startswith(lead) and len(base) > shortest])
    for base in list(found):
        if base.startswith("ال") and len(base) > 4:
            found.append(base[2:])
        elif base.startswith("لل") and len(base) > 4:
            found.extend(("ال" + base[2:], base[2:]))
    return tuple(dict.fromkeys(found))


def _matched(phrase: Phrase, tokens: Sequence[Token], start: int) -> tuple[int, ...] | None:
    """The token numbers of `phrase` where it stands at `start`; None where it does not.

    A phrase with a gap takes the nearest words, so that it does not reach over what it should not; another takes as
    many of its optional words as there are.
    """
    reached: dict[int, tuple[int, ...]] = {start: ()}
    for number, element in enumerate(phrase.elements):
        following: dict[int, tuple[int, ...]] = {}
        for position, taken in reached.items():
            places = [position] if number == 0 else _places(tokens, position, phrase, number)
            for place in places:
                for run in _runs_at(element, tokens, place):
                    following.setdefault(run[-1] + 1, taken + run)
        if element.optional:
            following = {**reached, **following}
        if not following:
            return None
        reached = following
    return reached[min(reached) if phrase.gaps else max(reached)]


def _places(tokens: Sequence[Token], position: int, phrase: Phrase, number: int) -> list[int]:
    """Where word `number` of a phrase may stand: after soft marks, and after as many other words as its gap holds."""
    gap = phrase.gaps.get(number, 0)
    passed = _SOFT | {","} if number in phrase.commas else _SOFT
    places: list[int] = []
    words = 0
    while position < len(tokens):
        token = tokens[position]
        if token.is_word:
            places.append(position)
            words += 1
            if words > gap:
                break
        elif token.text not in passed:
            break
        position += 1
    return places


def _runs_at(element: Element, tokens: Sequence[Token], place: int) -> Iterator[tuple[int, ...]]:
    """The token numbers of every alternative of `element` that begins at `place`."""
    for variant in variants(tokens[place].text):
        if element.beginnings and variant.startswith(element.beginnings):
            yield (place,)
        for run in element.runs.get(variant, ()):
            if run.spelt and run.spelt not in (tokens[place].raw.lower(), tokens[place].raw):
                continue
            if numbers := _run_at(run, tokens, place):
                yield numbers


def _run_at(run: Run, tokens: Sequence[Token], place: int) -> tuple[int, ...]:
    """The token numbers of one run of words of which the first stands at `place`; empty where the others do not."""
    numbers = [place]
    for offset, word in enumerate(run.words[1:], 1):
        place += 1
        while place < len(tokens) and tokens[place].text in _SOFT:
            place += 1
        if place >= len(tokens):
            return ()
        beginning = run.begins and offset == len(run.words) - 1
        if not any(v == word or (beginning and v.startswith(word)) for v in variants(tokens[place].text)):
            return ()
        numbers.append(place)
    return tuple(numbers)
