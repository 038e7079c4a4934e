"""Finds members' names in tokens: a name index over every name and alias, tolerant where a clerk would be.

A *naming* is a run of text that holds every weighty word of one name: legal forms and small words may be missing or
added, words may be inflected, a long word may carry a typing error, word order may differ. Where names overlap the
longest explanation wins ("Guinea-Bissau" is no "Guinea"); two that stand equal are ambiguous. The index goes from a
name's rarest word to the name, so the cost follows the letter's length and not the register's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mailbot.folding import Token, mixes_scripts, tokenize
from mailbot.inflection import base_forms
from mailbot.members import Member

LEGAL_FORMS = frozenset(
    [
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "plc",
        "llc",
        "llp",
        "lp",
        "corp",
        "corporation",
        "co",
        "company",
        "gmbh",
        "ag",
        "kg",
        "ohg",
        "se",
        "sa",
        "sas",
        "sarl",
        "spa",
        "srl",
        "bv",
        "nv",
        "ab",
        "as",
        "asa",
        "oy",
        "oyj",
        "aps",
        "pty",
        "pte",
        "bhd",
        "sdn",
        "kk",
        "jsc",
        "pjsc",
        "ojsc",
        "cjsc",
        "ooo",
        "oao",
        "pao",
        "zao",
        "ltda",
        "cia",
        "sl",
        "slu",
        "sal",
        "saog",
        "saoc",
        "wll",
        "fze",
        "оао",
        "пао",
        "ооо",
        "зао",
        "ао",
        "тоо",
        "нао",
        "гуп",
        "фгуп",
        "ооо",
    ]
)
_HAN_LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "集团公司", "公司")
LIGHT = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "del",
        "el",
        "los",
        "las",
        "y",
        "et",
        "e",
        "da",
        "do",
        "dos",
        "und",
        "der",
        "die",
        "das",
        "von",
        "van",
        "i",
        "и",
        "al",
    ]
)
_MAX_RIVALS = 50  # longer names around a word; of a word that more share ("telecom") none is looked at
_LONG = 6  # letters of a word that may be misspelt
_MAX_REMEMBERED = 20_000  # words whose misspelt readings are kept
_BETWEEN = frozenset("-.,()\"&/'")


@dataclass(frozen=True, slots=True)
class _Name:
    """One name or alias: its weighty words, the member it belongs to, and whether only capitals may match it."""

    code: str
    words: tuple[str, ...]
    acronym: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a member is named: token numbers from `start` to before `end`, how exactly (0 to 100), who it could be."""

    start: int
    end: int
    codes: frozenset[str]
    score: float

    @property
    def code(self) -> str | None:
        """The one member named; None where it could be several."""
        return next(iter(self.codes)) if len(self.codes) == 1 else None


