"""Which member a letter names: the namings in its words, weighed by where they stand (contract rule 7).

What stands after "on behalf of" or in a sentence that carries the wish outranks the rest of the letter, that outranks
the signature. A country in a postal address or in a company's name, and the sender's own name, name nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mailbot.clauses import Sentence
from mailbot.folding import Token, tokenize
from mailbot.members import Member
from mailbot.names import LEGAL_FORMS, LIGHT, NameIndex, Naming
from mailbot.terms import Evidence, Reason
from mailbot.wording import Concept, Wording, WordList
from mailbot.zones import Zone


class Place(IntEnum):
    """How much weight a naming has, by where it stands."""

    SIGNATURE = 1
    PROSE = 2
    REQUEST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """The outcome: the member (None where there is not exactly one), how well it fits, and the doubts."""

    code: str | None
    score: float
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    naming: Naming
    place: Place
    sentence: Sentence

    @property
    def code(self) -> str | None:
        return self.naming.code


_PROCEDURE = (
    Concept.TOPIC,
    Concept.OPPOSITE,
    Concept.OPT_IN,
    Concept.OPT_OUT,
    Concept.AUTO_ACT,
    Concept.ON_BEHALF,
    Concept.SCOPE,
)
_SPEAKING = frozenset(
    {
        Concept.TOPIC,
        Concept.WISH,
        Concept.REQUEST_TO_YOU,
        Concept.OPT_IN,
        Concept.OPT_OUT,
        Concept.ON_BEHALF,
        Concept.DURATION_NOTICE,
        Concept.DURATION_PERIOD,
        Concept.SCOPE,
    }
)
_CUE_REACH = 12  # words behind "on behalf of" in which the member's name begins
_MISSPELT = 97.0  # the score below which a word of a name was not found as it is spelt
_SHARED_BY_FEW = 12  # members that a piece of a name may belong to and still be ambiguous rather than ordinary


@dataclass(frozen=True)
class Namer:
    """Finds the member in letters: the register's names, the members behind them, the wording's lists."""

    members: Mapping[str, Member]
    names: NameIndex
    wording: Wording

    def find(self, asking: Sequence[Sentence], own: Sequence[Sentence], sender_name: str) -> Named:
        """The member a letter names, or why there is not exactly one.

        `asking` are the sentences that carry the wish, `own` all of the sender's, `sender_name` the name From shows.
        """
        closing = _closing(own)
        found = [
            _Found(naming, _place(naming, sentence, asking, number in closing), sentence)
            for number, sentence in enumerate(own)
            for naming in self._credible(sentence, sender_name, number in closing)
        ]
        found = self._without_home_countries([f for f in found if not _is_chance(f)])
        asked_for = [f for f in found if f.place is Place.REQUEST]
        if not asked_for and (stranger := self._stranger(asking, own)) and not self._is_piece(stranger, found):
            return stranger
        return self._weighed(found, asking)

    def _is_piece(self, stranger: Named, found: Sequence[_Found]) -> bool:
        """Whether a name that is no member's is a piece of the one member's that the rest of the letter names."""
        pieces = [token for token in tokenize(stranger.evidence[0].text) if self._is_proper(token)]
        named = {f.code for f in found}
        return bool(pieces) and len(named) == 1 and all(named <= self.names.share(piece) for piece in pieces)

    def _weighed(self, found: Sequence[_Found], asking: Sequence[Sentence]) -> Named:
        """Judge the namings of the weightiest place, and see that the signature does not name somebody else."""
        best = max((f.place for f in found), default=Place.SIGNATURE)
        top = [f for f in found if f.place is best]
        evidence = tuple(_evidence(f) for f in top[:4])
        sure = {f.code for f in top if f.code is not None}
        if len(sure) > 1:
            return Named(None, 0.0, (Reason.SEVERAL_MEMBERS,), evidence)
        if any(f.code is None and not f.naming.codes & sure for f in top):
            return Named(None, 0.0, (Reason.MEMBER_AMBIGUOUS,), evidence)
        if not sure:
            return self._partly_named(asking) or Named(None, 0.0, (Reason.MEMBER_NOT_NAMED,), ())
        code = next(iter(sure))
        signed = {f.code for f in found if f.place is Place.SIGNATURE} - {None, code}
        if best is not Place.SIGNATURE and signed:
            return Named(None, 0.0, (Reason.SEVERAL_MEMBERS,), tuple(_evidence(f) for f in found[:4]))
        return Named(code, max(f.naming.score for f in top if f.code == code), (), evidence)

    def _credible(self, sentence: Sentence, sender_name: str, closing: bool) -> Iterator[Naming]:
        """The namings that name somebody: no address, no person, no part of another organisation's name."""
        if closing and self._is_address(sentence):
            return
        own_name = [token.text for token in tokenize(sender_name) if token.is_word]
        for naming in self.names.namings(sentence.tokens):
            naming = self.names.shadowed(naming, sentence.tokens)
            if not (
                self._is_person(naming, sentence.tokens, own_name)
                or self._inside_another(naming, sentence.tokens)
                or self._is_whereabouts(naming, sentence)
            ):
                yield naming

    def _is_person(self, naming: Naming, tokens: Sequence[Token], own_name: Sequence[str]) -> bool:
        """Whether the naming is a piece of the sender's name as From shows it, or stands behind a personal title."""
        size = len(own_name)
        if size > 1 and naming.end - naming.start < size:
            for first in range(max(0, naming.start - size + 1), naming.start + 1):
                if [token.text for token in tokens[first : first + size]] == list(own_name):
                    return True
        before = naming.start - 1
        if before > 0 and tokens[before].text == ".":
            before -= 1
        return before >= 0 and tokens[before].text in self.wording.lists[WordList.TITLES]

    def _is_address(self, sentence: Sentence) -> bool:
        """Whether a line below the letter's last words is a postal address: a street word, or any number."""
        words = {token.text for token in sentence.tokens}
        return bool(words & self.wording.lists[WordList.ADDRESSES]) or any(token.is_number for token in sentence.tokens)

    def _inside_another(self, naming: Naming, tokens: Sequence[Token]) -> bool:
        """Whether the name goes on: "Jordan Telecom Group" and "University of Ghana" are not the Member States."""
        if naming.end - naming.start > 1:
            return False
        companies = self.wording.lists[WordList.COMPANIES]
        after = tokens[naming.end] if naming.end < len(tokens) else None
        if after is not None and after.text in companies and after.raw[0].isupper():
            return True
        back = _before(naming, tokens)
        return back is not None and back.text in companies and back.raw[0].isupper()

    def _is_whereabouts(self, naming: Naming, sentence: Sentence) -> bool:
        """Whether the name only says where something is, in a sentence that asks nothing ("the workshop in Tunis")."""
        if sentence.of(*_PROCEDURE):
            return False
        if naming.start == 0 and _is_dateline(sentence.tokens):
            return True
        back = _before(naming, sentence.tokens)
        return back is not None and back.text in self.wording.lists[WordList.WHEREABOUTS]

    def _without_home_countries(self, found: Sequence[_Found]) -> list[_Found]:
        """Leave out the country where a company or university that the letter names is at home.

        In the request itself it is left out only right behind the company's name ("Falcon Ltd, Ireland"): a state
        that is asked for beside a company is a second member.
        """
        companies = [f for f in found if f.code is not None and not self.members[f.code].is_state]
        homes = {self.members[f.code].country for f in companies if f.code is not None} - {""}
        return [
            f
            for f in found
            if f.code is None
            or not self.members[f.code].is_state
            or self.members[f.code].country not in homes
            or (f.place is Place.REQUEST and not any(_right_behind(f, company) for company in companies))
        ]

    def _stranger(self, asking: Sequence[Sentence], own: Sequence[Sentence]) -> Named | None:
        """A name that is no member's, where the letter says for whom it speaks: unknown, or a piece of several."""
        for sentence in own:
            for cue in sentence.of(Concept.ON_BEHALF):
                if run := self._run_behind(sentence, cue.end):
                    return self._no_member(run, sentence)
        runs = ((run, sentence) for sentence in asking for run in self._capital_runs(sentence))
        return next((self._no_member(run, sentence) for run, sentence in runs), None)

    def _no_member(self, run: Sequence[int], sentence: Sentence) -> Named:
        words = [sentence.tokens[number] for number in run]
        words = [word for word in words if self._is_proper(word)] or words
        sharing = frozenset.intersection(*(self.names.share(word) for word in words))
        reason = Reason.MEMBER_AMBIGUOUS if 1 < len(sharing) <= _SHARED_BY_FEW else Reason.MEMBER_UNKNOWN
        return Named(None, 0.0, (reason,), (_run_evidence(run, sentence),))

    def _run_behind(self, sentence: Sentence, start: int) -> list[int]:
        """The words of a proper name behind "on behalf of"; empty where only general words stand there."""
        institutions = self.wording.lists[WordList.INSTITUTIONS]
        run: list[int] = []
        for number in range(start, min(start + _CUE_REACH, len(sentence.tokens))):
            token = sentence.tokens[number]
            if token.text in LIGHT | LEGAL_FORMS | institutions or (token.is_word and token.raw[0].isupper()):
                run.append(number)
            elif token.text not in "\"-.&'(":
                break
        return run if any(self._is_proper(sentence.tokens[number]) for number in run) else []

    def _capital_runs(self, sentence: Sentence) -> Iterator[list[int]]:
        """Runs of at least two capitalised words that no phrase explains, in a sentence that is not all capitals."""
        words = [token for token in sentence.tokens if token.is_word and token.raw[0].isalpha()]
        if sum(token.raw.isupper() for token in words) * 2 > len(words):
            return
        known = {place for hit in sentence.hits for place in hit.places}
        run: list[int] = []
        for number, token in enumerate(sentence.tokens):
            if number not in known and self._is_proper(token):
                run.append(number)
            elif not (run and token.text in "-&\"'"):
                if len(run) > 1:
                    yield run
                run = []
        if len(run) > 1:
            yield run

    def _is_proper(self, token: Token) -> bool:
        ordinary = self.wording.lists[WordList.INSTITUTIONS] | self.wording.lists[WordList.CAPITALISED] | LIGHT
        return token.is_word and token.raw[0].isupper() and len(token.text) > 1 and token.text not in ordinary

    def _partly_named(self, asking: Sequence[Sentence]) -> Named | None:
        """A piece of a name that several members share ("Korea") is ambiguous, one of a single member's unknown."""
        for sentence in asking:
            spoken = (Concept.FIRST_PERSON, Concept.ON_BEHALF)
            known = {place for hit in sentence.hits if hit.concept not in spoken for place in hit.places}
            for number, token in enumerate(sentence.tokens):
                if number in known or not token.is_word or len(token.text) < 3:
                    continue
                if not (self._is_proper(token) or token.text >= "\u0600"):
                    continue
                if 0 < len(self.names.share(token)) <= _SHARED_BY_FEW:
                    return self._no_member([number], sentence)
        return None


