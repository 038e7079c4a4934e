"""The mails mailbot writes (contract section 6), and when it writes none (section 5 rule 1)."""

from __future__ import annotations

import email
import itertools
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.compose import LANGUAGES, Answer, Letterhead, Mail, confirmation, receipt
from mailbot.flags import FlagState, StudyPeriod
from mailbot.headers import NAME_LENGTH, clean, reply_subject
from mailbot.silence import Answered, may_write_to
from mailbot.terms import Action, Duration, Verdict

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
PERIOD = StudyPeriod("2025-2028", "WTSA-28", datetime(2028, 11, 1, tzinfo=UTC))
LETTERHEAD = Letterhead("Director of TSB", "tsbdir@itu.int", "tsbdir@itu.int")
OPTED_IN = Answer(
    state=FlagState.OPTED_IN,
    changed=True,
    member_name="Valmont Télécom",
    since=NOW,
    until=PERIOD.ends,
    duration=Duration.STUDY_PERIOD,
    study_period=PERIOD,
    reference="MB-2026-000123",
    language="en",
    recipient="amira.keita@valmont.example",
    recipient_name="Amira Keïta",
    copies=(("second@valmont.example", "Li, Wei"),),
    subject="Circular 118",
    in_reply_to="<letter@valmont.example>",
    references=("<first@valmont.example>",),
    now=NOW,
    decided_by_person=False,
)
OPTED_OUT = replace(OPTED_IN, state=FlagState.OPTED_OUT, until=None, duration=None)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip
NASTY = [
    "x\r\nBcc: victim@example.org",
    "=?utf-8?q?x=0D=0ABcc:_victim=40example.org?=",
    "a\n\n<b>body</b>",
    "\ud800\x00",
]
any_text = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.text(st.sampled_from('\r\n\t :;,<>@"\\()=?utf8bq_{}%&aé中م\u202e\ud800'), max_size=60),
    st.text(min_size=150, max_size=400),
)


def a_receipt(**changes: object) -> Mail:
    facts: dict[str, object] = {
        "recipient": OPTED_IN.recipient, "recipient_name": OPTED_IN.recipient_name, "language": "en",
        "subject": "Circular 118", "in_reply_to": "<letter@valmont.example>", "references": (),
        "reference": "MB-2026-000124", "now": NOW, "letterhead": LETTERHEAD,
    }  # fmt: skip
    return receipt(**(facts | changes))  # type: ignore[arg-type]


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def headers(mail: Mail) -> Message:
    return email.message_from_bytes(mail.raw)


def shown(header: str) -> str:
    """A header's value as a mail client shows it: unfolded and decoded (RFC 5322 section 2.2.3, RFC 2047)."""
    return str(make_header(decode_header(header.replace("\r\n", "").strip())))


def subject(mail: Mail) -> str:
    return shown(headers(mail)["Subject"])


def text(mail: Mail) -> str:
    part = parsed(mail).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html(mail: Mail) -> str:
    part = parsed(mail).get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def flat(words: str) -> str:
    return re.sub(r"[ \n]+", " ", words)


