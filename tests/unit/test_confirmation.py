"""When mailbot asks a sender to confirm a letter, and which reply confirms it."""

from __future__ import annotations

import email
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

import pytest

from mailbot.compose import LANGUAGES, Letterhead, question
from mailbot.decide import judge
from mailbot.flags import Flag, FlagState
from mailbot.judgement import Circumstances, Judgement, Policy
from mailbot.question import Question, QuestionState, code_of, is_code_of
from mailbot.terms import Action, Intent, Reason, Verdict
from tests.letters import model, raw_letter

from .conftest import NOW

KEY = b"k" * 32
ANA = "ana.juma@gov.ke.example"
WRITTEN = datetime(2026, 9, 3, 10, tzinfo=UTC)
QUESTION = Question(
    reference="2026-00031",
    address=ANA,
    member="KEN",
    intent=Intent.OPT_IN,
    duration=None,
    language="en",
    written=WRITTEN,
    letter_sha256="ab" * 32,
    expires=NOW + timedelta(days=7),
)
CODE = code_of(QUESTION, KEY)
LETTERHEAD = Letterhead("Director of TSB", "tsbdir@itu.int", "tsbdir@itu.int")
AWAITING = Reason.AWAITING_CONFIRMATION


# When a question is put


def reasons_of(world: Circumstances, raw: bytes) -> tuple[Reason, ...]:
    return judge(raw, None, world, NOW).decision.reasons


def test_a_clear_letter_that_nothing_proves_awaits_confirmation(world: Circumstances) -> None:
    assert reasons_of(world, raw_letter(model(), authenticated=False)) == (Reason.AUTHENTICATION_MISSING, AWAITING)


def test_a_letter_without_a_name_awaits_confirmation_where_the_sender_serves_one_member(world: Circumstances) -> None:
    raw = raw_letter("We wish to opt in to automatic approval of registration requests.", sender=ANA)
    judgement = judge(raw, None, world, NOW)
    assert judgement.decision.reasons == (Reason.MEMBER_NOT_NAMED, AWAITING)
    assert judgement.decision.member is None


@pytest.mark.parametrize(
    "raw",
    [
        raw_letter(model(), headers={"Authentication-Results": "mx.example; dmarc=fail header.from=gov.ke.example"}),
        raw_letter(model(), authenticated=False, sender="stranger@gov.ke.example"),
        raw_letter(model(), authenticated=False, sender="tom.ties@gov.ke.example"),
        raw_letter(model(), authenticated=False, sender="old@gov.ke.example"),
        raw_letter(model("Nigeria"), authenticated=False),
        raw_letter(model(choice='["opt in" to or "opt out" of]'), authenticated=False),
        raw_letter("Should we opt in to automatic approval of registration requests?", authenticated=False),
        raw_letter(model(choice='"opt in", for the March meeting only, to'), authenticated=False),
        raw_letter(model(), authenticated=False, headers={"Return-Path": "<>"}),
    ],
    ids=["fail", "stranger", "ties", "expired", "mismatch", "unfilled", "a question", "qualified", "null return path"],
)
def test_nobody_is_asked_about_any_other_doubt(world: Circumstances, raw: bytes) -> None:
    assert AWAITING not in reasons_of(world, raw)


def test_nobody_is_asked_where_the_configuration_says_so(world: Circumstances) -> None:
    quiet = replace(world, policy=replace(world.policy, asks=False))
    assert reasons_of(quiet, raw_letter(model(), authenticated=False)) == (Reason.AUTHENTICATION_MISSING,)


def test_nobody_is_asked_a_fourth_question_before_answering_one(world: Circumstances) -> None:
    """Whoever forges letters must not fill a focal point's mailbox."""
    for unanswered, asked in ((2, True), (3, False)):
        crowded = replace(world, unanswered=lambda address, n=unanswered: n if address == ANA else 0)
        assert (AWAITING in reasons_of(crowded, raw_letter(model(), authenticated=False))) is asked


# Which reply confirms


def answering(world: Circumstances, asked: Question = QUESTION, flag: Flag | None = None) -> Circumstances:
    return replace(
        world,
        proven=lambda code: asked if is_code_of(asked, KEY, code) else None,
        asked=lambda ids: asked if "<question@itu.int>" in ids else None,
        flag_of=lambda _code: flag,
    )


