"""Who does what to what, and how it is said: the frames behind a request, the same in every language.

A frame is an act (enable, disable …) on an object (automatic approval, or its opposite). Direction is arithmetic:
enable x topic asks in, disable x topic asks out, and the opposite or "no longer" turns each round. Whether a frame
counts is a question of mood: a wish, an order or a plain present declaration counts; what is past, possible, reported
or asked does not, and a word that could turn or limit the wish is never passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailbot.clauses import HAN_WEIGHT, Clause, Sentence
from mailbot.frame import AND, IN, LIMITS, MATTER, OUT, UNREAL, Context, Frame
from mailbot.mood import judged
from mailbot.wording import ACTS, Concept, Form, Hit

_SIGN = {
    Concept.ENABLE: IN,
    Concept.APPLY: IN,
    Concept.OPT_IN: IN,
    Concept.AUTO_ACT: IN,
    Concept.RETURN: IN,
    Concept.DISABLE: OUT,
    Concept.OPT_OUT: OUT,
}
_SELF_CONTAINED = frozenset({Concept.OPT_IN, Concept.OPT_OUT, Concept.AUTO_ACT})
_OBJECT_NAMED = frozenset({Concept.RETURN, Concept.APPLY})
_REACH = 14  # words from an act to the object it governs
_NEAR = 6  # words between an act and another it acts on, and between a wish and its object
_CLOSE = 2  # words between an act and a verb it acts on: "cesser de …"


@dataclass(frozen=True)
class _Act:
    """An act and all the forms its words can have."""

    concept: Concept
    forms: frozenset[Form]
    start: int
    end: int
    places: frozenset[int]  # of its words: between those of "switch … off" its object may stand


def frames(sentence: Sentence, context: Context) -> list[Frame]:
    """Every frame of a sentence, judged in its mood."""
    found: list[Frame] = []
    for number, clause in enumerate(sentence.clauses):
        lead = sentence.clauses[number - 1] if number else None
        found.extend(judged(frame, clause, lead, context) for frame in _clause_frames(sentence, clause, context))
    return found


def _clause_frames(sentence: Sentence, clause: Clause, context: Context) -> list[Frame]:
    acts = _acts(clause)
    found: list[Frame] = []
    absorbed: set[int] = set()
    idle: list[_Act] = []
    for index in range(len(acts) - 1, -1, -1):
        act = acts[index]
        inner = _inner(act, index, acts, found, absorbed, sentence)
        if inner is not None:
            absorbed.add(inner.start)
            found.append(replace(inner, direction=_SIGN[act.concept] * inner.direction, start=act.start))
        elif frame := _frame(sentence, clause, act, acts, context):
            found.append(frame)
        elif act.concept is Concept.DISABLE:
            idle.append(act)
    found = [replace(frame, unsure=any(_may_turn(act, frame) for act in idle)) for frame in found]
    kept = [frame for number, frame in enumerate(found) if not (frame.start in absorbed and _replaced(found, number))]
    if not kept and (wanted := _wanted(sentence, clause, context)):
        kept.append(wanted)
    return sorted(kept, key=lambda frame: frame.start)


def _may_turn(idle: _Act, frame: Frame) -> bool:
    """Whether an act that found no object stands before the frame and may act on it: "stop, please, approving …"."""
    return frame.direction == IN and idle.end <= frame.start


def _replaced(found: Sequence[Frame], number: int) -> bool:
    """Whether a later frame took this one as its object."""
    return any(other.end == found[number].end and other.start < found[number].start for other in found)


def _distance(sentence: Sentence, start: int, end: int) -> float:
    """How many words stand between two places; a Chinese character counts as part of one."""
    return sum(_weight(sentence, place) for place in range(start, end))


def _weight(sentence: Sentence, place: int) -> float:
    return HAN_WEIGHT if sentence.tokens[place].text >= "\u3400" else 1.0


def _acts(clause: Clause) -> list[_Act]:
    """The acts of a clause in reading order; the same words under several forms are one act, the longest wins."""
    groups: dict[tuple[int, Concept], list[Hit]] = {}
    for hit in clause.of(*ACTS):
        groups.setdefault((hit.start, hit.concept), []).append(hit)
    acts = [
        _Act(
            concept=concept,
            forms=frozenset(hit.form for hit in hits if hit.form is not None),
            start=start,
            end=max(hit.end for hit in hits),
            places=frozenset(place for hit in hits for place in hit.places),
        )
        for (start, concept), hits in groups.items()
    ]
    return sorted(acts, key=lambda act: (act.start, -act.end))


def _inner(
    act: _Act, index: int, acts: Sequence[_Act], found: Sequence[Frame], absorbed: set[int], sentence: Sentence
) -> Frame | None:
    """The frame of the next act where it is what this one acts on: "withdraw our opt-in", "stop to apply …"."""
    if act.concept in _SELF_CONTAINED or index + 1 >= len(acts):
        return None
    following = acts[index + 1]
    if following.start < act.end:
        return None
    aside = {place for hit in sentence.of(Concept.WISH, Concept.POLITE, Concept.NOW) for place in hit.places}
    reach = _NEAR if Form.NOUN in following.forms else _CLOSE
    if sum(_weight(sentence, place) for place in range(act.end, following.start) if place not in aside) > reach:
        return None
    # Behind a bracket, quote or stroke the second act only glosses the first ("renounce («opt out»)"), and behind
    # "and" it stands beside it ("the cancellation and withdrawal of").
    for place in range(act.end, following.start):
        token = sentence.tokens[place]
        set_off = token.text == "," and aside & {place - 1, place + 1}
        if token.text in AND or not (token.is_word or set_off):
            return None
    matters = sentence.of(Concept.TOPIC, Concept.OPPOSITE)
    if any(act.end <= matter.start and matter.end <= following.start for matter in matters):
        return None
    frame = next((f for f in found if f.start == following.start and f.start not in absorbed), None)
    return None if frame is None or frame.other else frame


def _frame(sentence: Sentence, clause: Clause, act: _Act, acts: Sequence[_Act], context: Context) -> Frame | None:
    """The frame of one act with the object it governs; None where the act has nothing to do with the procedure."""
    matter = _object(sentence, clause, act, acts, context)
    if matter is not None and matter.concept is Concept.TOPIC and of_another_thing(sentence, matter):
        return Frame(sentence, clause, _SIGN[act.concept], act.start, act.end, other=True)
    if matter is None:
        return _without_object(sentence, clause, act, context)
    end = max(act.end, matter.end)
    start = min(act.start, matter.start)
    if matter.concept is Concept.OTHER_TOPIC:
        return Frame(sentence, clause, _SIGN[act.concept], start, end, other=True)
    if act.concept is Concept.RETURN and matter.concept is Concept.CIRCULAR:
        return None
    if act.concept is not Concept.RETURN and matter.concept is Concept.OPPOSITE and _joined(sentence, act, matter):
        return _without_object(sentence, clause, act, context)
    sign = OUT if matter.concept is Concept.OPPOSITE and act.concept not in _SELF_CONTAINED else IN
    return Frame(sentence, clause, _SIGN[act.concept] * sign, start, end)


def _joined(sentence: Sentence, act: _Act, matter: Hit) -> bool:
    """Whether "and" or a comma stands between: "switch it off and send me each request" does not end the latter."""
    between = sentence.tokens[min(act.end, matter.end) : max(act.start, matter.start)]
    return any(token.text in AND or token.text == "," for token in between)


def _without_object(sentence: Sentence, clause: Clause, act: _Act, context: Context) -> Frame | None:
    """An act whose object is not said: opting in or out of the topic in hand, or switching "it" on or off."""
    if not context.topic_known or act.concept in _OBJECT_NAMED or sentence.tokens[-1].text == ":":
        return None
    if act.concept not in _SELF_CONTAINED and not (
        _speaks_of_it(sentence, clause, act, context) or _fills_field(sentence, act)
    ):
        return None
    return Frame(sentence, clause, _SIGN[act.concept], act.start, act.end)


def _speaks_of_it(sentence: Sentence, clause: Clause, act: _Act, context: Context) -> bool:
    """Whether an act has a pronoun for its object: joined to it, inside it, right behind it, or before a verb.

    Before a noun the same little words are articles.
    """
    if any(context.words.has_clitic(token.text) for token in sentence.tokens[act.start : act.end]):
        return True
    pronouns = {hit.start for hit in clause.of(Concept.PRONOUN)}
    if pronouns & set(range(act.start, act.end + 1)):
        return True
    before = act.start - 1
    if Form.NOUN in act.forms or before < clause.start:
        return False
    return before in pronouns or context.words.is_clitic(sentence.tokens[before].text)


def _fills_field(sentence: Sentence, act: _Act) -> bool:
    """Whether an act alone is a field's value or a ticked alternative: "Option: activation"."""
    words = sum(token.is_word for token in sentence.tokens)
    return sentence.is_field and words - len(act.places) <= 1