class Page(HTMLParser):
    """The tags, the links and the visible text of an HTML part."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.words = ""
        self.languages: list[tuple[str, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags[tag] += 1
        self.links += [found["href"] or ""] if "href" in found else []
        self.languages += [(found["lang"] or "", found["dir"] or "")] if tag == "td" and "lang" in found else []

    def handle_data(self, data: str) -> None:
        self.words += data


def draft(link: str) -> tuple[str, str, str]:
    """Address, subject and body of the mail that a mailto link opens."""
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    fields = parse_qs(parts.query, strict_parsing=True)
    return unquote(parts.path), fields["subject"][0], fields["body"][0]


# What a confirmation says


def test_confirmation_names_member_effect_dates_reference_and_responsibilities() -> None:
    """Contract section 6: member, effect, from when and until when, reference, responsibilities, how to reverse."""
    words = flat(text(confirmation(OPTED_IN, LETTERHEAD)[0]))
    assert "Valmont Télécom is now opted in to automatic approval" in words
    assert "every registration request for statutory ITU-T meetings" in words
    assert "22 November 2026, 14:05 UTC" in words
    assert "for the remainder of the Study Period (2025-2028, currently until WTSA-28, 31 October 2028)" in words
    assert "MB-2026-000123" in words
    assert "takes full responsibility" in words
    assert "list of TIES accounts up to date" in words


def test_opt_out_says_that_requests_wait_for_the_focal_point_again_and_lists_no_duties() -> None:
    words = flat(text(confirmation(OPTED_OUT, LETTERHEAD)[0]))
    assert "Valmont Télécom is now opted out of automatic approval" in words
    assert "again waits for the approval of the designated focal point" in words
    assert "TIES accounts up to date" not in words


def test_open_ended_opt_in_holds_until_further_notice() -> None:
    answer = replace(OPTED_IN, until=None, duration=Duration.UNTIL_FURTHER_NOTICE)
    assert "Duration: until further notice" in text(confirmation(answer, LETTERHEAD)[0])


def test_unchanged_flag_is_confirmed_as_unchanged() -> None:
    """Contract section 4: a letter that asks for what already stands is confirmed."""
    earlier = replace(OPTED_IN, changed=False, since=NOW - timedelta(days=30))
    words = flat(text(confirmation(earlier, LETTERHEAD)[0]))
    assert "was already opted in" in words
    assert "Nothing has changed" in words
    assert "23 October 2026" in words


def test_member_that_never_wrote_gets_no_date_since_when_it_stands_opted_out() -> None:
    words = text(confirmation(replace(OPTED_OUT, changed=False), LETTERHEAD)[0])
    assert "already stands as opted out" in words
    assert "In effect from" not in words


def test_decision_of_a_person_says_so() -> None:
    by_person = confirmation(replace(OPTED_IN, decided_by_person=True), LETTERHEAD)
    assert all("A member of the TSB staff has considered the letter." in flat(text(mail)) for mail in by_person)
    assert "staff" not in text(confirmation(OPTED_IN, LETTERHEAD)[0])


def test_moments_are_told_in_utc_whatever_zone_they_come_in() -> None:
    zone = timezone(timedelta(hours=5))
    answer = replace(OPTED_IN, since=NOW.astimezone(zone), until=PERIOD.ends.astimezone(zone))
    assert text(confirmation(answer, LETTERHEAD)[0]) == text(confirmation(OPTED_IN, LETTERHEAD)[0])


def test_receipt_gives_no_reason_and_quotes_nothing() -> None:
    mail = a_receipt(subject="Our opt-in for Valmont")
    for words in (text(mail), Page(html(mail)).words):
        assert "MB-2026-000124" in words
        assert "A member of the staff will read it" in flat(words)
        assert "Valmont" not in words
    assert subject(mail) == "Re: Our opt-in for Valmont"


# Languages


DATES = {
    "ar": ("22 نوفمبر 2026", "WTSA-28\u2069، 31 أكتوبر 2028"),
    "en": ("22 November 2026", "WTSA-28, 31 October 2028"),
    "es": ("22 de noviembre de 2026", "AMNT-28, el 31 de octubre de 2028"),
    "fr": ("22 novembre 2026", "AMNT-28, le 31 octobre 2028"),
    "ru": ("22 ноября 2026 г.", "ВАСЭ-28, по 31 октября 2028 г."),
    "zh": ("2026年11月22日", "WTSA-28，即2028年10月31日"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_and_the_assembly_are_written_as_the_language_writes_them(language: str) -> None:
    words = flat(text(confirmation(replace(OPTED_IN, language=language), LETTERHEAD)[0]))
    assert all(phrase in words for phrase in DATES[language])


def test_first_of_the_month_is_an_ordinal_in_french_only() -> None:
    first = replace(OPTED_IN, since=datetime(2026, 11, 1, tzinfo=UTC), language="fr")
    words = text(confirmation(first, LETTERHEAD)[0])
    assert "1er novembre 2026" in words
    assert "1 November 2026" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_letter_language_comes_first_and_english_beside_it(language: str) -> None:
    mail = confirmation(replace(OPTED_IN, language=language), LETTERHEAD)[0]
    expected = list(dict.fromkeys([(language, "rtl" if language == "ar" else "ltr"), ("en", "ltr")]))
    assert Page(html(mail)).languages == expected
    assert text(mail).count("Dear Sir or Madam,") == 1
    assert text(mail).count("=" * 76) == len(expected) - 1
    assert headers(mail)["Content-Language"] == ", ".join(dict.fromkeys((language, "en")))


def test_language_mailbot_does_not_write_gets_english_alone() -> None:
    assert [text(mail) for mail in confirmation(replace(OPTED_IN, language="de"), LETTERHEAD)] == [
        text(mail) for mail in confirmation(OPTED_IN, LETTERHEAD)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_renders_in_every_state(language: str) -> None:
    """No template meets an undefined value, and none leaves its syntax standing."""
    mails = [a_receipt(language=language), a_receipt(language=language, subject="")]
    for changed, base, by_person in itertools.product((True, False), (OPTED_IN, OPTED_OUT), (True, False)):
        answer = replace(base, changed=changed, language=language, decided_by_person=by_person)
        mails += confirmation(answer, LETTERHEAD)
        mails += confirmation(replace(answer, until=None, since=NOW - timedelta(days=1)), LETTERHEAD)
    for mail in mails:
        for words in (text(mail), html(mail)):
            assert "{{" not in words
            assert "{%" not in words
            assert "None" not in words
        assert subject(mail).strip()


@pytest.mark.parametrize("language", ["en", "es", "fr", "ru", "ar"])
def test_plain_text_keeps_to_76_columns_but_for_the_link(language: str) -> None:
    for mail in confirmation(replace(OPTED_IN, language=language), LETTERHEAD):
        assert [line for line in text(mail).split("\n") if len(line) > 76 and "mailto:" not in line] == []


def test_html_part_loads_nothing_and_links_only_to_the_mailbox() -> None:
    page = Page(html(confirmation(OPTED_IN, LETTERHEAD)[0]))
    assert not page.tags.keys() & {"img", "script", "link", "iframe", "form", "object"}
    assert all(link.startswith("mailto:tsbdir@itu.int?") for link in page.links)


# How to reverse it


OPPOSITE = {
    "ar": ("أود إلغاء الموافقة التلقائية", "أود اختيار الموافقة التلقائية"),
    "en": ("I wish to opt out of automatic approval", "I wish to opt in to automatic approval"),
    "es": ("deseo rechazar la aprobación automática", "deseo aceptar la aprobación automática"),
    "fr": (
        "je souhaite refuser expressément l'approbation automatique",
        "je souhaite accepter expressément l'approbation automatique",
    ),
    "ru": ("прошу отменить автоматическое утверждение", "прошу применять автоматическое утверждение"),
    "zh": ("希望选择退出", "希望选择加入"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", [OPTED_IN, OPTED_OUT], ids=["opted_in", "opted_out"])
def test_link_opens_the_opposite_letter_for_the_member(language: str, answer: Answer) -> None:
    """Contract section 6: a ready mailto link; RFC 6068."""
    answer = replace(answer, language=language, member_name='R&D "Ü" 100% <Télé>')
    for mail in confirmation(answer, LETTERHEAD):
        links = Page(html(mail)).links
        assert len(links) == len(dict.fromkeys((language, "en")))
        for link, tongue in zip(links, dict.fromkeys((language, "en")), strict=True):
            address, title, body = draft(link)
            assert address == "tsbdir@itu.int"
            assert OPPOSITE[tongue][0 if answer.state is FlagState.OPTED_IN else 1] in body
            assert OPPOSITE[tongue][1 if answer.state is FlagState.OPTED_IN else 0] not in body
            assert 'R&D "Ü" 100% <Télé>' in body
            assert "-28" in body
            assert "\n" not in title + body
            assert link.isascii()


def test_english_letter_in_full_is_the_model_of_the_circular() -> None:
    _, title, body = draft(Page(html(confirmation(OPTED_OUT, LETTERHEAD)[0])).links[0])
    assert title == "Opt in to automatic approval of registration requests"
    assert body == (
        "On behalf of Valmont Télécom, I wish to opt in to automatic approval of registration requests for all Active "
        "ITU Accounts with TIES access affiliated with this organization until further notice or for the remainder of "
        "the Study Period (currently until WTSA-28)."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_request_stands_in_a_mail_as_unquoted_words(language: str) -> None:
    """A client that quotes our mail without a mark must not make a request of it (contract section 5 rule 3)."""
    for base in (OPTED_IN, OPTED_OUT):
        for mail in confirmation(replace(base, language=language), LETTERHEAD):
            unquoted = "\n".join(line for line in text(mail).split("\n") if not line.startswith("> "))
            for phrase in OPPOSITE[language] + OPPOSITE["en"]:
                assert phrase not in flat(unquoted)
                assert phrase not in flat(Page(html(mail)).words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_text_gives_the_link_where_it_is_short_else_the_sentence(language: str) -> None:
    words = text(confirmation(replace(OPTED_IN, language=language), LETTERHEAD)[0])
    links = re.findall(r"<(mailto:[^>]*)>", words)
    assert all(len(link) <= 750 for link in links)
    quoted = " ".join(line[2:] for line in words.split("\n") if line.startswith("> "))
    shown = [draft(link)[2] for link in links] + [quoted]
    assert any(OPPOSITE[language][0] in letter for letter in shown)
    assert any(OPPOSITE["en"][0] in letter for letter in shown)


# Who gets it


def test_each_other_focal_point_gets_a_copy_that_names_the_sender() -> None:
    """Contract section 6: nobody's flag changes unnoticed."""
    first, second = confirmation(OPTED_IN, LETTERHEAD)
    assert (first.kind, first.recipients) == ("confirmation", ("amira.keita@valmont.example",))
    assert (second.kind, second.recipients) == ("copy", ("second@valmont.example",))
    words = flat(text(second))
    assert "Amira Keïta (amira.keita@valmont.example) has written to the Director of TSB" in words
    assert "If this is not what you expect, please reply" in words
    assert "have received a copy" in flat(text(first))