@dataclass
class NameIndex:
    """Every name of every member, ready to be looked up."""

    _by_rarest: dict[str, list[_Name]] = field(default_factory=lambda: defaultdict(list))
    _members_with: dict[str, frozenset[str]] = field(default_factory=dict)
    _by_shape: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    _names_with: dict[str, list[_Name]] = field(default_factory=lambda: defaultdict(list))
    _close: dict[str, dict[str, float]] = field(default_factory=dict)  # letters repeat the same capitalised words
    _han: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _han_lengths: tuple[int, ...] = ()

    @classmethod
    def of(cls, members: Iterable[Member]) -> NameIndex:
        index = cls()
        names: list[_Name] = []
        for member in members:
            for text in dict.fromkeys((member.name, *member.aliases)):
                names.extend(index._read(member.code, text))
        sharing: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for word in name.words:
                sharing[word].add(name.code)
        index._members_with = {word: frozenset(codes) for word, codes in sharing.items()}
        for name in dict.fromkeys(names):
            rarest = min(name.words, key=lambda word: (len(index._members_with[word]), -len(word)))
            index._by_rarest[rarest].append(name)
            for word in name.words:
                index._names_with[word].append(name)
        for word in index._members_with:
            if len(word) >= _LONG:
                for mark in (*_ends(word), f"{word[0]}2{word[2:5]}", f"{word[0]}3{word[3:6]}"):
                    index._by_shape[(mark, len(word))].append(word)
        index._han_lengths = tuple(sorted({len(text) for text in index._han}, reverse=True))
        return index

    def _read(self, code: str, text: str) -> Iterator[_Name]:
        tokens = [token for token in tokenize(text) if token.is_word]
        if any(_is_han(token.text) for token in tokens):
            whole = "".join(token.text for token in tokens)
            self._han[whole].add(code)
            for form in _HAN_LEGAL_FORMS:
                if whole.endswith(form) and len(whole) - len(form) >= 2:
                    self._han[whole.removesuffix(form)].add(code)
                    break
            return
        words = tuple(token.text for token in tokens if token.text not in LIGHT and token.text not in LEGAL_FORMS)
        raw = "".join(token.raw for token in tokens)
        acronym = raw if len(tokens) == 1 and len(raw) <= 6 and raw.isupper() and raw.isalpha() else ""
        if words:
            yield _Name(code, words, acronym)

    def share(self, token: Token) -> frozenset[str]:
        """The members in whose names a word stands."""
        words = list(self._vocabulary(token))
        if len(words) == 1:
            return self._members_with[words[0]]  # of a common word these are very many: not to be copied
        return frozenset(code for word in words for code in self._members_with[word])

    def namings(self, tokens: Sequence[Token]) -> list[Naming]:
        """The members named in `tokens`, in reading order; none inside a longer naming."""
        found = [*self._alphabetic(tokens), *self._chinese(tokens)]
        return _longest(found)

    def shadowed(self, naming: Naming, tokens: Sequence[Token]) -> Naming:
        """The naming, or one that could be several members where a word beside it belongs to another's longer name.

        "République démocratique du Congo" is not the other Congo, even where the register has it in English only.
        """
        if naming.code is None or naming.end - naming.start > 2:
            return naming
        words = {token.text for token in tokens[naming.start : naming.end] if token.is_word}
        rivals = [
            name
            for name in self._names_with.get(min(words, key=lambda word: len(self._names_with.get(word, ()))), ())
            if name.code != naming.code and words < set(name.words)
        ]
        if not rivals or len(rivals) > _MAX_RIVALS:
            return naming
        beside = [token.text for token in _neighbours(naming, tokens)]
        codes = {
            name.code
            for name in rivals
            for word in name.words
            if naming.code not in self._members_with[word] and any(_kindred(word, other) for other in beside)
        }
        return Naming(naming.start, naming.end, naming.codes | codes, naming.score) if codes else naming

    def _alphabetic(self, tokens: Sequence[Token]) -> Iterator[Naming]:
        weighty = [n for n, t in enumerate(tokens) if t.is_word and t.text not in LIGHT and t.text not in LEGAL_FORMS]
        readings = {number: self._vocabulary(tokens[number]) for number in weighty}
        for position, number in enumerate(weighty):
            for word in readings[number]:
                for name in self._by_rarest.get(word, ()):
                    yield from self._around(name, tokens, weighty, position, readings)

    def _around(
        self,
        name: _Name,
        tokens: Sequence[Token],
        weighty: Sequence[int],
        position: int,
        readings: dict[int, dict[str, float]],
    ) -> Iterator[Naming]:
        """`name` in every window of its length around one of its words."""
        size = len(name.words)
        for first in range(max(0, position - size + 1), min(position, len(weighty) - size) + 1):
            window = weighty[first : first + size]
            score = _score(name, window, readings)
            if score and _adjoining(window, tokens) and _is_spelt(name, tokens[window[0]]):
                yield Naming(window[0], window[-1] + 1, frozenset({name.code}), score)

    def _vocabulary(self, token: Token) -> dict[str, float]:
        """The words of names a token can stand for, each with how well it fits; exact ones shut out all others."""
        word = token.text
        if word in self._members_with:
            return {word: 100.0}
        if mixes_scripts(word):
            return {}
        forms = {base: 98.0 for base in base_forms(word) if base in self._members_with}
        return forms or self._misspelt(token)

    def _misspelt(self, token: Token) -> dict[str, float]:
        """Words one typing error away, two in a word of ten letters or more; none for short words."""
        word = token.text
        if len(word) < _LONG or token.is_number or not token.raw[0].isupper():
            return {}
        allowed = 2 if len(word) >= 10 else 1
        found = self._close.get(word)
        if found is None:
            found = {
                candidate: 95.0 - 3.0 * distance
                for candidates in self._candidates(word, allowed)
                for candidate, distance, _ in process.extract(
                    word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None
                )
            }
            if len(self._close) < _MAX_REMEMBERED:
                self._close[word] = found
        return found

    def _candidates(self, word: str, allowed: int) -> Iterator[list[str]]:
        """The words that may be `allowed` typing errors away; they begin alike and are of about the same length."""
        for length in range(max(_LONG, len(word) - allowed), len(word) + allowed + 1):
            for mark in (*_ends(word), *(_middles(word) if allowed > 1 else ())):
                if found := self._by_shape.get((mark, length)):
                    yield found

    def _chinese(self, tokens: Sequence[Token]) -> Iterator[Naming]:
        """The longest Chinese names, character by character; brackets inside a name do not matter."""
        words = [number for number, token in enumerate(tokens) if token.is_word]
        for position, number in enumerate(words):
            if not _is_han(tokens[number].text):
                continue
            for length in self._han_lengths:
                window = words[position : position + length]
                run = "".join(tokens[n].text for n in window)
                if run in self._han:
                    yield Naming(window[0], window[-1] + 1, frozenset(self._han[run]), 100.0)
                    break


