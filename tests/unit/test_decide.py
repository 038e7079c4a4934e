"""Rules 1, 2 and 8 to 12: machines, repetitions, the sender, proof, form and order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.decide import judge, judge_oversized
from mailbot.flags import Flag, FlagState
from mailbot.judgement import Circumstances, Decision, as_json
from mailbot.terms import Action, Duration, Intent, Reason, Standing, Verdict
from tests.letters import model, raw_letter

Decide = Callable[[bytes], Decision]
NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 9, 3, 10, tzinfo=UTC)


def flag(state: FlagState, basis: datetime, duration: Duration | None = Duration.STUDY_PERIOD) -> Flag:
    period = "2025-2028" if duration is Duration.STUDY_PERIOD else None
    return Flag("KEN", "Kenya", state, basis, duration, period, basis, "2026-00001")


def test_a_clear_request_of_a_proven_designated_focal_point_is_applied(decided: Decide) -> None:
    decision = decided(raw_letter(model()))
    assert (decision.action, decision.reasons) == (Action.APPLY, ())
    assert (decision.sender.standing, decision.sender.members) == (Standing.DESIGNATED, ("KEN",))
    assert decision.authentication is Verdict.PASS


def test_an_opt_out_of_a_member_that_never_wrote_changes_nothing_and_is_confirmed(decided: Decide) -> None:
    assert decided(raw_letter(model(choice="opt out of"))).action is Action.NO_CHANGE


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, Reason.AUTOMATIC_REPLY),
        ({"AUTO-SUBMITTED": "Auto-Generated (vacation)"}, Reason.AUTOMATIC_REPLY),
        ({"X-Autoreply": "yes"}, Reason.AUTOMATIC_REPLY),
        ({"Precedence": "auto_reply"}, Reason.AUTOMATIC_REPLY),
        ({"Subject": "Out of office: opt in"}, Reason.AUTOMATIC_REPLY),
        ({"List-Id": "<x.lists.example>"}, Reason.BULK_MAIL),
        ({"Precedence": "bulk"}, Reason.BULK_MAIL),
        ({"List-Unsubscribe": "<mailto:x@y.example>"}, Reason.BULK_MAIL),
    ],
)
def test_machines_win_over_everything(decided: Decide, headers: dict[str, str], reason: Reason) -> None:
    """Rule 1; header names are compared without case (Mailman's trap)."""
    decision = decided(raw_letter(model(), headers=headers))
    assert (decision.action, decision.reasons) == (Action.IGNORE, (reason,))


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "no"}, {"X-Auto-Response-Suppress": "All"}])
def test_a_persons_mail_with_such_headers_is_a_persons(decided: Decide, headers: dict[str, str]) -> None:
    assert decided(raw_letter(model(), headers=headers)).action is Action.APPLY


def test_a_null_return_path_without_a_complete_request_is_a_bounce(decided: Decide) -> None:
    headers = {"Return-Path": "<>"}
    assert decided(raw_letter("Delivery delayed: opt in", headers=headers)).reasons == (Reason.BOUNCE,)
    assert decided(raw_letter(model(), headers=headers)).action is Action.APPLY


def test_own_messages_are_known_by_their_message_id_and_never_by_from(world: Circumstances) -> None:
    mine = replace(world, is_own=lambda message_id: message_id == "<one@gov.ke.example>")
    assert judge(raw_letter(model()), None, mine, NOW).decision.reasons == (Reason.OWN_MESSAGE,)
    forged = raw_letter(model(), sender="TSB <tsbdir@itu.int>", message_id="<other@x.example>")
    assert judge(forged, None, mine, NOW).decision.action is Action.REVIEW


