"""Which member a letter names: the namings in its words, weighed by where they stand (contract rule 7).

What stands after "on behalf of", in the sentence that carries the wish or in the model's fields outranks the rest of
the letter, that outranks the signature. A country in a postal address or in another organisation's name, and the
sender's own name, name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mailbot.clauses import Sentence
from mailbot.folding import Token, tokenize
from mailbot.members import Member
from mailbot.names import LEGAL_FORMS, LIGHT, NameIndex, Naming
from mailbot.terms import Evidence, Reason
from mailbot.wording import Concept
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


@dataclass(frozen=True)
class _Found:
    naming: Naming
    place: Place
    sentence: Sentence


# A country before or behind one of these is part of a company's or university's name, not the Member State.
_ORGANISATIONS = frozenset(
    "telecom telecoms mobile broadband group holding holdings bank university universite universidad universitat "
    "universita college airways airlines cellular wireless cable telekom telefonica petroleum tower towers hotel "
    "embassy".split()
)
_PLACES = frozenset("in at near from to dans en aux au a в из 在 في".split())
_ADDRESS = frozenset(
    "street st str road rd avenue av ave box po p.o bp boulevard bd rue calle via strasse platz plaza square floor "
    "suite quay way building tower postfach casilla apartado ул улица пр проспект дом г тел tel phone fax mobile cell "
    "路 号 街 邮编 电话 传真 شارع ص.ب صندوق هاتف".split()
)
_TITLES = frozenset("mr mrs ms dr prof m mme mlle sr sra monsieur madame señor señora г-н г-жа".split())
# Words every administration's name is made of: alone they name nobody, and nobody else either.
_GENERIC = frozenset(
    "ministry minister department administration government authority agency commission office bureau directorate "
    "division organization organisation company country university institute member state regulator regulatory "
    "communications communication telecommunications telecommunication information technology technologies digital "
    "economy affairs international post posts general secretariat republic federal national director team delegation "
    "our my this their its entity sector administration regulation electronic media transport infrastructure innovation "
    "science industry trade foreign public works and of the for i we us all active itu ties tsb accounts delegates it "
    "undersigned council board institution association mission permanent representative "
    "ministere ministre departement autorite agence bureau direction organisation entreprise societe pays universite "
    "institut etat regulateur telecommunications economie numerique nationale national postes gouvernement notre mon "
    "cette ce administration regulation communications electroniques cooperation internationale reseaux delegation "
    "ministerio ministro departamento autoridad agencia oficina direccion organizacion empresa pais universidad "
    "instituto estado regulador telecomunicaciones economia gobierno nuestra nuestro mi esta este administracion "
    "министерство министерства ведомство администрация администрации агентство агентства комитет комитета служба "
    "организация организации компания компании страна страны университет университета связи нашеи нашего данная даннои "
    "государство регулятор правительство правительства цифрового развития "
    "وزاره هييه اداره حكومه الحكومه منظمه المنظمه شركه الشركه دوله الدوله جامعه الاتصالات بلادنا موسستنا هذه هذا "
    "ادارتنا جهاز".split()
)


def find_member(
    asking: Sequence[Sentence],
    own: Sequence[Sentence],
    members: Mapping[str, Member],
    names: NameIndex,
    sender_name: str,
) -> Named:
    """The member a letter names, or why there is not exactly one.

    `asking` are the sentences that carry the wish, `own` all of the sender's sentences, body before subject.
    """
    closing = _closing(own)
    found = [
        _Found(naming, _place(naming, sentence, asking, number in closing), sentence)
        for number, sentence in enumerate(own)
        for naming in _credible(names.namings(sentence.tokens), sentence, sender_name, number in closing)
    ]
    found = _without_home_countries(found, members)
    stranger = _stranger(asking, own, names, [f for f in found if f.place is Place.REQUEST])
    return _weighed(found, stranger, names, asking, members)


def _weighed(
    found: Sequence[_Found],
    stranger: Evidence | None,
    names: NameIndex,
    asking: Sequence[Sentence],
    members: Mapping[str, Member],
) -> Named:
    best = max((f.place for f in found), default=Place.SIGNATURE)
    top = [f for f in found if f.place is best]
    evidence = tuple(_evidence(f) for f in (top or found)[:4])
    sure = {f.naming.code for f in top if f.naming.code is not None}
    unsure = [f for f in top if f.naming.code is None and not (f.naming.codes & sure)]
    if stranger is not None and best is not Place.REQUEST:
        return Named(None, 0.0, (Reason.MEMBER_UNKNOWN,), (stranger,))
    if len(sure) > 1:
        return Named(None, 0.0, (Reason.SEVERAL_MEMBERS,), evidence)
    if unsure:
        return Named(None, 0.0, (Reason.MEMBER_AMBIGUOUS,), evidence)
    if not sure:
        partial = _partly_named(asking, names)
        if partial is not None:
            return partial
        return Named(None, 0.0, (Reason.MEMBER_NOT_NAMED,), ())
    code = next(iter(sure))
    contradicting = {
        f.naming.code for f in found if f.place is Place.SIGNATURE and f.naming.code is not None and f.naming.code != code
    }
    if best is not Place.SIGNATURE and contradicting:
        return Named(None, 0.0, (Reason.SEVERAL_MEMBERS,), tuple(_evidence(f) for f in found[:4]))
    score = max(f.naming.score for f in top if f.naming.code == code)
    return Named(code, score, (), evidence)


def _place(naming: Naming, sentence: Sentence, asking: Sequence[Sentence], signed_off: bool) -> Place:
    if any(sentence is other for other in asking) or _follows_cue(naming, sentence):
        return Place.REQUEST
    if signed_off or sentence.zone is Zone.SIGNATURE:
        return Place.SIGNATURE
    return Place.PROSE


def _follows_cue(naming: Naming, sentence: Sentence) -> bool:
    return any(cue.end <= naming.start <= cue.end + 12 for cue in sentence.of(Concept.ON_BEHALF))


def _closing(own: Sequence[Sentence]) -> frozenset[int]:
    """The numbers of the sentences in which each part only closes: those below its last running text."""
    last: dict[str, int] = {}
    for number, sentence in enumerate(own):
        words = sum(token.is_word for token in sentence.tokens)
        stop = sentence.tokens[-1].text in ".!?;"
        if (words > 5 and stop) or {hit.concept for hit in sentence.hits} & _SPEAKING:
            last[sentence.part] = number
    return frozenset(
        number for number, s in enumerate(own) if s.part != "subject" and number > last.get(s.part, -1)
    )


_SPEAKING = frozenset(
    {Concept.TOPIC, Concept.WISH, Concept.REQUEST_TO_YOU, Concept.OPT_IN, Concept.OPT_OUT, Concept.ON_BEHALF,
     Concept.DURATION_NOTICE, Concept.DURATION_PERIOD, Concept.SCOPE}
)  # fmt: skip


def _credible(
    namings: Iterable[Naming], sentence: Sentence, sender_name: str, signed_off: bool
) -> Iterator[Naming]:
    """The namings that name somebody: no address, no person, no part of another organisation's name."""
    own_name = [token.text for token in tokenize(sender_name) if token.is_word]
    for naming in namings:
        if _is_person(naming, sentence.tokens, own_name):
            continue
        if signed_off and _is_address(sentence):
            continue
        if _inside_another(naming, sentence.tokens) or _is_whereabouts(naming, sentence):
            continue
        yield naming