def test_nobody_gets_two_mails_and_mailbot_writes_to_no_mailbox_of_its_own() -> None:
    copies = (
        ("AMIRA.KEITA@valmont.example", "Herself"),
        ("second@valmont.example", "Two"),
        ("Second@Valmont.example", "Two again"),
        ("TSBDIR@itu.int", "Loop"),
        ("bad address@x\r\nRCPT TO:<y>", "Bad"),
    )
    mails = confirmation(replace(OPTED_IN, copies=copies), LETTERHEAD)
    assert [mail.recipients for mail in mails] == [("amira.keita@valmont.example",), ("second@valmont.example",)]


def test_confirmation_speaks_of_copies_only_where_some_were_sent() -> None:
    for copies in ((), ((OPTED_IN.recipient, "Herself"),)):
        (mail,) = confirmation(replace(OPTED_IN, copies=copies), LETTERHEAD)
        assert "received a copy" not in flat(text(mail))


# Headers


def test_reply_stays_in_the_thread_and_says_that_a_machine_wrote_it() -> None:
    """Contract section 6, RFC 5322 section 3.6.4, RFC 3834 section 5."""
    for mail in (*confirmation(OPTED_IN, LETTERHEAD), a_receipt(references=("<first@valmont.example>",))):
        found = headers(mail)
        assert Counter(found.keys()) == Counter(HEADERS)
        assert found["Auto-Submitted"] == "auto-replied"
        assert found["X-Auto-Response-Suppress"] == "All"
        assert found["In-Reply-To"] == "<letter@valmont.example>"
        assert found["References"].split() == ["<first@valmont.example>", "<letter@valmont.example>"]
        assert found["Message-ID"] == mail.message_id
        assert parsed(mail)["Date"].datetime == NOW
        assert parsed(mail).get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in parsed(mail).iter_parts()] == ["text/plain", "text/html"]