def test_the_same_letter_twice_is_one_letter(world: Circumstances) -> None:
    raw = raw_letter(model())
    seen = judge(raw, None, world, NOW).content_sha256
    again = replace(world, content_hashes=lambda _id: frozenset({seen}))
    other = replace(world, content_hashes=lambda _id: frozenset({"another"}))
    assert judge(raw, None, again, NOW).decision.reasons == (Reason.DUPLICATE,)
    assert judge(raw, None, again, NOW).decision.action is Action.IGNORE
    assert judge(raw, None, other, NOW).decision.action is Action.REVIEW


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("x <stranger@gov.ke.example>", Reason.SENDER_UNKNOWN),
        ("x <tom.ties@gov.ke.example>", Reason.SENDER_NOT_DESIGNATED),
        ("x <rita.radio@gov.ke.example>", Reason.SENDER_OTHER_SECTOR),
        ("x <old@gov.ke.example>", Reason.SENDER_EXPIRED),
        ("x <new@gov.ke.example>", Reason.SENDER_EXPIRED),
        ("x <nina.sani@gov.ne.example>", Reason.MEMBER_MISMATCH),
    ],
)
def test_only_the_members_designated_focal_point_may_ask(decided: Decide, sender: str, reason: Reason) -> None:
    decision = decided(raw_letter(model(), sender=sender))
    assert decision.action is Action.REVIEW
    assert decision.reasons == (reason,)


def test_the_last_day_of_a_designation_is_included(decided: Decide) -> None:
    assert decided(raw_letter(model(), sender="x <last@gov.ke.example>")).action is Action.APPLY


def test_the_address_is_compared_without_case(decided: Decide) -> None:
    assert decided(raw_letter(model(), sender="Ana <ANA.JUMA@GOV.KE.EXAMPLE>")).action is Action.APPLY


def test_reply_to_and_sender_prove_nothing(decided: Decide) -> None:
    """The trap of RT, FreeScout and Frappe."""
    headers = {"Reply-To": "ana.juma@gov.ke.example", "Sender": "ana.juma@gov.ke.example"}
    decision = decided(raw_letter(model(), sender="x <mallory@free.example>", headers=headers))
    assert Reason.SENDER_UNKNOWN in decision.reasons


def test_two_from_headers_are_malformed(decided: Decide) -> None:
    raw = b"From: Mallory <m@free.example>\r\n" + raw_letter(model())
    assert Reason.MALFORMED_SENDER in decided(raw).reasons


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("mx.example; dmarc=fail header.from=gov.ke.example", Reason.AUTHENTICATION_FAILED),
        ("elsewhere.example; dmarc=pass header.from=gov.ke.example", Reason.AUTHENTICATION_MISSING),
    ],
)
def test_what_is_not_proven_goes_to_review(decided: Decide, result: str, reason: Reason) -> None:
    decision = decided(raw_letter(model(), authenticated=False, headers={"Authentication-Results": result}))
    assert (decision.action, decision.reasons[0]) == (Action.REVIEW, reason)


def test_a_missing_proof_is_accepted_where_it_is_not_required_and_a_failed_one_never(world: Circumstances) -> None:
    lax = replace(world, policy=replace(world.policy, authentication_required=False))
    assert judge(raw_letter(model(), authenticated=False), None, lax, NOW).decision.action is Action.APPLY
    failed = raw_letter(model(), authenticated=False, headers={"Authentication-Results": "mx.example; dmarc=fail"})
    assert judge(failed, None, lax, NOW).decision.action is Action.REVIEW


def test_several_reasons_are_all_given(decided: Decide) -> None:
    decision = decided(raw_letter(model(), sender="x <m@free.example>", authenticated=False))
    assert set(decision.reasons) == {Reason.SENDER_UNKNOWN, Reason.AUTHENTICATION_MISSING}


def test_an_oversized_letter_is_decided_by_its_headers_alone(world: Circumstances) -> None:
    headers = raw_letter(model()).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    large = judge_oversized(headers, 30_000_000, None, world, NOW).decision
    assert (large.action, Reason.TOO_LARGE in large.reasons) == (Action.REVIEW, True)
    machine = b"Auto-Submitted: auto-replied\r\n" + headers
    assert judge_oversized(machine, 30_000_000, None, world, NOW).decision.action is Action.IGNORE