def _is_person(naming: Naming, tokens: Sequence[Token], own_name: Sequence[str]) -> bool:
    """Whether the naming is a piece of the sender's name as From shows it, or stands behind a personal title."""
    words = [token.text for token in tokens[naming.start : naming.end]]
    if len(own_name) > 1 and len(words) < len(own_name):
        for offset in range(len(own_name)):
            first = naming.start - offset
            run = [token.text for token in tokens[max(first, 0) : max(first, 0) + len(own_name)]]
            if first >= 0 and run == list(own_name):
                return True
    before = tokens[naming.start - 1].text if naming.start else ""
    if before == "." and naming.start > 1:
        before = tokens[naming.start - 2].text
    return before in _TITLES


def _is_address(sentence: Sentence) -> bool:
    """Whether a line below the sign-off is a postal address: a street word, or a number and a comma."""
    words = {token.text for token in sentence.tokens}
    return bool(words & _ADDRESS) or any(token.is_number for token in sentence.tokens)


def _inside_another(naming: Naming, tokens: Sequence[Token]) -> bool:
    """Whether the name goes on: "Jordan Telecom Group" and "University of Ghana" are not the Member States."""
    if naming.end - naming.start > 1:
        return False
    after = tokens[naming.end] if naming.end < len(tokens) else None
    if after is not None and after.text in _ORGANISATIONS and after.raw[0].isupper():
        return True
    back = naming.start - 1
    while back >= 0 and tokens[back].text in LIGHT:
        back -= 1
    return back >= 0 and tokens[back].text in _ORGANISATIONS and tokens[back].raw[0].isupper()


def _is_whereabouts(naming: Naming, sentence: Sentence) -> bool:
    """Whether the name only says where something is, in a sentence that asks nothing ("the workshop in Tunis")."""
    if sentence.of(Concept.TOPIC, Concept.OPT_IN, Concept.OPT_OUT, Concept.ON_BEHALF, Concept.AUTO_ACT):
        return False
    back = naming.start - 1
    while back >= 0 and sentence.tokens[back].text in LIGHT:
        back -= 1
    return back >= 0 and sentence.tokens[back].text in _PLACES