def test_reply_to_is_set_only_where_replies_go_elsewhere_than_from() -> None:
    assert headers(a_receipt())["Reply-To"] is None
    elsewhere = Letterhead("TSB", "confirm@itu.int", "tsbdir@itu.int")
    found = headers(a_receipt(letterhead=elsewhere))
    assert (found["From"], found["Reply-To"]) == ('"TSB" <confirm@itu.int>', "tsbdir@itu.int")
    assert found["Message-ID"].endswith("@itu.int>")


def test_letter_without_message_id_gets_an_answer_without_in_reply_to() -> None:
    found = headers(a_receipt(in_reply_to=None, references=("<first@x.example>",)))
    assert found["In-Reply-To"] is None
    assert found["References"] == "<first@x.example>"


@pytest.mark.parametrize(
    ("given_id", "written"),
    [
        ("bare.id@x.example", "<bare.id@x.example>"),
        (" <spaced@x.example> ", "<spaced@x.example>"),
        ("<no-at-sign>", "<no-at-sign>"),
        ("<a@b>\r\nBcc: v@example.org", "<a@b>"),
        ("<sp ace@x.example>", None),
        ("<ünicode@x.example>", None),
        (f"<{'x' * 900}@x.example>", None),
        ("", None),
    ],
)
def test_message_id_of_the_letter_is_repeated_only_where_a_header_can_hold_it(
    given_id: str, written: str | None
) -> None:
    assert headers(a_receipt(in_reply_to=given_id))["In-Reply-To"] == written