def reply(
    words: str = "Yes",
    *,
    code: str = CODE,
    sender: str = f"Ana Juma <{ANA}>",
    subject: str = "Re: Please confirm your letter",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    body = f"{words}\n\nOn 4 Sep 2026, TSB <tsbdir@itu.int> wrote:\n> Please confirm your letter\n> Code: {code}\n"
    return raw_letter(
        body, subject=subject, sender=sender, headers=headers, authenticated=False, message_id="<reply@gov.ke.example>",
        date="Fri, 04 Sep 2026 11:00:00 +0000",
    )  # fmt: skip


def judged(world: Circumstances, raw: bytes, now: datetime = NOW) -> Judgement:
    return judge(raw, now, world, now)


def test_a_yes_with_the_code_decides_the_letter_that_was_asked_about(world: Circumstances) -> None:
    judgement = judged(answering(world), reply())
    decision = judgement.decision
    assert (decision.action, decision.intent, decision.reasons) == (Action.APPLY, Intent.OPT_IN, ())
    assert decision.member is not None
    assert decision.member.code == "KEN"
    assert decision.authentication is Verdict.NONE
    assert judgement.confirms == QUESTION


@pytest.mark.parametrize(
    "subject", [f"Re: {CODE}", f"AW: Re: [{CODE}]", f"回复：请确认您的来函 [{CODE[:25]} {CODE[25:]}]"]
)
def test_the_code_in_the_subject_is_enough(world: Circumstances, subject: str) -> None:
    assert judged(answering(world), reply(code="", subject=subject)).confirms == QUESTION


@pytest.mark.parametrize(
    "code",
    [CODE[:-1] + "A2"[CODE.endswith("A")], CODE.replace("00031", "00032"), code_of(QUESTION, b"l" * 32)],
    ids=["guessed", "another letter's", "of another key"],
)
def test_a_forged_code_confirms_nothing(world: Circumstances, code: str) -> None:
    judgement = judged(answering(world), reply(code=code))
    assert judgement.confirms is None
    assert judgement.decision.action in (Action.IGNORE, Action.REVIEW)


def test_an_expired_code_leaves_it_to_people(world: Circumstances) -> None:
    judgement = judged(answering(world), reply(), NOW + timedelta(days=8))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)
    assert "expired" in judgement.decision.evidence[-1].text


@pytest.mark.parametrize("state", [QuestionState.CONFIRMED, QuestionState.RESOLVED, QuestionState.EXPIRED])
def test_a_code_works_once_and_only_while_its_question_is_open(world: Circumstances, state: QuestionState) -> None:
    judgement = judged(answering(world, replace(QUESTION, state=state)), reply())
    assert judgement.confirms is None
    waited_for = state is QuestionState.EXPIRED
    assert judgement.decision.action is (Action.REVIEW if waited_for else Action.IGNORE)


@pytest.mark.parametrize(
    "sender", ["ana.juma@mail.example", "ben.odera@gov.ke.example", "Ana <ana.juma+x@gov.ke.example>"]
)
def test_a_confirmation_from_another_address_is_for_a_person(world: Circumstances, sender: str) -> None:
    judgement = judged(answering(world), reply(sender=sender))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)


def test_a_reply_that_fails_authentication_never_confirms(world: Circumstances) -> None:
    failed = {"Authentication-Results": "mx.example; dmarc=fail header.from=gov.ke.example"}
    judgement = judged(answering(world), reply(headers=failed))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)
    assert Reason.AUTHENTICATION_FAILED in judgement.decision.reasons


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Subject": "Automatic reply: Please confirm your letter"},
        {"Return-Path": "<>"},
        {"List-Id": "<staff.gov.ke.example>"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_an_automatic_reply_never_confirms_whatever_it_says(world: Circumstances, headers: dict[str, str]) -> None:
    judgement = judged(answering(world), reply("Yes, I confirm.", headers=headers))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.IGNORE)


def test_an_out_of_office_answer_without_any_mark_is_for_a_person(world: Circumstances) -> None:
    judgement = judged(answering(world), reply("I am out of the office until Monday. I confirm receipt of your mail."))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)


