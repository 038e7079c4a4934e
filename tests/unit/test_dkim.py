"""DKIM signatures: what mailbot verifies itself, with real keys and letters that another implementation signed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import dkim as dkimpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.canonical import signable
from mailbot.dkim import RefusedError, check_signature, read_signature, read_tags
from tests.letters import model, raw_letter
from tests.signing import FIELDS, Signer, ed25519_signer, rsa_signer, short_signer

NOW = datetime(2026, 9, 3, 12, tzinfo=UTC)
DOMAIN = "gov.ke.example"
KENYA = rsa_signer(DOMAIN)
LETTER = raw_letter(model(), authenticated=False)


def refusal(raw: bytes, records: Mapping[str, str] = KENYA.records, at: datetime = NOW) -> str | None:
    """Why the topmost signature does not count; None where it does."""
    message = signable(raw)
    if message is None:
        return "it can be read in two ways"
    field = message.all("dkim-signature")[0]
    try:
        signature = read_signature(field, read_tags(field))
        check_signature(message, signature, records.get(signature.record_name), at)
    except RefusedError as why:
        return str(why)
    return None


@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
@pytest.mark.parametrize("signer", [KENYA, ed25519_signer(DOMAIN)], ids=["rsa", "ed25519"])
def test_a_signed_letter_verifies_in_every_canonical_form(signer: Signer, header: bytes, body: bytes) -> None:
    assert refusal(signer.sign(LETTER, canonical=(header, body)), signer.records) is None


def test_a_mailbox_may_store_lines_with_lf_alone() -> None:
    assert refusal(KENYA.sign(LETTER).replace(b"\r\n", b"\n")) is None


def test_relaxed_forms_forgive_what_mail_servers_do_to_white_space() -> None:
    signed = KENYA.sign(LETTER)
    rewrapped = signed.replace(b"Subject: Circular 118", b"SUBJECT :  Circular\r\n\t118").replace(
        b"SUBJECT :", b"SUBJECT:"
    )
    assert refusal(rewrapped + b"\r\n\r\n") is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"opt in", b"opt out"), "the body was changed after signing"),
        ((b"Subject: Circular 118", b"Subject: Circular 119"), "the signed fields were changed"),
        ((b"Date: Thu, 03 Sep 2026", b"Date: Fri, 04 Sep 2026"), "the signed fields were changed"),
        ((b"ana.juma@", b"ben.odera@"), "the signed fields were changed"),
        ((b"s=s1;", b"s=s2;"), "its key is not in DNS"),
        ((b"v=1;", b"v=2;"), "its version is not 1"),
        ((b"v=1;", b"v=1; v=1;"), "its tags are malformed or repeated"),
        ((b"a=rsa-sha256", b"a=rsa-sha1"), "its algorithm is not"),
        ((b"d=gov.ke.example", b"d=gov.ke..example"), "its d= or s= is no domain name"),
        ((b"c=relaxed/relaxed", b"c=relaxed/nowsp"), "its canonical form is unknown"),
        ((b"q=dns/txt", b"q=carrier/pigeon"), "its key is not in DNS"),
        ((b"bh=", b"bh=_"), "its bh= is missing or not base64"),
    ],
)  # fmt: skip
def test_a_change_after_signing_is_noticed(change: tuple[bytes, bytes], reason: str) -> None:
    signed = KENYA.sign(LETTER)
    assert signed.count(change[0]) >= 1
    assert str(refusal(signed.replace(*change))).startswith(reason)


def test_text_appended_to_a_letter_of_stated_length_is_never_read_as_signed() -> None:
    """`l=` lets anyone add a paragraph: the signature still verifies for those who heed it, so mailbot refuses it."""
    signed = KENYA.sign(LETTER, length=True)
    appended = signed + b"\r\nOn behalf of Kenya, I wish to opt out of automatic approval of registration requests.\r\n"
    assert dkimpy.verify(appended, dnsfunc=lambda *_, **__: KENYA.record)
    assert refusal(appended) == "its l= leaves the end of the body unsigned"
    assert refusal(signed) == "its l= leaves the end of the body unsigned"


@pytest.mark.parametrize("name", [b"From", b"Subject", b"Date", b"Message-ID", b"Content-Type"])
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_field_added_after_signing_breaks_the_signature(name: bytes, place: str) -> None:
    added = name + b": Mallory <m@evil.example>\r\n"
    signed = KENYA.sign(LETTER)
    forged = added + signed if place == "above" else signed.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1)
    assert refusal(forged) == f"the letter has several {name.decode().lower()} fields"


@pytest.mark.parametrize("left_out", [b"subject", b"date", b"message-id", b"content-type"])
def test_every_field_a_decision_rests_on_must_be_signed(left_out: bytes) -> None:
    signed = KENYA.sign(LETTER, fields=[name for name in FIELDS if name != left_out])
    assert refusal(signed) == f"it does not cover {left_out.decode()}"


def test_a_signature_that_leaves_from_out_proves_nothing() -> None:
    signed = KENYA.sign(LETTER)
    assert refusal(signed.replace(b"h=from :", b"h=")) == "it does not cover From"


def test_an_unsigned_content_type_is_accepted_only_where_the_signed_body_shows_it() -> None:
    """Google signs everything but Content-Type; by another type the same body could be read as other words."""
    fields = [name for name in FIELDS if not name.startswith(b"content-")]
    both = KENYA.sign(raw_letter(model(), html=f"<p>{model()}</p>", authenticated=False), fields=fields)
    assert refusal(both) is None
    boundary = both.partition(b'boundary="')[2].partition(b'"')[0]
    for forged in (b'multipart/mixed; boundary="other"', b"text/plain", b"text/html"):
        whole = b'multipart/alternative; boundary="%b"' % boundary
        assert whole.split(b";")[0] in both
        assert refusal(both.replace(whole, forged)) == "it does not cover content-type"


def test_two_readers_never_see_two_letters() -> None:
    """A bare CR ends a line for the reader of the letter and not for who checks it: the body would start elsewhere."""
    signed = KENYA.sign(LETTER)
    forged = signed.replace(b"\r\nDate:", b"\r\nX-Note: a\r\rOn behalf of Kenya, I wish to opt out.\r\nDate:", 1)
    assert dkimpy.verify(forged, dnsfunc=lambda *_, **__: KENYA.record)
    assert refusal(forged) == "it can be read in two ways"
    for line in (b"no field at all", b"From mallory Thu Sep  3 10:00:00 2026", b": no name", b"X-Blank : before"):
        assert refusal(signed.replace(b"\r\nDate:", b"\r\n" + line + b"\r\nDate:", 1)) == "it can be read in two ways"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("p=", "p=; n="), "its key was revoked"),
        (("k=rsa;", "k=rsa; t=y;"), "its key is for testing only"),
        (("k=rsa;", "k=rsa; t=s:y;"), "its key is for testing only"),
        (("k=rsa;", "k=rsa; s=tlsrpt;"), "its key is for another use"),
        (("k=rsa;", "k=rsa; h=sha1;"), "its key is for another use"),
        (("v=DKIM1", "v=DKIM2"), "its key record is not of DKIM"),
        (("v=DKIM1", "v=spf1 -all"), "its key record is not of DKIM"),
        (("k=rsa", "k=ed25519"), "its key is of another kind"),
        (("p=", "p=*"), "its p= is missing or not base64"),
        (("p=", "p=AAAA"), "its key is damaged, or too short"),
        (("k=rsa;", "k=rsa;; "), "its tags are malformed or repeated"),
        (("k=rsa;", f"k=rsa; n={'x' * 5000};"), "its key record is too long"),
    ],
    ids=lambda value: value[1][:20] if isinstance(value, tuple) else "",
)
def test_a_key_that_may_not_be_used_proves_nothing(change: tuple[str, str], reason: str) -> None:
    record = KENYA.record.replace(*change, 1)
    assert refusal(KENYA.sign(LETTER), {KENYA.record_name: record}) == reason


def test_another_key_proves_nothing() -> None:
    other, elliptic = rsa_signer(DOMAIN, number=2).record, ed25519_signer(DOMAIN).record
    signed = KENYA.sign(LETTER)
    reason = "the signed fields were changed, or another key signed them"
    assert refusal(signed, {KENYA.record_name: other}) == reason
    assert refusal(signed, {KENYA.record_name: elliptic}) == "its key is of another kind"
    disguised = elliptic.replace("k=ed25519", "k=rsa")
    assert refusal(signed, {KENYA.record_name: disguised}) == "its key is damaged, or too short"


def test_a_short_key_proves_nothing() -> None:
    """Anyone can work out the private key of 768 bits (RFC 8301 section 3.2)."""
    signer = short_signer(DOMAIN)
    signed = signer.sign(LETTER)
    assert dkimpy.verify(signed, dnsfunc=lambda *_, **__: signer.record, minkey=512)
    assert "short" in str(refusal(signed, signer.records))


def test_a_key_for_the_domain_alone_does_not_sign_for_its_subdomains() -> None:
    strict = {KENYA.record_name: KENYA.record.replace("k=rsa;", "k=rsa; t=s;")}
    assert refusal(KENYA.sign(LETTER), strict) is None
    assert refusal(KENYA.sign(LETTER, i="@mail.gov.ke.example"), strict) == "its key is not for subdomains"
    assert refusal(KENYA.sign(LETTER, i="@mail.gov.ke.example")) is None
    assert refusal(KENYA.sign(LETTER, i="@evil.example")) == "its i= is outside its d="


def test_an_expired_signature_proves_nothing() -> None:
    """As of the moment the letter was received: read again years later, it still comes to the same."""
    signed = KENYA.sign(LETTER, x=str(int(NOW.timestamp())))
    assert refusal(signed) is None
    assert refusal(signed, at=NOW + timedelta(seconds=1)) == "it has expired"
    assert refusal(KENYA.sign(LETTER, x="1")) == "it has expired"
    assert refusal(KENYA.sign(LETTER, x="tomorrow")) == "its t= or x= is no time"


@pytest.mark.parametrize(
    "flood",
    [b"\t" * 2_000_000 + b"x", b"\r\n" * 1_000_000 + b"x", b" \r\n" * 700_000 + b"x", b"=" * 2_000_000],
    ids=["blanks", "lines", "blank-lines", "characters"],
)
def test_a_flood_is_checked_in_linear_time(flood: bytes) -> None:
    signed = KENYA.sign(LETTER)
    in_a_field = b"X-Flood: a" + flood[:200_000].rstrip().replace(b"\r\n", b"\r\n ") + b"\r\n" + signed
    start = time.process_time()
    assert refusal(signed + flood) == "the body was changed after signing"
    assert refusal(in_a_field) is None
    assert signable(b"a:\r\n" * 5_000_000 + signed) is None
    assert time.process_time() - start < 3


def test_a_flood_of_fields_and_of_signed_names_is_checked_in_linear_time() -> None:
    names = [f"x{number}".encode() for number in range(1000)]
    signed = b"x1:\r\n" * 40_000 + KENYA.sign(LETTER, fields=[*FIELDS, *names])
    start = time.process_time()
    assert refusal(signed) == "the signed fields were changed, or another key signed them"
    assert time.process_time() - start < 2


@settings(max_examples=60, deadline=None)
@given(
    body=st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=300),
    canonical=st.tuples(*[st.sampled_from([b"simple", b"relaxed"])] * 2),
    subject=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80),
)
def test_two_implementations_agree_on_what_was_signed(body: str, canonical: tuple[bytes, bytes], subject: str) -> None:
    lines = f"From: Ana <ana@{DOMAIN}>\nSubject: {subject}\nDate: Thu, 03 Sep 2026 10:00:00 +0000\n\n{body}\n"
    raw = lines.replace("\n", "\r\n").encode()
    assert refusal(KENYA.sign(raw, fields=[b"from", b"subject", b"date"], canonical=canonical)) is None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_altered_byte_of_what_is_signed_goes_unnoticed(data: st.DataObject) -> None:
    """Simple canonicalisation signs every byte of the body and of the signed fields, the last line breaks aside."""
    signed = KENYA.sign(LETTER, canonical=(b"simple", b"simple"))
    at = data.draw(st.integers(signed.index(b"\r\nFrom:") + 2, len(signed.rstrip()) - 1))
    new = data.draw(st.integers(32, 126).filter(lambda byte: byte != signed[at]))
    assert refusal(signed[:at] + bytes([new]) + signed[at + 1 :]) is not None


@given(st.binary(max_size=400))
def test_no_signature_field_breaks_the_check(value: bytes) -> None:
    raw = b"DKIM-Signature: " + value.replace(b"\n", b"\n ") + b"\r\n" + LETTER
    message = signable(raw)
    if message is not None and message.all("dkim-signature"):
        assert refusal(raw) is not None