def _object(sentence: Sentence, clause: Clause, act: _Act, acts: Sequence[_Act], context: Context) -> Hit | None:
    """What an act acts on: the nearest matter behind it, else the nearest before it (passives, verb-final speech)."""
    matters = [hit for hit in clause.of(*MATTER) if not act.places.issuperset(hit.places)]
    inside = [hit for hit in matters if act.start < hit.start and hit.end <= act.end]
    if inside and act.concept is not Concept.RETURN:
        return inside[0]
    after = [
        h
        for h in matters
        if act.start < h.start and act.end < h.end and _distance(sentence, act.end, h.start) <= _REACH
    ]
    before = [h for h in matters if h.end <= act.start and _distance(sentence, h.end, act.start) <= _REACH]
    if not _may_look_back(sentence, clause, act, context):
        before = []
    blocked = [other.start for other in acts if other.start >= act.end and Form.NOUN not in other.forms]
    limit = min(blocked, default=clause.end)
    near = [hit for hit in after if hit.start < limit] or before or after
    substantive = [hit for hit in near if hit.concept is not Concept.CIRCULAR] or near
    if not substantive:
        return None
    if near is before:
        return max(substantive, key=lambda hit: hit.end)
    return min(substantive, key=lambda hit: hit.start)


def _may_look_back(sentence: Sentence, clause: Clause, act: _Act, context: Context) -> bool:
    """Whether an act may act on what stands before it: a noun never does, and no verb with an object of its own.

    "We request automatic approval and the cancellation of the room" cancels a room.
    """
    if act.forms == {Form.NOUN}:
        return False
    known = {place for hit in clause.hits for place in hit.places}
    for place in range(act.end, min(act.end + 4, clause.end)):
        token = sentence.tokens[place]
        if not token.is_word:
            return True
        if place not in known and not context.words.is_small(token.text):
            return False
    return True