def test_long_references_keep_the_first_and_the_newest() -> None:
    references = tuple(f"<{number:04}.{'x' * 40}@mail.example>" for number in range(500))
    found = headers(a_receipt(references=references))["References"].split()
    assert sum(map(len, found)) <= 1800
    assert found[0] == references[0]
    assert found[-2:] == [references[-1], "<letter@valmont.example>"]


@pytest.mark.parametrize(
    ("given_subject", "written"),
    [
        ("Circular 118", "Re: Circular 118"),
        ("Re: Circular 118", "Re: Circular 118"),
        ("RE: AW: Sv: Circular 118", "Re: Circular 118"),
        ("TR : Circulaire 118", "Re: Circulaire 118"),
        ("TR\u00a0: RÉP : Circulaire 118", "Re: Circulaire 118"),
        ("RE[2]: Re(3): Circular 118", "Re: Circular 118"),
        ("回复：答复: 第118号通函", "Re: 第118号通函"),
        ("Ответ: Циркуляр 118", "Re: Циркуляр 118"),
        ("رد: التعميم 118", "Re: التعميم 118"),
        ("Report: Re: registrations", "Re: Report: Re: registrations"),
        ("Regarding Circular 118", "Re: Regarding Circular 118"),
        ("a\r\n b\tc\u2028d", "Re: a b c d"),
        ("=?utf-8?q?x?=", "Re: =?utf-8?q?x?="),
        ("", "Your letter has been received"),
        ("Re:", "Your letter has been received"),
        ("\u202e\ud800", "Your letter has been received"),
    ],
)
def test_subject_has_one_re_whatever_the_client_wrote(given_subject: str, written: str) -> None:
    assert subject(a_receipt(subject=given_subject)) == written


def test_subject_is_bounded_and_quick_to_make() -> None:
    mail = a_receipt(subject="Re: " * 200_000 + "长" * 200_000)
    assert len(subject(mail)) <= 204
    assert max(map(len, mail.raw.split(b"\r\n"))) < 998


def test_fallback_subject_speaks_the_language_of_the_letter() -> None:
    assert subject(confirmation(replace(OPTED_IN, subject="", language="zh"), LETTERHEAD)[0]) == "自动批准：已选择加入"


