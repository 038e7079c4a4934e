"""Whether mailbot may write to an address: the limits of each address and domain, and the circuit breaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.silence import Answered, Course, Limits, Traffic, may_write_to
from mailbot.terms import Action, Verdict

LIMITS = Limits(per_address=3, per_domain=5, in_total=10)


def course(traffic: Traffic) -> tuple[Course, str]:
    return may_write_to("ana.juma@gov.ke.example", traffic=traffic, limits=LIMITS)


@pytest.mark.parametrize(
    ("traffic", "expected", "why"),
    [
        (Traffic(2, 4, 9), Course.WRITE, ""),
        (Traffic(3, 4, 9), Course.WITHHOLD, "3 mails have gone to ana.juma@gov.ke.example in 24 hours"),
        (Traffic(2, 5, 9), Course.WITHHOLD, "5 mails have gone to gov.ke.example in 24 hours"),
        (Traffic(0, 0, 10), Course.STOP, "10 mails in one hour are a loop or a storm"),
        (Traffic(0, 0, 0, "a storm"), Course.WITHHOLD, "all sending is stopped: a storm"),
    ],
)
def test_a_mail_too_many_is_withheld_with_the_reason(traffic: Traffic, expected: Course, why: str) -> None:
    assert course(traffic) == (expected, why)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_more_traffic_never_allows_more(to_address: int, to_domain: int, in_total: int) -> None:
    more = Traffic(to_address + 1, to_domain + 1, in_total + 1)
    if course(more)[0] is Course.WRITE:
        assert course(Traffic(to_address, to_domain, in_total))[0] is Course.WRITE


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_question_needs_no_proof_but_is_never_put_to_a_forged_sender(verdict: Verdict) -> None:
    letter = Answered(Action.REVIEW, verdict, null_return_path=False, receipts_today=1, asks=True)
    assert may_write_to("ana.juma@gov.ke.example", answers=letter).allowed is (verdict is not Verdict.FAIL)


@pytest.mark.parametrize("address", ["no-reply@gov.ke.example", "owner-list@gov.ke.example", None, "a b@x.example"])
def test_a_question_is_put_to_no_machine_and_no_unusable_address(address: str | None) -> None:
    letter = Answered(Action.REVIEW, Verdict.NONE, null_return_path=False, asks=True)
    assert may_write_to(address, answers=letter).course is Course.NEVER


def test_a_question_is_never_put_where_the_return_path_is_null() -> None:
    letter = Answered(Action.REVIEW, Verdict.NONE, null_return_path=True, asks=True)
    assert not may_write_to("ana.juma@gov.ke.example", answers=letter).allowed