def of_another_thing(sentence: Sentence, topic: Hit) -> bool:
    """Whether "automatic approval of …" goes on with something that is no registration."""
    for hit in sentence.hits:
        if not topic.end <= hit.start <= topic.end + 4:
            continue
        if hit.concept is Concept.REGISTRATION:
            return False
        between = sentence.tokens[topic.end : hit.start]
        if hit.concept is Concept.OTHER_TOPIC and all(token.is_word for token in between):
            return not any(topic.end <= limit.start < hit.start for limit in sentence.of(*LIMITS))
    return False


def _wanted(sentence: Sentence, clause: Clause, context: Context) -> Frame | None:
    """A wish whose object is the matter itself, with no act between: "we would like automatic approval".

    An unknown word between them could be a verb that says anything ("we wish to liquidate …"), so only small words,
    names and known phrases may stand there.
    """
    turned = clause.of(Concept.CEASE)
    for matter in clause.of(Concept.TOPIC, Concept.OPPOSITE):
        if of_another_thing(sentence, matter):
            continue
        sign = OUT if matter.concept is Concept.OPPOSITE else IN
        wish = next((h for h in clause.of(Concept.WISH) if _governs(h, matter, sentence, context)), None)
        if wish is not None:
            return Frame(sentence, clause, sign, wish.start, matter.end)
        if turned and matter.concept is Concept.TOPIC:
            ends = (turned[0].start, matter.start, turned[0].end, matter.end)
            return Frame(sentence, clause, sign, min(ends), max(ends))
    return None


def _governs(wish: Hit, matter: Hit, sentence: Sentence, context: Context) -> bool:
    """Whether only small words and known phrases stand between a wish and what it is for."""
    if matter.start < wish.end or _distance(sentence, wish.end, matter.start) > _NEAR:
        return False
    doubtful = (*UNREAL, Concept.OTHER_TOPIC, Concept.CEASE)
    known = {place for hit in sentence.hits if hit.concept not in doubtful for place in hit.places}
    return all(
        place in known or not sentence.tokens[place].is_word or context.words.is_small(sentence.tokens[place].text)
        for place in range(wish.end, matter.start)
    )