def _ends(word: str) -> tuple[str, str]:
    """One typing error leaves a word's first two letters or its last three as they are."""
    return f"^{word[:2]}", f"{word[0]}-{word[-3:]}"


def _middles(word: str) -> tuple[str, str, str]:
    """Two errors, at both ends of a word, leave its middle, moved by one place at most."""
    return f"{word[0]}2{word[3:6]}", f"{word[0]}3{word[3:6]}", f"{word[0]}3{word[2:5]}"


def _score(name: _Name, window: Sequence[int], readings: dict[int, dict[str, float]]) -> float:
    """How well the words of a window make up `name`: 0 where one is missing; another order costs a little."""
    in_order = [readings[number].get(word, 0.0) for number, word in zip(window, name.words, strict=True)]
    if all(in_order):
        return sum(in_order) / len(in_order)
    total, left = 0.0, list(name.words)
    for number in window:
        best = max(left, key=lambda word: readings[number].get(word, 0.0))
        if not readings[number].get(best):
            return 0.0
        total += readings[number][best]
        left.remove(best)
    return total / len(window) - 5.0


def _adjoining(window: Sequence[int], tokens: Sequence[Token]) -> bool:
    """Whether only small words, legal forms and light punctuation stand between the words of a window."""
    for one, other in pairwise(window):
        between = tokens[one + 1 : other]
        if len(between) > 4 or any(not t.is_word and t.text not in _BETWEEN for t in between):
            return False
    return True


def _is_spelt(name: _Name, token: Token) -> bool:
    """An acronym must be written in capitals, so that "its" and "us" name nobody."""
    return not name.acronym or token.raw.isupper()


def _longest(found: Iterable[Naming]) -> list[Naming]:
    """The longest namings, then the best; equal ones of several members become one that could be any of them."""
    kept: list[Naming] = []
    for naming in sorted(found, key=lambda n: (-(n.end - n.start), -n.score, n.start)):
        same = [k for k in kept if k.start < naming.end and naming.start < k.end]
        if not same:
            kept.append(naming)
        elif len(same) == 1 and (same[0].start, same[0].end) == (naming.start, naming.end):
            other = same[0]
            if other.score - naming.score < 3.0 or (naming.score < 95.0 and other.score < 95.0):
                kept[kept.index(other)] = Naming(other.start, other.end, other.codes | naming.codes, other.score)
    return sorted(kept, key=lambda n: n.start)


def _kindred(one: str, other: str) -> bool:
    """Whether two words share most of their letters from the front: democratic, démocratique, democrática."""
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= 5 and shared * 5 >= 3 * max(len(one), len(other))


def _neighbours(naming: Naming, tokens: Sequence[Token]) -> Iterator[Token]:
    """The weighty words right before and right behind a naming."""
    for places in (range(naming.start - 1, -1, -1), range(naming.end, len(tokens))):
        for place in places:
            if tokens[place].text in LIGHT or tokens[place].text == "-":
                continue
            if tokens[place].is_word:
                yield tokens[place]
            break


def _is_han(character: str) -> bool:
    return "\u3400" <= character[0] <= "\u9fff"
