"""The members a letter may be about, with how well each fits: what a person chooses from. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from mailbot.folding import tokenize
from mailbot.members import Member
from mailbot.register import Register

_MOST = 6
_MOST_CODES = 12  # a word that so many members share names none of them
_LONGEST = 20_000  # characters that are looked through


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member; `score` (0 to 100) is how well a name in the letter fits, `why` where it comes from."""

    code: str
    name: str
    score: float
    why: str


def candidates(
    register: Register,
    texts: Iterable[str],
    quoted: Iterable[str],
    *,
    read: tuple[str, float] | None,
    held: Iterable[str],
) -> tuple[Candidate, ...]:
    """The likeliest members, best first.

    The one `read` (its code and score), those named in `texts`, where none was read those that the words `quoted` as
    a name could mean, and those that the sender is registered for (`held`).
    """
    found: dict[str, Candidate] = {}

    def add(code: str, score: float, why: str) -> None:
        member = register.members.get(code)
        if member is not None and (code not in found or found[code].score < score):
            found[code] = Candidate(code, member.name, score, why)

    if read is not None:
        add(read[0], read[1], "as mailbot read the letter")
    for text in texts:
        for naming in register.names.namings(tokenize(text[:_LONGEST])):
            if len(naming.codes) <= _MOST_CODES:
                share = naming.score / len(naming.codes)
                why = "named in the letter" if len(naming.codes) == 1 else "a name in the letter could be its"
                for code in naming.codes:
                    add(code, share if read is None or code != read[0] else read[1], why)
    for words in quoted if read is None else ():
        for code in _sharing(register, words):
            add(code, _fit(register.members[code], words), "a name in the letter could be its")
    for code in held:
        if code in found:
            one = found[code]
            found[code] = Candidate(one.code, one.name, one.score, f"{one.why}; the sender is registered for it")
        else:
            add(code, 0, "the sender is registered for it")
    return tuple(sorted(found.values(), key=lambda one: (-one.score, one.name))[:_MOST])


def _sharing(register: Register, words: str) -> frozenset[str]:
    """The members in whose names one of the words stands, where these are not too many."""
    shares = [register.names.share(token) for token in tokenize(words[:_LONGEST]) if token.is_word]
    return frozenset(code for share in shares if len(share) <= _MOST_CODES for code in share)


def _fit(member: Member, words: str) -> float:
    """How much of the words stands in one of the member's names; never as sure as a name that was read."""
    names = (member.name, *member.aliases)
    return min(90.0, max(fuzz.token_sort_ratio(words, name, processor=default_process) for name in names))


def member_meant(register: Register, words: str) -> str | None:
    """The code of the member that a person means by its code or its full name, however capitalised."""
    wanted = words.strip().casefold()
    known = register.members.values()
    return next((one.code for one in known if wanted in (one.code.casefold(), one.name.casefold())), None)
