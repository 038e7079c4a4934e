"""The mood of a frame: whether it is a wish of today, or past, possible, denied, turned round, limited or unclear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.clauses import HAN_WEIGHT, Clause, Sentence
from mailbot.frame import AND, LIMITS, MATTER, UNREAL, Context, Frame
from mailbot.wording import ACTS, Concept, Form, Hit

_SUPPORT = (Concept.WISH, Concept.DECLARE, Concept.REQUEST_TO_YOU)
_ALIKE = frozenset({"zh", "fr", "es"})  # languages whose orders or subjunctives look like statements
_THAT = frozenset({"that", "que", "qu", "что", "чтобы"})
_UNEXPLAINED = 6  # words from no list that may stand between wish, act and object


def judged(frame: Frame, clause: Clause, lead: Clause | None, context: Context) -> Frame:
    """The frame with its mood: turned by "no longer", negated, blocked, limited, or counting."""
    if frame.other:
        return frame
    ceasing = clause.of(Concept.CEASE)
    turned = [hit for hit in ceasing if _turns(hit, frame, clause)]
    blockers = [*_blockers(frame, clause, lead), *(hit for hit in ceasing if hit not in turned)]
    supported = bool(turned) or _supported(frame, clause, lead, context)
    return replace(
        frame,
        direction=-frame.direction if turned else frame.direction,
        counts=supported and not blockers and not frame.unsure and _explained(frame, clause, context),
        supported=supported,
        negated=_is_negated(frame, clause),
        blockers=tuple(blockers),
        limits=tuple(frame.sentence.of(*LIMITS)),
    )


def _is_negated(frame: Frame, clause: Clause) -> bool:
    """Whether the clause denies; a word that is itself the act ("refus") does not deny it."""
    acts = {place for hit in clause.of(*ACTS) for place in hit.places if frame.start <= place < frame.end}
    return any(not set(hit.places) <= acts for hit in clause.of(Concept.NEGATION))


def _turns(ceasing: Hit, frame: Frame, clause: Clause) -> bool:
    """Whether "no longer" ends this frame's act, and not the one of a statement joined to it by "and".

    "No longer" and "stop" in one clause rather say the same twice than that the stopping stops.
    """
    acts = clause.of(Concept.DISABLE, Concept.OPT_OUT)
    if any(frame.start <= act.start < frame.end for act in acts):
        return False
    if ceasing.end <= frame.start:
        if any(ceasing.start <= wish.start <= ceasing.end + 1 for wish in clause.of(Concept.WISH)):
            return True  # "we no longer want, as a rule, …"
        return not any(token.text == "," for token in frame.sentence.tokens[ceasing.end : frame.start])
    between = frame.sentence.tokens[frame.end : ceasing.start]
    return not any(token.text in AND or token.text == "," for token in between)


def _blockers(frame: Frame, clause: Clause, lead: Clause | None) -> list[Hit]:
    """The phrases that make a statement no wish of today; after "we would be grateful if" a subjunctive is none."""
    requests = [*clause.of(Concept.REQUEST_TO_YOU), *(lead.of(Concept.REQUEST_TO_YOU) if lead else ())]
    first = min((hit.start for hit in requests), default=None)
    blockers = [
        hit
        for hit in clause.of(*UNREAL)
        if first is None or hit.start < first or hit.concept not in (Concept.PAST, Concept.POSSIBILITY)
    ]
    blockers = [hit for hit in blockers if not _describes_object(hit, frame, clause)]
    if _is_asked_for(frame, clause):
        blockers = [hit for hit in blockers if hit.concept is not Concept.PAST or hit.start < frame.end]
    blockers.extend(hit for hit in frame.sentence.of(Concept.CORRECTION) if hit.end <= frame.start)
    blockers.extend(frame.sentence.introduced)
    if lead is not None and not lead.of(*ACTS, *MATTER):
        blockers.extend(lead.of(Concept.CEASE, Concept.NEGATION))  # "we no longer wish, therefore, that …"
    if frame.sentence.asks and first is None:
        blockers.extend(frame.sentence.hits[-1:])
    return blockers


def _describes_object(hit: Hit, frame: Frame, clause: Clause) -> bool:
    """Whether a word of the past stands inside the act's object: "we withdraw the consent that we gave earlier"."""
    if hit.concept is not Concept.PAST or not frame.start < hit.start < frame.end:
        return False
    acts = [act for act in clause.of(*ACTS) if frame.start <= act.start]
    outer = [act for act in acts if act.start == frame.start]
    if not outer or any(act.form is Form.PAST for act in outer) or hit.start < max(act.end for act in outer):
        return False
    return any(act.form is Form.NOUN and act.start > hit.start for act in acts)