@pytest.mark.parametrize(
    "name", ["Keïta, Amira", "Li, Wei", 'A "B" \\ C', "إميل كيتا", "李伟" * 40, "=?utf-8?q?x?=", "J. (TSB)"]
)
def test_names_come_out_as_they_went_in(name: str) -> None:
    mail = a_receipt(recipient_name=name)
    raw = headers(mail)["To"]
    (address,) = parsed(mail)["To"].addresses
    assert address.addr_spec == OPTED_IN.recipient
    found = shown(raw).removesuffix(f"<{OPTED_IN.recipient}>").strip()
    assert re.sub(r'^"(.*)"$', lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), found) == name


# Determinism


def test_same_decision_makes_the_same_bytes() -> None:
    assert confirmation(OPTED_IN, LETTERHEAD) == confirmation(OPTED_IN, LETTERHEAD)
    assert a_receipt() == a_receipt()


def test_message_id_is_one_a_reference_a_kind_and_a_recipient() -> None:
    answers = [OPTED_IN, replace(OPTED_IN, reference="MB-2"), replace(OPTED_IN, recipient="else@valmont.example")]
    issued = [mail.message_id for answer in answers for mail in confirmation(answer, LETTERHEAD)]
    issued.append(a_receipt(reference=OPTED_IN.reference).message_id)
    assert len(set(issued)) == len(issued) - 1  # the copy of the first and of the third is one and the same mail
    later = replace(OPTED_IN, now=NOW + timedelta(hours=1))
    assert [m.message_id for m in confirmation(later, LETTERHEAD)] == issued[:2]
    assert all(re.fullmatch(r"<[0-9a-f]{40}@itu\.int>", message_id) for message_id in issued)


# Hostile letters


@pytest.mark.parametrize("field", ["subject", "recipient_name", "member_name", "reference"])
@pytest.mark.parametrize("value", NASTY)
def test_nothing_in_a_letter_adds_a_header_or_a_recipient(field: str, value: str) -> None:
    for mail in confirmation(replace(OPTED_IN, **{field: value}), LETTERHEAD):  # type: ignore[arg-type]
        assert Counter(headers(mail).keys()) == Counter(HEADERS)
        assert not re.search(rb"(?im)^bcc:", mail.raw)
        assert len(mail.recipients) == 1


@pytest.mark.parametrize(
    "value", ["{{ 7 * 7 }}", "{% include 'layout.txt.j2' %}", "{{ mailbox.__class__ }}", "{# gone #}"]
)
def test_template_syntax_in_a_name_is_text(value: str) -> None:
    answer = replace(OPTED_IN, member_name=value, recipient_name=value, reference=value)
    for mail in confirmation(answer, LETTERHEAD):
        assert value in flat(text(mail))
        assert value in Page(html(mail)).words


def test_markup_in_a_name_is_shown_and_never_runs() -> None:
    value = '<script>alert("1")</script><img src=x onerror=y>&amp;'
    answer = replace(OPTED_IN, member_name=value, recipient_name=value, reference=value, language="ar")
    for mail in confirmation(answer, LETTERHEAD):
        page = Page(html(mail))
        assert not page.tags.keys() & {"script", "img"}
        assert value in page.words


def test_direction_controls_in_a_name_do_not_reach_the_mail() -> None:
    mail = confirmation(replace(OPTED_IN, member_name="Val\u202emont\u2066"), LETTERHEAD)[0]
    assert not set("\u202e\u2066") & set(text(mail) + html(mail))


def test_address_that_smtp_could_not_carry_gets_no_envelope_and_no_header() -> None:
    for address in ("a b@x.example", "a@x\r\nBcc: v@example.org", "<a@x.example>", "müller@x.example", "a@b@c", ""):
        mail = a_receipt(recipient=address)
        assert mail.recipients == ()
        assert headers(mail)["To"] == "undisclosed-recipients:;"
        assert Counter(headers(mail).keys()) == Counter(HEADERS)