def _right_behind(state: _Found, company: _Found) -> bool:
    """Whether only punctuation and legal forms stand between a company's name and a country's."""
    between = state.sentence.tokens[company.naming.end : state.naming.start]
    near = state.sentence is company.sentence and 0 < len(between) <= 5 and company.naming.end <= state.naming.start
    return near and all(not token.is_word or token.text in LEGAL_FORMS for token in between)


def _place(naming: Naming, sentence: Sentence, asking: Sequence[Sentence], closing: bool) -> Place:
    cued = any(cue.end <= naming.start <= cue.end + _CUE_REACH for cue in sentence.of(Concept.ON_BEHALF))
    if cued or any(sentence is other for other in asking):
        return Place.REQUEST
    return Place.SIGNATURE if closing or sentence.zone is Zone.SIGNATURE else Place.PROSE


def _is_chance(found: _Found) -> bool:
    """Whether a single misspelt word only happens to resemble a name: away from the request it names nobody."""
    single = found.naming.end - found.naming.start == 1
    return single and found.naming.score < _MISSPELT and found.place is not Place.REQUEST


def _closing(own: Sequence[Sentence]) -> frozenset[int]:
    """The numbers of the sentences in which each part only closes: those below its last running text."""
    last: dict[str, int] = {}
    for number, sentence in enumerate(own):
        words = sum(token.is_word for token in sentence.tokens)
        if (words > 5 and sentence.tokens[-1].text in ".!?;") or {hit.concept for hit in sentence.hits} & _SPEAKING:
            last[sentence.part] = number
    return frozenset(number for number, s in enumerate(own) if s.part != "subject" and number > last.get(s.part, -1))


def _is_dateline(tokens: Sequence[Token]) -> bool:
    """Whether a line is a place and a date, as letters open ("Tunis, 3 October 2026")."""
    return len(tokens) <= 10 and any(token.is_number and len(token.text) == 4 for token in tokens[1:])


def _before(naming: Naming, tokens: Sequence[Token]) -> Token | None:
    """The last weighty word before a naming."""
    back = naming.start - 1
    while back >= 0 and tokens[back].text in LIGHT:
        back -= 1
    return tokens[back] if back >= 0 else None


def _run_evidence(run: Sequence[int], sentence: Sentence) -> Evidence:
    start, end = sentence.span(run[0], run[-1] + 1)
    return Evidence("member", sentence.part, " ".join(sentence.tokens[number].raw for number in run), start, end)


def _evidence(found: _Found) -> Evidence:
    return _run_evidence(range(found.naming.start, found.naming.end), found.sentence)
