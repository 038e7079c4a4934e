"""Measures the name index at 1,000 and at 100,000 invented members: how long it takes to build, and to look names up.

A look-up is all that is done for one letter: finding every naming in its sentences (`NameIndex.namings`) and asking
who shares each capitalised word (`NameIndex.share`). The letters name a member plainly, misspelt, by a piece of its
name, or nobody, among the words that members' names share. Exit 1 where the slowest typical look-up (the 99th
percentile) at the largest size is over the bound.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from mailbot.folding import Token, tokenize
from mailbot.members import Member
from mailbot.names import NameIndex

_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr qu r s sh st t tr v w y z".split()
_VOWELS = "a e i o u ae ia io ou".split()
_CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "x", "nd", "rk"]
_SHARED = (
    "Telecom Telecommunications Communications Networks Satellite Systems Technologies Mobile Wireless Broadband Group "
    "International Services Holdings Digital Research Institute University National Global Data"
).split()
_LEGAL = ["Ltd", "Inc.", "GmbH", "S.A.", "AG", "Pty Ltd", "LLC", ""]
_KINDS = ("plain", "misspelt", "piece", "nobody", "capitals")
_LETTER = (
    "Dear Director, with reference to TSB Circular 118. On behalf of {name}, I wish to opt in to automatic approval of "
    "registration requests for all Active ITU Accounts with TIES access affiliated with this organization until "
    "further notice or for the remainder of the Study Period (currently until WTSA-28).\n\nYours sincerely,\n{person}\n"
    "Head of International Relations, Telecommunications Policy and Regulatory Affairs\n{name}\n12 Harbour Street, "
    "{place}"
)


def _word(chance: random.Random) -> str:
    syllables = range(chance.randint(2, 3))
    parts = (chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in syllables)
    return "".join(parts).capitalize()


def members(count: int, chance: random.Random) -> list[Member]:
    """Invented members: each name has one to two invented words and up to two that many share; a third an acronym."""
    made: list[Member] = []
    for number in range(count):
        own = [_word(chance) for _ in range(chance.choice((1, 1, 1, 2)))]
        shared = chance.sample(_SHARED, chance.choice((0, 1, 1, 2)))
        name = " ".join([*own, *shared, chance.choice(_LEGAL)]).strip()
        initials = "".join(word[0] for word in name.split())[:6].upper()
        aliases = (initials,) if len(initials) > 2 and chance.random() < 0.3 else ()
        made.append(Member(f"M{number}", name, "sector_member", "", aliases))
    return made


def letters(of: Sequence[Member], count: int, chance: random.Random) -> Iterator[tuple[str, list[list[Token]]]]:
    """Letters as lists of sentences, each with the way it names its member."""
    for number in range(count):
        way = _KINDS[number % len(_KINDS)]
        name = chance.choice(of).name
        if way == "misspelt":
            place = chance.randrange(1, len(name.split()[0]))
            name = name[:place] + chance.choice("aeioust") + name[place + 1 :]
        elif way == "piece":
            name = name.split()[-1]
        elif way == "nobody":
            name = f"{_word(chance)}{_word(chance).lower()} {_word(chance)} Consortium"
        text = _LETTER.format(name=name, person=f"{_word(chance)} {_word(chance)}", place=_word(chance))
        text = text.upper() if way == "capitals" else text
        yield way, [tokenize(sentence) for sentence in text.split("\n")]


def _look_up(index: NameIndex, sentences: Sequence[Sequence[Token]]) -> float:
    """Milliseconds for one letter."""
    start = time.perf_counter()
    for tokens in sentences:
        for naming in index.namings(tokens):
            index.shadowed(naming, tokens)
        for token in tokens:
            if token.is_word and token.raw[0].isupper():
                index.share(token)
    return (time.perf_counter() - start) * 1000


def measure(size: int, count: int) -> float:
    """Print the figures for one size of register; returns the 99th percentile of the look-ups in milliseconds."""
    chance = random.Random(118)
    register = members(size, chance)
    start = time.perf_counter()
    index = NameIndex.of(register)
    print(f"{size:,} members: index built in {time.perf_counter() - start:.2f} s; look-ups in ms (min / median / max):")
    taken: dict[str, list[float]] = {way: [] for way in _KINDS}
    for way, sentences in letters(register, count, chance):
        taken[way].append(_look_up(index, sentences))
    for way, times in taken.items():
        print(f"    {way:10}{min(times):8.2f} {median(times):8.2f} {max(times):8.2f}")
    slowest = quantiles([each for times in taken.values() for each in times], n=100)[-1]
    print(f"    {'99 % below':10}{slowest:26.2f}")
    return slowest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000], help="numbers of members")
    parser.add_argument("--letters", type=int, default=1_000, help="letters to look up")
    parser.add_argument("--bound", type=float, default=5.0, help="milliseconds for one look-up at the last size")
    options = parser.parse_args()
    slowest = [measure(size, options.letters) for size in options.sizes]
    return 0 if slowest[-1] <= options.bound else 1


if __name__ == "__main__":
    sys.exit(main())
