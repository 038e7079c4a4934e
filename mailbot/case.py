"""What is known of one letter when its rules are looked at: who wrote what, for whom, and how far that is proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.authenticity import Authentication, authenticate
from mailbot.classify import Reading, classify
from mailbot.consent import says_yes
from mailbot.documents import Document, read_documents
from mailbot.judgement import Circumstances, Sender
from mailbot.letter import Letter, readable
from mailbot.naming import Named, Namer
from mailbot.question import Question, codes_in, objection
from mailbot.sender import From, read_from
from mailbot.terms import Verdict


@dataclass(frozen=True, slots=True)
class Reply:
    """What a letter is to a question of mailbot's: why it does not confirm it, empty where it does."""

    question: Question
    objection: str


@dataclass(frozen=True)
class Case:
    """All that is known of one letter when its rules are looked at."""

    letter: Letter
    writer: From
    reading: Reading
    named: Named
    sender: Sender
    authentication: Authentication
    date: datetime
    oversized: int
    circumstances: Circumstances
    reply: Reply | None


def case_of(
    letter: Letter, raw: bytes | None, moment: datetime, date: datetime, circumstances: Circumstances, oversized: int
) -> Case:
    """Gather it: `raw` is what signatures are looked for in, `moment` when it was received, `date` the letter's own."""
    writer = read_from(letter.all("from"))
    writer = From(writer.address, readable(writer.name))
    reading = classify(letter, attached_documents(letter), circumstances.wording)
    register = circumstances.register
    namer = Namer(register.members, register.names, circumstances.wording)
    named = namer.find(reading.asking, reading.sentences, writer.name)
    standing, members = register.standing(writer.address, named.code, moment.date())
    results = letter.all("authentication-results")
    authentication = authenticate(
        writer.address, results, circumstances.policy.trust, raw, circumstances.key_records, moment
    )
    return Case(
        letter=letter,
        writer=writer,
        reading=reading,
        named=named,
        sender=Sender(writer.address, standing, members),
        authentication=authentication,
        date=date,
        oversized=oversized,
        circumstances=circumstances,
        reply=_reply(letter, writer, reading, authentication.verdict, moment, circumstances),
    )


def _reply(
    letter: Letter,
    writer: From,
    reading: Reading,
    verdict: Verdict,
    received: datetime,
    circumstances: Circumstances,
) -> Reply | None:
    """The unanswered question that the letter answers, by its code or else by its thread; None where it is no reply."""
    texts = (letter.subject, letter.body.content, letter.alternative.content if letter.alternative else "")
    proven = (circumstances.proven(code) for code in codes_in(texts))
    question = next((one for one in proven if one is not None and one.is_unanswered), None)
    if question is None:
        asked = circumstances.asked(letter.references) if letter.references else None
        return Reply(asked, "the reply lacks the code") if asked is not None and asked.is_unanswered else None
    register = circumstances.register
    points = register.designated(question.member, received.date())
    member = register.members.get(question.member)
    names = [writer.name, *(point.name for point in points if point.email == question.address)]
    names += [member.name, *member.aliases] if member else []
    why = objection(
        question,
        address=writer.address,
        designated=any(point.email == question.address for point in points),
        authentication=verdict,
        received=received,
        says_yes=says_yes(letter.body, names),
        intent=reading.intent,
        reasons=reading.reasons,
    )
    return Reply(question, why)


def attached_documents(letter: Letter) -> tuple[Document, ...]:
    """The letter's attachments as far as they can be read."""
    return read_documents(letter.attachments)