@pytest.mark.parametrize(
    "words", ["", "No", "No, I did not write this!", "Yes, but opt us out instead", model(choice='"opt out" of')]
)
def test_a_reply_that_is_no_plain_yes_is_for_a_person(world: Circumstances, words: str) -> None:
    judgement = judged(answering(world), reply(words))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)


def test_a_reply_without_the_code_is_known_by_its_thread_and_never_lost(world: Circumstances) -> None:
    judgement = judged(answering(world), reply("OK!", code="", headers={"In-Reply-To": "<question@itu.int>"}))
    assert (judgement.confirms, judgement.decision.action) == (None, Action.REVIEW)


def test_a_late_confirmation_does_not_overwrite_what_was_decided_since(world: Circumstances) -> None:
    """Contract rule 11, by the date of the letter asked about, not of the reply."""
    flag = Flag("KEN", "Kenya", FlagState.OPTED_OUT, NOW, None, None, WRITTEN + timedelta(hours=1), "2026-00032")
    judgement = judged(answering(world, flag=flag), reply())
    assert (judgement.decision.action, judgement.decision.reasons) == (Action.REVIEW, (Reason.OUT_OF_ORDER,))
    older = replace(flag, basis=WRITTEN - timedelta(hours=1))
    assert judged(answering(world, flag=older), reply()).decision.action is Action.APPLY


def test_a_sender_no_longer_designated_cannot_confirm(world: Circumstances) -> None:
    asked = replace(QUESTION, address="old@gov.ke.example")
    raw = reply(sender="old@gov.ke.example", code=code_of(asked, KEY))
    assert judged(answering(world, asked), raw).confirms is None


# The mail that asks


def asking(language: str, intent: Intent, member: str = "Kenya", name: str = "Ana Juma") -> EmailMessage:
    asked = replace(QUESTION, language=language, intent=intent)
    mail = question(
        asked, code_of(asked, KEY), member_name=member, recipient_name=name, in_reply_to="<one@gov.ke.example>",
        references=(), now=NOW, letterhead=LETTERHEAD,
    )  # fmt: skip
    message = email.message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert mail.recipients == (ANA,)
    return message


def words_of(message: EmailMessage, subtype: str = "plain") -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_says_what_is_asked_in_the_language_of_the_letter_and_in_english(language: str) -> None:
    message = asking(language, Intent.OPT_OUT)
    for subtype in ("plain", "html"):
        words = " ".join(words_of(message, subtype).split())
        for said in ("Kenya", "opted out", "the one word YES", "2026-00031", "11 September 2026, 12:00 UTC"):
            assert said in words
        assert words.count(code_of(replace(QUESTION, intent=Intent.OPT_OUT), KEY)) == len({language, "en"})
    assert message["Auto-Submitted"] == "auto-replied"
    assert "MB-2026-00031-" in message["Subject"]


@pytest.mark.parametrize("intent", [Intent.OPT_IN, Intent.OPT_OUT])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["", "No, I did not write this.\n\n", "Yes\n\n"])
def test_a_question_quoted_without_any_mark_sets_no_flag(
    world: Circumstances, language: str, intent: Intent, words: str
) -> None:
    """What a client makes of our own words must not become the sender's wish, open or answered."""
    message = asking(language, intent)
    raw = raw_letter(words + words_of(message), subject=f"Re: {message['Subject']}")
    asked = replace(QUESTION, language=language, intent=intent)
    for state in QuestionState:
        judgement = judged(answering(world, replace(asked, state=state)), raw)
        assert judgement.decision.action in (Action.REVIEW, Action.IGNORE)
        assert judgement.confirms is None


@pytest.mark.parametrize("evil", ["{{ 7*7 }}", "{% include 'x' %}", "x\r\nBcc: victim@x.example", "<script>1</script>"])
def test_names_in_a_question_are_neither_template_nor_header_nor_markup(evil: str) -> None:
    message = asking("fr", Intent.OPT_IN, member=evil, name=evil)
    assert message["Bcc"] is None
    assert "49" not in words_of(message).replace("2026", "").split()
    assert "<script>" not in words_of(message, "html")
    assert not message.defects


def test_policy_asks_unless_told_otherwise() -> None:
    assert Policy().asks