def _without_home_countries(found: Sequence[_Found], members: Mapping[str, Member]) -> list[_Found]:
    """Leave out the country where a company or university that the letter names is at home."""
    homes = {
        members[code].country
        for f in found
        for code in f.naming.codes
        if members[code].category != "member_state" and members[code].country
    }
    return [
        f
        for f in found
        if not (len(f.naming.codes) == 1 and all(_is_state(members[c]) and members[c].country in homes for c in f.naming.codes))
    ]


def _is_state(member: Member) -> bool:
    return member.category == "member_state"


def _stranger(
    asking: Sequence[Sentence], own: Sequence[Sentence], names: NameIndex, known: Sequence[_Found]
) -> Evidence | None:
    """A name that is nobody's, where the letter says for whom it speaks (behind "on behalf of", before the act)."""
    for sentence in own:
        for cue in sentence.of(Concept.ON_BEHALF):
            run = _name_run(sentence, cue.end)
            if run and not _covered(run, sentence, known):
                return _run_evidence(run, sentence)
    for sentence in asking:
        for run in _capital_runs(sentence):
            if not _covered(run, sentence, known):
                return _run_evidence(run, sentence)
    return None


def _covered(run: Sequence[int], sentence: Sentence, known: Sequence[_Found]) -> bool:
    """Whether a member is named in or right beside a run of words, or anywhere in the sentences that ask."""
    return bool(known)


def _run_evidence(run: Sequence[int], sentence: Sentence) -> Evidence:
    start, end = sentence.span(run[0], run[-1] + 1)
    return Evidence("member", sentence.part, " ".join(sentence.tokens[n].raw for n in run), start, end)


def _name_run(sentence: Sentence, start: int) -> list[int]:
    """The words of a proper name behind "on behalf of"; empty where only general words stand there."""
    run: list[int] = []
    for number in range(start, min(start + 14, len(sentence.tokens))):
        token = sentence.tokens[number]
        if token.is_word and (_looks_proper(token) or token.text in LIGHT or token.text in LEGAL_FORMS or token.text in _GENERIC):
            run.append(number)
        elif token.text not in "\"-.&'(":
            break
    return run if any(_is_proper(sentence.tokens[number]) for number in run) else []


def _capital_runs(sentence: Sentence) -> Iterator[list[int]]:
    """Runs of at least two capitalised words that no phrase explains, in a sentence that is not all capitals."""
    known = {place for hit in sentence.hits for place in hit.places}
    words = [token for token in sentence.tokens if token.is_word and token.raw[0].isalpha()]
    if sum(token.raw.isupper() for token in words) * 2 > len(words):
        return
    run: list[int] = []
    for number, token in enumerate((*sentence.tokens, None)):
        if token is not None and token.is_word and number not in known and _is_proper(token):
            run.append(number)
        elif token is not None and run and token.text in "-&\"'":
            continue
        else:
            if len(run) >= 2:
                yield run
            run = []


def _looks_proper(token: Token) -> bool:
    return token.raw[0].isupper() or token.text >= "\u0600"


def _is_proper(token: Token) -> bool:
    return (
        token.raw[0].isupper()
        and len(token.text) > 1
        and token.text not in _GENERIC
        and token.text not in LIGHT
        and token.text not in _CAPITALISED_BY_CUSTOM
    )


_CAPITALISED_BY_CUSTOM = frozenset(
    "director sir madam dear circular study period wtsa assembly tsb itu ties accounts active access annex sector sectors "
    "union focal point designated director's excellency bureau secretariat registration requests opt january february "
    "march april may june july august september october november december monday tuesday wednesday thursday friday "
    "monsieur madame directeur circulaire uit amnt union periode comptes actifs acces señor director estimado estimada "
    "circular".split()
)


def _partly_named(asking: Sequence[Sentence], names: NameIndex) -> Named | None:
    """A piece of a name that several members share ("Korea"): ambiguous; a piece of one member's only: unknown."""
    for sentence in asking:
        known = {place for hit in sentence.hits if hit.concept not in (Concept.FIRST_PERSON, Concept.ON_BEHALF) for place in hit.places}
        for number, token in enumerate(sentence.tokens):
            if not token.is_word or number in known or token.text in LIGHT or token.text in _GENERIC:
                continue
            if not (token.raw[0].isupper() or token.text >= "\u0400") or len(token.text) < 3:
                continue
            sharing = names.share(token.text)
            if 2 <= len(sharing) <= 12:
                return Named(None, 0.0, (Reason.MEMBER_AMBIGUOUS,), (_run_evidence([number], sentence),))
            if len(sharing) == 1:
                return Named(None, 0.0, (Reason.MEMBER_UNKNOWN,), (_run_evidence([number], sentence),))
    return None


def _evidence(found: _Found) -> Evidence:
    start, end = found.sentence.span(found.naming.start, found.naming.end)
    words = found.sentence.tokens[found.naming.start : found.naming.end]
    return Evidence("member", found.sentence.part, " ".join(token.raw for token in words), start, end)
