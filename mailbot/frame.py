"""A frame: one statement about the procedure, and what it is read in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailbot.clauses import Clause, Sentence
from mailbot.wording import Concept, Hit

IN, OUT = 1, -1

MATTER = (Concept.TOPIC, Concept.OPPOSITE, Concept.CIRCULAR, Concept.OTHER_TOPIC)
UNREAL = (Concept.PAST, Concept.POSSIBILITY, Concept.REPORTED, Concept.ASK)
LIMITS = (Concept.CONDITION, Concept.RESTRICTION, Concept.LATER)
AND = frozenset("and or et ou y e o u и или و او 和 及 或 并".split())


@dataclass(frozen=True)
class Frame:
    """One statement about the procedure; `direction` is IN or OUT.

    `supported` says whether it is wished or declared, `counts` whether it is also a wish of today without doubt;
    `blockers` are the phrases why it is not, `limits` those that qualify it. `other` marks an act on something
    else, `unsure` an act that another may turn round, `quoted` one in quotation marks together with its wish. `start`
    and `end` are token numbers of `sentence`.
    """

    sentence: Sentence
    clause: Clause
    direction: int
    start: int
    end: int
    counts: bool = False
    supported: bool = False
    negated: bool = False
    other: bool = False
    unsure: bool = False
    quoted: bool = False
    blockers: tuple[Hit, ...] = ()
    limits: tuple[Hit, ...] = ()


class Words(Protocol):
    """What the wording knows of single words."""

    def has_clitic(self, word: str) -> bool:
        """Whether a pronoun is joined to the end of a verb."""

    def is_clitic(self, word: str) -> bool:
        """Whether the word is a pronoun that leans on the verb behind it."""

    def is_small(self, word: str) -> bool:
        """Whether the word is one of the commonest, which say nothing by themselves."""


@dataclass(frozen=True)
class Context:
    """What was spoken of before: whether the letter has named its topic, so that "it" and "opt in" mean that."""

    topic_known: bool
    is_subject: bool
    words: Words