def test_a_letter_over_the_limit_is_not_read(world: Circumstances) -> None:
    small = replace(world, policy=replace(world.policy, max_message_bytes=500))
    assert Reason.TOO_LARGE in judge(raw_letter(model()), None, small, NOW).decision.reasons


@pytest.mark.parametrize(
    "body", ["-----BEGIN PGP MESSAGE-----\nhQEMA\n-----END PGP MESSAGE-----", "\x00\x01\x02\x03" * 200]
)
def test_what_cannot_be_read_goes_to_review(decided: Decide, body: str) -> None:
    decision = decided(raw_letter(body, subject="Kenya opt in to automatic approval"))
    assert decision.action is Action.REVIEW


def test_a_letter_written_before_what_the_flag_stands_on_is_out_of_order(world: Circumstances) -> None:
    later = replace(world, flag_of=lambda _code: flag(FlagState.OPTED_OUT, WRITTEN + timedelta(minutes=1)))
    assert judge(raw_letter(model()), None, later, NOW).decision.reasons == (Reason.OUT_OF_ORDER,)
    earlier = replace(world, flag_of=lambda _code: flag(FlagState.OPTED_OUT, WRITTEN - timedelta(minutes=1)))
    assert judge(raw_letter(model()), None, earlier, NOW).decision.action is Action.APPLY


def test_a_date_in_the_future_counts_as_the_day_received(world: Circumstances) -> None:
    raw = raw_letter(model(), headers={"Date": "Thu, 03 Sep 2037 10:00:00 +0000"})
    assert judge(raw, WRITTEN, world, NOW).date == WRITTEN


@pytest.mark.parametrize(
    ("held", "words", "action"),
    [
        (Duration.STUDY_PERIOD, "for the remainder of the study period", Action.NO_CHANGE),
        (Duration.STUDY_PERIOD, "", Action.NO_CHANGE),
        (Duration.STUDY_PERIOD, "until further notice", Action.APPLY),
        (Duration.UNTIL_FURTHER_NOTICE, "until further notice", Action.NO_CHANGE),
    ],
)
def test_an_opt_in_that_already_stands_so_changes_nothing(
    world: Circumstances, held: Duration, words: str, action: Action
) -> None:
    standing = replace(world, flag_of=lambda _code: flag(FlagState.OPTED_IN, WRITTEN - timedelta(days=1), held))
    raw = raw_letter(f"Kenya opts in to automatic approval of registrations {words}.")
    assert judge(raw, None, standing, NOW).decision.action is action


def test_an_opt_in_of_an_earlier_study_period_is_renewed(world: Circumstances) -> None:
    old = replace(flag(FlagState.OPTED_IN, WRITTEN - timedelta(days=1)), study_period="2021-2024")
    assert (
        judge(raw_letter(model()), None, replace(world, flag_of=lambda _code: old), NOW).decision.action is Action.APPLY
    )


def test_the_json_has_the_contracts_keys_in_its_order(world: Circumstances) -> None:
    keys = list(as_json(judge(raw_letter(model()), None, world, NOW)))
    assert keys == [
        "message_id", "sha256", "language", "intent", "duration", "member", "sender", "authentication", "action",
        "reasons", "evidence",
    ]  # fmt: skip


def test_a_review_of_a_letter_with_a_wish_keeps_the_wish(decided: Decide) -> None:
    decision = decided(raw_letter(model(), sender="x <m@free.example>"))
    assert (decision.intent, decision.action) == (Intent.OPT_IN, Action.REVIEW)


@pytest.mark.parametrize(("sender", "language"), [("nina.sani@gov.ne.example", "fr"), ("otto@nobody.example", "en")])
def test_where_no_word_tells_the_language_it_is_the_one_the_focal_point_prefers(
    decided: Decide, sender: str, language: str
) -> None:
    assert decided(raw_letter("118", subject="118", sender=sender)).language == language


def test_a_letter_is_answered_in_its_own_language_whatever_its_writer_prefers(decided: Decide) -> None:
    assert decided(raw_letter(model("Niger"), sender="nina.sani@gov.ne.example")).language == "en"