@settings(max_examples=150, deadline=None)
@given(any_text, any_text, any_text, st.sampled_from(LANGUAGES), st.lists(any_text, max_size=3))
def test_any_words_make_a_mail_with_one_header_of_each(
    title: str, name: str, member: str, language: str, references: list[str]
) -> None:
    answer = replace(
        OPTED_IN,
        subject=title,
        recipient_name=name,
        member_name=member,
        language=language,
        references=tuple(references),
        copies=(("second@valmont.example", name),),
    )
    for mail in (*confirmation(answer, LETTERHEAD), a_receipt(subject=title, recipient_name=name)):
        found = parsed(mail)
        assert Counter(headers(mail).keys()) == Counter(HEADERS)
        assert [address.addr_spec for address in found["To"].addresses] == list(mail.recipients)
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail.raw)
        assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
        assert mail.raw.isascii()
        assert text(mail)
        assert html(mail)


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_any_subject_and_name_are_shown_as_they_were_cleaned(words: str) -> None:
    mail = a_receipt(subject=words, recipient_name=words)
    assert subject(mail) == (reply_subject(words) or "Your letter has been received")
    name = clean(words, NAME_LENGTH)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    assert shown(headers(mail)["To"]) in (
        OPTED_IN.recipient if not name else f"{name} <{OPTED_IN.recipient}>",
        f'"{escaped}" <{OPTED_IN.recipient}>',
    )


# When to stay silent


def allowed(recipient: str | None = "amira.keita@valmont.example", **changes: Any) -> bool:
    facts = {"action": Action.APPLY, "authentication": Verdict.PASS, "null_return_path": False}
    own = frozenset({"tsbdir@itu.int"})
    permission = may_write_to(recipient, own_addresses=own, answers=Answered(**(facts | changes)))
    assert bool(permission.why) is not permission.allowed
    return permission.allowed


@pytest.mark.parametrize("action", [Action.APPLY, Action.NO_CHANGE])
def test_decided_request_is_confirmed(action: Action) -> None:
    assert allowed(action=action)
    assert allowed(action=action, receipts_today=5)
    assert allowed(action=action, authentication=Verdict.NONE)


def test_review_is_acknowledged_once_a_day_and_only_to_the_sender_it_proves() -> None:
    """Contract section 6: a forged From causes no mail; at most one receipt a sender a day."""
    assert allowed(action=Action.REVIEW)
    assert not allowed(action=Action.REVIEW, receipts_today=1)
    assert not allowed(action=Action.REVIEW, authentication=Verdict.NONE)
    assert not allowed(action=Action.REVIEW, authentication=Verdict.FAIL)
    assert not allowed(action=Action.REVIEW, recipient=None)


@pytest.mark.parametrize("action", list(Action))
def test_null_return_path_is_never_answered(action: Action) -> None:
    """Contract section 5 rule 1: whatever else."""
    assert not allowed(action=action, null_return_path=True)


def test_ignored_letter_is_never_answered() -> None:
    assert not allowed(action=Action.IGNORE)


@pytest.mark.parametrize(
    "local",
    [
        "postmaster", "MAILER-DAEMON", "noreply", "no-reply", "No.Reply", "no_reply", "donotreply", "do-not-reply",
        "it-noreply-eu", "noreply+tag", "ne-pas-repondre", "noresponder", "bounces", "bounce-123", "owner-list",
        "list-request", "list-owner", "nobody",
    ],
)  # fmt: skip
def test_machines_are_never_answered(local: str) -> None:
    assert not allowed(recipient=f"{local}@valmont.example")


@pytest.mark.parametrize("local", ["norma.reply", "bouncer", "owner", "requests", "o'neil+itu", "postmaster.general"])
def test_people_with_unlucky_names_are_answered(local: str) -> None:
    assert allowed(recipient=f"{local}@valmont.example")


@pytest.mark.parametrize("address", ["TSBdir@ITU.int", "", "a b@x.example", "a@x\r\nRCPT TO:<b@x>", "müller@x.example"])
def test_own_and_unusable_addresses_are_never_answered(address: str) -> None:
    assert not allowed(recipient=address)
