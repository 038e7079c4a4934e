"""Notices about our own mail: which one is a failure, of which mail, and what the mail system says."""

from __future__ import annotations

import time

import pytest

from mailbot.bounces import read_bounce

OURS = "<" + "0123456789abcdef0123456789abcdef01234567" + "@itu.int>"

REPORT = (
    'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\nReturn-Path: <>\r\n\r\n'
    "--b\r\n\r\nThe mail could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: {action}\r\n"
    "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Re: x\r\nMessage-ID: {message_id}\r\n--b--\r\n"
)


def report(kind: str = "delivery-status", action: str = "failed", message_id: str = OURS) -> bytes:
    return REPORT.format(kind=kind, action=action, message_id=message_id).encode()


def test_a_failure_report_names_our_mail_and_the_reason() -> None:
    bounce = read_bounce(report(), "itu.int")
    assert bounce is not None
    assert bounce.message_ids == (OURS,)
    assert bounce.words == "smtp; 550 5.1.1 no such user"


def test_a_notice_of_an_old_mail_system_is_known_by_its_references() -> None:
    raw = f"Return-Path: <>\r\nSubject: failure notice\r\nReferences: {OURS}\r\n\r\nSorry.\r\n".encode()
    bounce = read_bounce(raw, "itu.int")
    assert bounce is not None
    assert (bounce.message_ids, bounce.words) == ((OURS,), "returned without a reason")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_delay_or_a_success_is_no_bounce(action: str) -> None:
    assert read_bounce(report(action=action), "itu.int") is None


def test_a_read_receipt_is_no_bounce() -> None:
    assert read_bounce(report(kind="disposition-notification", action="displayed"), "itu.int") is None


@pytest.mark.parametrize("other", ["<x@itu.int>", OURS.replace("itu.int", "elsewhere.example")])
def test_a_bounce_of_somebody_elses_mail_is_not_ours(other: str) -> None:
    assert read_bounce(report(message_id=other), "itu.int") is None


def test_a_hostile_notice_is_read_in_bounded_time() -> None:
    began = time.monotonic()
    for hostile in (b"<" * 5_000_000, b"<0123456789" * 500_000, b"Action:\t" * 600_000, OURS.encode() * 100_000):
        bounce = read_bounce(hostile, "itu.int")
        assert bounce is None or len(bounce.message_ids) <= 20
    assert time.monotonic() - began < 5