def _is_asked_for(frame: Frame, clause: Clause) -> bool:
    """Whether a wish leads straight to the act, and no other act or correction follows it in the sentence.

    Then what is past behind it only describes the object: "please end the approval that we were granted".
    """
    led = any(0 <= frame.start - hit.end <= 2 for hit in clause.of(Concept.WISH, Concept.REQUEST_TO_YOU))
    later = [
        hit
        for hit in frame.sentence.of(*ACTS, Concept.CORRECTION)
        if hit.start >= frame.end and hit.form is not Form.PAST
    ]
    return led and not later


def _supported(frame: Frame, clause: Clause, lead: Clause | None, context: Context) -> bool:
    """Whether the act is wished, ordered or plainly declared, and not merely spoken of."""
    acts = [hit for hit in clause.of(*ACTS) if frame.start <= hit.start < frame.end]
    first = min((hit.start for hit in acts), default=frame.start)
    forms = {hit.form for hit in acts if hit.start == first}
    before = [hit for hit in clause.of(*_SUPPORT) if hit.start <= frame.end]
    ahead = [*before, *(lead.of(*_SUPPORT) if lead is not None and not lead.of(*ACTS) else ())]
    if forms == {Form.PAST}:
        return _passive(acts[0], before)
    if ahead:
        return True
    words = [token for token in frame.sentence.tokens[clause.start : first] if token.is_word]
    spoken_by_us = any(hit.start < first for hit in clause.of(Concept.FIRST_PERSON))
    # "Kenya opt out" is no statement; but in some languages a statement looks like an order.
    ordered = any(hit.form is Form.BARE and hit.start == first and hit.language not in _ALIKE for hit in acts)
    if any(token.text in _THAT for token in words[1:]) and not any(
        hit.start < first for hit in clause.of(Concept.ENABLE, Concept.APPLY)
    ):
        return False  # "I doubt that Kenya opts in": what nothing declares or accepts is an opinion
    if Form.FINITE in forms and (spoken_by_us or (words and not ordered)):
        return True
    heading = context.is_subject or frame.sentence.is_field
    if Form.BARE in forms and _opens(frame.sentence, first, clause):
        return True
    return heading and bool(forms) and len(words) <= 6


def _passive(act: Hit, before: Sequence[Hit]) -> bool:
    """Whether a participle is part of a wish: "have requests approved automatically", "grateful if it were ended"."""
    asked = any(hit.concept is Concept.REQUEST_TO_YOU for hit in before)
    return bool(before) and (asked or act.concept is Concept.AUTO_ACT)


def _opens(sentence: Sentence, first: int, clause: Clause) -> bool:
    """Whether nothing but harmless words stands before an order: "In future, …", "Until further notice, …"."""
    harmless = {
        place
        for hit in clause.of(
            Concept.POLITE, Concept.NOW, Concept.BOUNDARY, Concept.DURATION_NOTICE, Concept.DURATION_PERIOD
        )
        for place in range(hit.start, hit.end)
    }
    return all(place in harmless or not sentence.tokens[place].is_word for place in range(clause.start, first))


def _explained(frame: Frame, clause: Clause, context: Context) -> bool:
    """Whether the words between wish, act and object are known ones; many unknown ones could say anything."""
    if _unknown_verb(frame, clause, context):
        return False
    start = min([frame.start, *(hit.start for hit in clause.of(*_SUPPORT) if hit.start < frame.start)])
    known = {place for hit in clause.hits for place in hit.places}
    shouted = sum(token.raw.isupper() for token in frame.sentence.tokens) * 2 > len(frame.sentence.tokens)
    unknown = 0.0
    for place in range(start, frame.end):
        token = frame.sentence.tokens[place]
        is_name = token.raw[0].isupper() and place > clause.start and not shouted
        if token.is_word and place not in known and len(token.text) > 3 and not is_name:
            unknown += 1
        elif token.text >= "\u3400" and place not in known:
            unknown += HAN_WEIGHT
    return unknown <= _UNEXPLAINED


def _unknown_verb(frame: Frame, clause: Clause, context: Context) -> bool:
    """Whether the word that follows a wish is from no list, and could turn the act behind it: "please put off …"."""
    ends = [hit.end for hit in clause.of(Concept.WISH, Concept.REQUEST_TO_YOU) if hit.end <= frame.start]
    if not ends:
        return False
    known = {place for hit in clause.hits for place in hit.places}
    for place in range(max(ends), frame.start):
        token = frame.sentence.tokens[place]
        if place in known or not token.is_word:
            return False
        if not context.words.is_small(token.text):
            return token.raw[0].islower() and len(token.text) > 3
    return False
