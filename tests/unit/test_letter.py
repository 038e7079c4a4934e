"""What one raw message says: charsets, encoded names, the shapes of MIME, and messages that are none (rules 3, 10)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from mailbot.charsets import decode
from mailbot.judgement import Decision
from mailbot.letter import Letter, read_headers, read_letter
from mailbot.terms import Action, Reason
from mailbot.zones import OWN_WORDS
from tests.letters import model, raw_letter

Decide = Callable[[bytes], Decision]

FIELDS = b"From: a@b.example\r\nTo: tsbdir@itu.int\r\nSubject: hi\r\nMIME-Version: 1.0\r\n"
RUSSIAN = "От имени Кении прошу включить автоматическое утверждение запросов на регистрацию."
SIMPLIFIED = "我谨代表尼日尔选择接受对注册申请的自动批准，直至另行通知。"
TRADITIONAL = "我謹代表尼日爾選擇接受對註冊申請的自動批准，直至另行通知。"
ARABIC = "باسم النيجر، أرغب في قبول الموافقة التلقائية على طلبات التسجيل حتى إشعار آخر."
FRENCH = "Déjà accepté : l'approbation automatique des délégués, jusqu'à nouvel avis."
BEYOND = SIMPLIFIED + "镕堃"  # in GBK, not in GB 2312


def message(body: bytes, content_type: str = "text/plain", *more: str) -> bytes:
    fields = "".join(f"{field}\r\n" for field in (f"Content-Type: {content_type}", *more))
    return FIELDS + fields.encode() + b"\r\n" + body


def parts(*bodies: bytes, kind: str = "mixed") -> bytes:
    inside = b"".join(b"--q\r\n" + body + b"\r\n" for body in bodies)
    return message(inside + b"--q--\r\n", f"multipart/{kind}; boundary=q")


def part(body: bytes, *fields: str) -> bytes:
    return "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n" + body


def own_words(letter: Letter) -> str:
    return letter.body.only(OWN_WORDS).replace("\x00", "").strip()


# -- charsets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "written", "declared"),
    [
        (BEYOND, "gb18030", "gb2312"),
        (SIMPLIFIED, "gb18030", "utf-8"),
        (SIMPLIFIED, "utf-8", "gb2312"),
        (SIMPLIFIED, "hz", "hz-gb-2312"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "big5", "utf-8"),
        (RUSSIAN, "cp1251", "utf-8"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "koi8-r", "us-ascii"),
        (RUSSIAN, "utf-8", "windows-1251"),
        (RUSSIAN, "utf-8", "x-nobody-knows"),
        (RUSSIAN, "utf-16", "utf-16"),
        (ARABIC, "cp1256", "windows-1256"),
        (ARABIC, "cp1256", "utf-8"),
        (ARABIC, "iso-8859-6", "iso-8859-6"),
        (ARABIC, "iso-8859-6", "iso-8859-6-i"),
        (FRENCH, "cp1252", "utf-8"),
        (FRENCH, "cp1252", "iso-8859-1"),
        (FRENCH, "utf-8", "iso-8859-1"),
        (FRENCH, "utf-8-sig", "utf-8"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_text_is_read_in_the_charset_it_was_written_in(words: str, written: str, declared: str) -> None:
    letter = read_letter(message(words.encode(written), f"text/plain; charset={declared}"))
    assert letter.body.content == words
    assert not letter.malformed


@pytest.mark.parametrize("words", [RUSSIAN, SIMPLIFIED * 2, ARABIC, FRENCH])
def test_utf8_that_was_cut_off_or_damaged_is_still_read(words: str) -> None:
    data = words.encode()
    cut = decode(data[:-4], "utf-8")
    assert cut is not None
    assert words.startswith(cut.rstrip("\ufffd"))
    assert len(cut) > len(words) - 6
    damaged = decode(data[:20] + b"\xff" + data[21:], "utf-8")
    assert damaged is not None
    assert damaged[-10:] == words[-10:]


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1", "koi8-r", "utf-16"])
def test_bytes_that_are_no_text_are_malformed(declared: str) -> None:
    noise = random.Random(118).randbytes(3000)
    letter = read_letter(message(noise, f"text/plain; charset={declared}"))
    assert letter.malformed
    assert letter.body.content == ""


def test_a_letter_of_noise_goes_to_review(decided: Decide) -> None:
    head = raw_letter("x").split(b"\r\n\r\n")[0]
    decision = decided(head + b"\r\n\r\n" + random.Random(7).randbytes(3000))
    assert decision.action is Action.REVIEW
    assert Reason.MALFORMED_MESSAGE in decision.reasons


def test_words_between_zero_bytes_are_not_read_as_text() -> None:
    assert read_letter(message(b"o\x00p\x00t\x00 \x00i\x00n\x00" * 20)).malformed


# -- headers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?B?0JrQtdC90LjRjw==?=", "Кения"),
        (b"=?koi8-r?Q?=EB=C5=CE=C9=D1?=", "Кения"),
        (b"=?gb2312?B?0MU=?=\r\n =?gb2312?B?0MU=?=", "信信"),
        (b"Re: =?iso-8859-1?Q?R=E9ponse?= 118", "Re: Réponse 118"),
        ("Кения".encode(), "Кения"),
        ("Утверждение".encode("cp1251"), "Утверждение"),
        (b"folded\r\n\t over\r\n lines", "folded over lines"),
        (b"=?utf-8?B?broken", "=?utf-8?B?broken"),
        (b"=?x-nobody-knows?Q?abc?=", "abc"),
        (b"=?utf-8?Q?two=0D=0ABcc:_lines?=", "two Bcc: lines"),
        (b"", ""),
    ],
)
def test_subjects_are_decoded_onto_one_line(written: bytes, subject: str) -> None:
    raw = FIELDS.replace(b"Subject: hi", b"Subject: " + written) + b"\r\nbody"
    assert read_letter(raw).subject == subject


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (("Content-Disposition: attachment; filename=\"letter.pdf\"",), "letter.pdf"),
        (("Content-Disposition: attachment; filename*=UTF-8''%D0%BF.pdf",), "п.pdf"),
        (("Content-Disposition: attachment; filename*0*=UTF-8''%D0%9F%D0%B8;\r\n filename*1*=%D1%81%D1%8C; "
          "filename*2=mo.pdf",), "Письmo.pdf"),
        (('Content-Disposition: attachment; filename="=?utf-8?B?0J/QuNGB0YzQvNC+LnBkZg==?="',), "Письмо.pdf"),
        (('Content-Type: application/pdf; name="=?gb2312?B?0MU=?=.pdf"',), "信.pdf"),
        (('Content-Disposition: attachment; filename="../../etc/letter.pdf"',), "letter.pdf"),
        (('Content-Disposition: attachment; filename="C:\\\\temp\\\\letter.pdf"',), "letter.pdf"),
        (("Content-Disposition: attachment",), ""),
    ],
)  # fmt: skip
def test_attachments_have_the_name_a_reader_sees(fields: tuple[str, ...], name: str) -> None:
    kind = () if fields[0].startswith("Content-Type") else ("Content-Type: application/pdf",)
    letter = read_letter(parts(part(b"see attached", "Content-Type: text/plain"), part(b"%PDF", *kind, *fields)))
    assert [attachment.name for attachment in letter.attachments] == [name]
    assert letter.attachments[0].content_type == "application/pdf"


def test_the_first_of_two_message_ids_counts() -> None:
    letter = read_letter(b"Message-ID: <one@x>\r\nMessage-ID: <two@x>\r\n" + FIELDS + b"\r\nbody")
    assert letter.message_id == "<one@x>"
    assert letter.all("Message-ID") == ["<one@x>", "<two@x>"]


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\n", b"hello world\r\nno header here", b"\x00" * 100, b"From"])
def test_a_message_without_headers_is_malformed(raw: bytes) -> None:
    letter = read_letter(raw)
    assert letter.malformed
    assert (letter.message_id, letter.subject, letter.date) == (None, "", None)


@pytest.mark.parametrize("date", ["", "soon", "Thu, 99 Sep 2026 10:00:00", "Thu, 03 Sep 99999999 10:00:00 +0000"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read_letter(f"Date: {date}\r\n".encode() + FIELDS + b"\r\nx").date is None


@pytest.mark.parametrize("filler", [b"a" * 1_000_000, b"a b\r\n " * 200_000, b"<a@b>," * 150_000])
def test_a_header_of_a_megabyte_is_read_quickly(filler: bytes) -> None:
    start = time.monotonic()
    letter = read_letter(b"X-Long: " + filler + b"\r\nReferences: " + filler + b"\r\n" + FIELDS + b"\r\nbody")
    assert time.monotonic() - start < 2
    assert own_words(letter) == "body"
    assert len(letter.references) <= 100


def test_header_names_are_compared_without_case() -> None:
    letter = read_letter(FIELDS.upper() + b"\r\nbody")
    assert letter.first("from") == letter.first("From") == "A@B.EXAMPLE"


def test_a_header_block_alone_is_a_letter_without_words() -> None:
    letter = read_headers(b"Message-ID: <one@x>\r\nContent-Type: multipart/report; x=y\r\n" + FIELDS)
    assert (letter.message_id, letter.subject, letter.body.content, letter.report) == ("<one@x>", "hi", "", True)


# -- MIME shapes -------------------------------------------------------------------------------------------------------


def test_flowed_text_is_joined_again() -> None:
    flowed = "text/plain; format=flowed"
    assert own_words(read_letter(message(b"I wish \r\nto opt in\r\n to it. \r\n-- \r\nAna", flowed))).startswith(
        "I wish to opt in\n to it. \n-- "
    )
    kept = message("我选择 \r\n接受 \r\n批准".encode(), f"{flowed}; delsp=yes; charset=utf-8")
    assert own_words(read_letter(kept)) == "我选择接受批准"


def test_flowed_quotes_stay_quotes() -> None:
    letter = read_letter(message(b"Yes. \r\n> I wish to \r\n> opt in", "text/plain; format=flowed"))
    assert own_words(letter) == "Yes."


@pytest.mark.parametrize("content_type", ["multipart/mixed", "multipart/alternative; boundary=", "multipart/related"])
def test_a_multipart_without_boundary_is_malformed_and_keeps_its_words(content_type: str) -> None:
    letter = read_letter(message(b"We opt in.\r\n", content_type))
    assert letter.malformed
    assert "We opt in." in letter.body.content


def test_the_last_boundary_may_be_missing() -> None:
    letter = read_letter(parts(part(b"We opt in.", "Content-Type: text/plain")).removesuffix(b"--q--\r\n"))
    assert own_words(letter) == "We opt in."


def test_a_thousand_nested_multiparts_are_malformed() -> None:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000))
    start = time.monotonic()
    letter = read_letter(FIELDS + opening + b"Content-Type: text/plain\r\n\r\nWe opt in.\r\n--b999--\r\n")
    assert time.monotonic() - start < 3
    assert letter.malformed
    assert letter.body.content == ""


def test_five_thousand_parts_are_malformed() -> None:
    start = time.monotonic()
    letter = read_letter(parts(*[part(b"x", "Content-Type: text/plain")] * 5000))
    assert time.monotonic() - start < 2
    assert letter.malformed


def test_a_thousand_nested_messages_are_malformed() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" * 1000
    assert read_letter(FIELDS + inner + b"\r\nWe opt in.").body.content == ""


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_an_attached_message_never_speaks_for_the_sender(encoding: str) -> None:
    attached = b"From: boss@x.example\r\nSubject: inner\r\n\r\nWe opt in."
    if encoding == "base64":
        import base64

        attached = base64.encodebytes(attached)
    letter = read_letter(
        parts(
            part(b"FYI", "Content-Type: text/plain"),
            part(attached, "Content-Type: message/rfc822", f"Content-Transfer-Encoding: {encoding}"),
        )
    )
    assert own_words(letter) == "FYI"
    assert letter.subject == "hi"
    assert not any(OWN_WORDS & set(text.marks) for text in letter.embedded)
    assert not letter.attachments


def test_text_parts_with_a_name_are_attachments() -> None:
    letter = read_letter(
        parts(part(b"note", "Content-Type: text/plain"), part(b"We opt in.", 'Content-Type: text/plain; name="l.txt"'))
    )
    assert own_words(letter) == "note"
    assert [attachment.payload for attachment in letter.attachments] == [b"We opt in."]


def test_plain_and_html_of_one_text_are_two_views_of_it() -> None:
    alternatives = parts(
        part(b"plain", "Content-Type: text/plain"), part(b"<p>rich</p>", "Content-Type: text/html"), kind="alternative"
    )
    letter = read_letter(alternatives)
    assert own_words(letter) == "rich"
    assert letter.alternative is not None
    assert letter.alternative.content == "plain"


def test_unknown_transfer_encodings_and_broken_ones_do_not_raise() -> None:
    for encoding, body in (
        ("base64", b"SSBvcHQgaW4=!!!!"),
        ("quoted-printable", b"I opt=\r\n in=ZZ"),
        ("x-y", b"I opt in"),
    ):
        letter = read_letter(message(body, "text/plain", f"Content-Transfer-Encoding: {encoding}"))
        assert own_words(letter).startswith("I opt in")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r"])
def test_line_ends_of_every_kind_are_read(line_end: bytes) -> None:
    letter = read_letter((FIELDS + b"\r\nfirst\r\nsecond").replace(b"\r\n", line_end))
    assert (letter.subject, own_words(letter)) == ("hi", "first\nsecond")


# -- signed and encrypted ----------------------------------------------------------------------------------------------


def test_a_clear_signed_letter_is_read_without_its_armour() -> None:
    armoured = (
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nWe opt in.\r\n- -- dash\r\n"
        b"-----BEGIN PGP SIGNATURE-----\r\n\r\nabc\r\n-----END PGP SIGNATURE-----\r\n"
    )
    letter = read_letter(message(armoured))
    assert letter.body.content == "We opt in.\n-- dash"
    assert not letter.encrypted


@pytest.mark.parametrize(
    "raw",
    [
        message(b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----"),
        parts(
            part(b"Version: 1", "Content-Type: application/pgp-encrypted"),
            part(b"abc", "Content-Type: application/octet-stream"),
            kind="encrypted",
        ),
        message(b"AAAA", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        message(b"AAAA", "application/x-pkcs7-mime"),
    ],
)
def test_encrypted_letters_are_known_as_such(raw: bytes, decided: Decide) -> None:
    assert read_letter(raw).encrypted
    decision = decided(raw)
    assert decision.action is Action.REVIEW
    assert Reason.ENCRYPTED in decision.reasons


def test_a_signature_is_no_attachment() -> None:
    raw = parts(
        part(b"We opt in.", "Content-Type: text/plain"),
        part(b"AAAA", "Content-Type: application/pkcs7-signature; name=smime.p7s"),
        kind="signed",
    )
    letter = read_letter(raw)
    assert not letter.encrypted
    assert not letter.attachments


# -- identity ----------------------------------------------------------------------------------------------------------


def test_trace_fields_and_line_ends_do_not_change_what_was_written() -> None:
    """Rule 2: the same letter by two ways is one letter."""
    raw = raw_letter(model())
    content = read_letter(raw).content_sha256
    for variant in (
        raw.replace(b"\r\n", b"\n"),
        raw.replace(b"\r\n", b"\r"),
        b"Received: from z by mx.example; today\r\nX-Spam: no\r\nDelivered-To: tsbdir\r\n" + raw,
        raw + b"\r\n\r\n",
    ):
        assert read_letter(variant).content_sha256 == content
        assert read_letter(variant).sha256 != read_letter(raw).sha256


def test_what_stands_behind_a_bare_carriage_return_is_part_of_what_was_written() -> None:
    one, other = (raw_letter(model(choice=choice)).replace(b"\r\n", b"\r") for choice in ("opt in to", "opt out of"))
    assert read_letter(one).content_sha256 != read_letter(other).content_sha256


@pytest.mark.parametrize(
    "other",
    [
        raw_letter(model(choice="opt out of")),
        raw_letter(model(), subject="Another"),
        raw_letter(model(), sender="Ben Odera <ben.odera@gov.ke.example>"),
        raw_letter(model(), message_id="<two@gov.ke.example>"),
        raw_letter(model(), date="Fri, 04 Sep 2026 10:00:00 +0000"),
    ],
)
def test_other_words_or_another_writer_make_another_letter(other: bytes) -> None:
    assert read_letter(other).content_sha256 != read_letter(raw_letter(model())).content_sha256
