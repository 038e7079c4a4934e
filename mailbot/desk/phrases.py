"""The phrases mailbot knows, for people to read: of one language, by what a phrase contributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.folding import folded
from mailbot.wording import Concept, Phrase, Wording

ABOUT = {
    Concept.TOPIC: "Automatic approval itself, the matter that a letter must be about.",
    Concept.REGISTRATION: "Registration requests and delegates' registrations, the other half of the matter.",
    Concept.CIRCULAR: "The procedure, by the circular's number.",
    Concept.OPPOSITE: "Approval one by one: the opposite of the matter.",
    Concept.OTHER_TOPIC: "Other matters that one may also opt in to or out of, such as a newsletter.",
    Concept.OTHER_CIRCULAR: "Another Sector's circular or meetings.",
    Concept.ENABLE: "Acts that switch the matter on.",
    Concept.APPLY: "Acts that carry out a matter that is named.",
    Concept.DISABLE: "Acts that switch the matter off.",
    Concept.OPT_IN: "Opting in, said in so many words.",
    Concept.OPT_OUT: "Opting out, said in so many words.",
    Concept.RETURN: "Going back to, or preferring, what stands behind it.",
    Concept.AUTO_ACT: "Act and matter in one: to approve automatically.",
    Concept.WISH: "A wish or a request: what makes an act count.",
    Concept.REQUEST_TO_YOU: "A question in form, a wish in meaning: could you please.",
    Concept.DECLARE: "Declarations: we hereby, we confirm that.",
    Concept.CEASE: "To cease: turns the act that follows.",
    Concept.NEGATION: "Negations: they turn what they stand with.",
    Concept.ASK: "Real questions: a clause that asks wishes nothing.",
    Concept.CONDITION: "Conditions: a wish under one goes to a person.",
    Concept.RESTRICTION: "Limits: a wish for a part only goes to a person.",
    Concept.EXCLUSION: "What a letter says it is not about.",
    Concept.LATER: "Later times: a wish for later goes to a person.",
    Concept.NOW: "From now on: harmless words about time.",
    Concept.PAST: "The past: what was done before is no wish.",
    Concept.POSSIBILITY: "Mere possibilities: what one might do is no wish.",
    Concept.REPORTED: "What others said: it is not the sender's wish.",
    Concept.THANKS: "Thanks: a letter that thanks for an act does not ask for it.",
    Concept.CORRECTION: "Corrections: what was written before no longer holds.",
    Concept.DURATION_PERIOD: "For the remainder of the study period.",
    Concept.DURATION_NOTICE: "Until further notice.",
    Concept.SCOPE: "Set phrases about whom it concerns, which limit nothing.",
    Concept.POLITE: "Set phrases of politeness, which change nothing.",
    Concept.BOUNDARY: "Words that begin a new clause.",
    Concept.FIRST_PERSON: "The writer's own person: we, our.",
    Concept.PRONOUN: "Words that stand for the matter: it, this.",
    Concept.COVER: "Letters that only point to an attachment.",
    Concept.BELOW: "Letters that only point to the message below.",
    Concept.ON_BEHALF: "For whom the letter is written: the member follows.",
    Concept.PLACEHOLDER: "Gaps of the model that were not filled in.",
    Concept.CIRCULAR_TEXT: "Sentences that only the circular itself writes.",
    Concept.OUT_OF_OFFICE: "Replies of people who are away.",
    Concept.EITHER: "Or: a choice between two things.",
    Concept.UNREADY: "What makes a letter a draft, or something to wait with: it goes to a person.",
    Concept.POSTSCRIPT: "What begins an afterthought: with one, a letter goes to a person.",
    Concept.UNATTENDED: "Automatic in other words, such as “without asking me”: keeps a letter from being ignored.",
}


@dataclass(frozen=True, slots=True)
class Section:
    """The phrases of one concept, and those of each form that its acts take."""

    concept: Concept
    about: str
    phrases: tuple[Phrase, ...]


def languages(wording: Wording) -> tuple[str, ...]:
    """The languages (ISO 639-1) that there are phrases of."""
    return tuple(sorted({phrase.language for phrase in wording.phrases}))


def sections(wording: Wording, language: str, text: str = "") -> tuple[Section, ...]:
    """The phrases of a language, those only that have `text` in themselves or their example, by concept."""
    sought = folded(text)
    found: dict[Concept, list[Phrase]] = {concept: [] for concept in Concept}
    for phrase in wording.phrases:
        if phrase.language == language and (not sought or _has(phrase, sought)):
            found[phrase.concept].append(phrase)
    return tuple(_section(concept, phrases) for concept, phrases in found.items() if phrases)


def _section(concept: Concept, phrases: Sequence[Phrase]) -> Section:
    return Section(concept, ABOUT[concept], tuple(phrases))


def _has(phrase: Phrase, sought: str) -> bool:
    return sought in folded(phrase.text) or sought in folded(phrase.example)
