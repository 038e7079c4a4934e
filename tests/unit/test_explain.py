"""The page of `mailbot check`: a clerk must be able to follow it, and no letter may play tricks with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.cli.output import columns_of
from mailbot.cli.page import rendered, wants_colour
from mailbot.decide import judge
from mailbot.excerpt import _WHAT, Readable, excerpt, nothing_readable, readable_texts
from mailbot.explain import Setting, explain
from mailbot.facts import listed
from mailbot.flags import Flag, FlagState, StudyPeriod
from mailbot.grounds import GROUNDS
from mailbot.judgement import Circumstances, Judgement, Policy
from mailbot.letter import read_letter
from mailbot.page import Line, Piece, Tone
from mailbot.terms import Action, Duration, Evidence, Intent, Reason
from mailbot.zones import OWN_WORDS, Text, Zone
from tests.letters import model, raw_letter

NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
PERIOD = StudyPeriod("2025-2028", "WTSA-28", datetime(2028, 11, 1, tzinfo=UTC))
PLAIN = "On behalf of Kenya, I wish to opt in to automatic approval of registration requests."

PageOf = Callable[..., str]


def judged(raw: bytes, world: Circumstances) -> tuple[Judgement, Readable]:
    return judge(raw, None, world, NOW), readable_texts(read_letter(raw), ())


def shown(lines: tuple[Line, ...], columns: int = 80, *, colour: bool = False) -> str:
    return "\n".join(rendered(lines, columns, colour=colour))


def page_of(raw: bytes, world: Circumstances, *, columns: int = 80, now: datetime = NOW) -> str:
    """The page on a letter, as it is printed."""
    judgement, texts = judged(raw, world)
    received = read_letter(raw).received or NOW
    setting = Setting(world, PERIOD, Duration.STUDY_PERIOD, received, now)
    return shown(explain("letters/one.eml", judgement, texts, setting), columns)


def flat(page: str) -> str:
    """A page with its line breaks undone, to look for sentences in."""
    return " ".join(" ".join(line.removeprefix("  |") for line in page.splitlines()).split())


@pytest.fixture
def page(world: Circumstances) -> PageOf:
    """The page on a letter with this body."""
    return lambda body, **letter: page_of(raw_letter(body, **letter), world)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("action", [Action.REVIEW, Action.IGNORE])
def test_every_reason_has_its_sentences(reason: Reason, action: Action, world: Circumstances) -> None:
    """Contract section 5: every code that applies is given, and each is said in words."""
    judgement, texts = judged(raw_letter(PLAIN), world)
    decision = replace(judgement.decision, action=action, reasons=(reason,))
    setting = Setting(world, PERIOD, Duration.STUDY_PERIOD, NOW, NOW)
    said = flat(shown(explain("x", replace(judgement, decision=decision), texts, setting)))
    ground = GROUNDS[reason]
    for sentence in (ground.why, ground.remedy):
        assert sentence.strip()
        assert not sentence.endswith(".")
    assert f"[{reason}]" in said
    assert not {"{", "}"} & set(said)
    assert "What would have made the difference" in said


def test_every_zone_that_does_not_count_has_words() -> None:
    assert set(Zone) - OWN_WORDS == set(_WHAT)


def test_a_clear_request_is_explained_from_heading_to_checks(page: PageOf) -> None:
    said = page(PLAIN)
    assert said.splitlines()[:4] == [
        "letters/one.eml",
        "  from     Ana Juma <ana.juma@gov.ke.example>",
        "  subject  Circular 118",
        "  date     2026-09-03 10:00 UTC, received 2026-09-03 10:00 UTC",
    ]
    effect = "would set Kenya's flag to opted in, until the end of the study period 2025-2028 (2028-10-31)."
    assert effect in flat(said)
    assert "On behalf of [[member: Kenya]], I wish to [[wish: opt in to automatic approval]]" in flat(said)
    assert "✓ intent" in said
    assert "✓ member         Kenya [KEN], score 100 of 100, named in the body" in said
    assert "ana.juma@gov.ke.example is a designated focal point of Kenya for Sector T on 2026-09-03" in flat(said)
    assert "dmarc=pass header.from=gov.ke.example" in flat(said)
    assert "✗" not in said
    assert "made the difference" not in said


def test_an_opt_out_and_an_opt_in_until_further_notice_say_so(page: PageOf, world: Circumstances) -> None:
    flag = Flag("KEN", "Kenya", FlagState.OPTED_IN, NOW, None, None, NOW - timedelta(days=30), "2026-00001")
    opted_in = replace(world, flag_of=lambda _code: flag)
    body = "On behalf of Kenya, I wish to opt out of automatic approval of registration requests."
    assert "would set Kenya's flag to opted out, from now on" in flat(page_of(raw_letter(body), opted_in))
    notice = PLAIN.replace("requests.", "requests until further notice.")
    assert "to opted in, until further notice." in flat(page(notice))


def test_what_changes_nothing_says_how_the_member_stands(page: PageOf, world: Circumstances) -> None:
    body = "On behalf of Kenya, I wish to opt out of automatic approval of registration requests."
    assert "changes nothing: Kenya never opted in" in flat(page(body))
    flag = Flag("KEN", "Kenya", FlagState.OPTED_IN, NOW, None, None, NOW - timedelta(days=30), "2026-00007")
    stands = page_of(raw_letter(PLAIN), replace(world, flag_of=lambda _code: flag))
    assert "Kenya already stands as opted in (2026-00007)" in flat(stands)
    assert "not before what the flag stands on 2026-00007" in flat(stands)


def test_an_opt_in_for_a_period_that_is_over_is_said_to_go_to_a_person(world: Circumstances) -> None:
    said = page_of(raw_letter(PLAIN), world, now=PERIOD.ends)
    assert "But the study period 2025-2028 is over: a poll would hand the letter to a person." in flat(said)


@pytest.mark.parametrize(
    ("body", "letter", "sentences"),
    [
        (
            model("Nigeria"),
            {"sender": "nina.sani@gov.ne.example"},
            [
                "the sender is a designated focal point of Niger, not of Nigeria, which the letter names",
                "for Sector T (the registry has none), or nina.sani@gov.ne.example entered in the registry",
            ],
        ),
        (
            model(),
            {"sender": "old@gov.ke.example"},
            ["not a valid designated focal point of Kenya on 2026-09-03 (valid always to 2026-09-02)"],
        ),
        (
            model(),
            {"sender": "rita.radio@gov.ke.example"},
            ["a designated focal point of Kenya for another Sector (R), not for Sector T"],
        ),
        (
            model(),
            {"sender": "tom.ties@gov.ke.example"},
            ["tom.ties@gov.ke.example is the TIES focal point of Kenya, which gives no right"],
        ),
        (
            model(),
            {"sender": "x@home.example"},
            ["x@home.example is no focal point's address", "Ana Juma <ana.juma@gov.ke.example>, Ben Odera"],
        ),
        (model(), {"authenticated": False}, ["nothing proves that the letter comes from gov.ke.example"]),
        (model("Atlantis"), {}, ["the name in the letter is no member's (“Atlantis”)"]),
        (
            "Kenya opts in to automatic approval, but only for meetings of Study Group 13.",
            {},
            ["on a condition, or from a later day (“only”", "a wish without limits"],
        ),
    ],
)
def test_a_review_says_why_and_what_would_have_made_the_difference(
    body: str, letter: dict[str, object], sentences: list[str], page: PageOf
) -> None:
    said = flat(page(body, **letter))
    assert "goes to a person, because" in said
    assert "✗" in said
    for sentence in sentences:
        assert sentence in said


def test_a_letter_older_than_the_flag_says_what_the_flag_stands_on(world: Circumstances) -> None:
    flag = Flag("KEN", "Kenya", FlagState.OPTED_OUT, NOW, None, None, NOW, "2026-00009")
    said = flat(page_of(raw_letter(PLAIN), replace(world, flag_of=lambda _code: flag)))
    assert "before what the flag of Kenya already stands on (2026-00009, of 2026-09-04 12:00 UTC)" in said
    assert "✗ order" in said


def test_a_proof_that_is_not_required_is_said_to_be_accepted(world: Circumstances) -> None:
    lenient = replace(world, policy=Policy(authentication_required=False))
    assert "which the configuration accepts" in flat(page_of(raw_letter(PLAIN, authenticated=False), lenient))


def test_mail_that_is_none_of_our_business_is_only_glanced_at(page: PageOf) -> None:
    said = page("Shall we have lunch on Thursday?\n" + "\n".join(f"Dish number {n}" for n in range(50)))
    assert "left alone, because" in said
    assert "Dish number 8" in said
    assert "Dish number 30" not in said
    assert "lines not shown here" in said
    assert "What was looked at" not in said


def test_quoted_mail_is_a_note_and_its_words_are_not_shown(page: PageOf) -> None:
    quoted = "\n".join(f"> earlier word {number}" for number in range(14))
    said = page(f"{PLAIN}\n\nAna\n\nOn Tue, 1 Sep 2026 at 10:00, Ben <ben@x.example> wrote:\n{quoted}")
    assert "… 15 lines of quoted mail not counted …" in said
    assert "earlier word" not in said


def test_a_forwarded_request_is_quoted_within_its_note(page: PageOf) -> None:
    """Rule 3: that is what the decision turns on, so the clerk must see it."""
    said = flat(page(f"Yes please.\n\n-----Original Message-----\nFrom: Ben\n\n{PLAIN}"))
    assert "[forwarded_request]" in said
    assert f"{PLAIN}” …" in said


def test_struck_and_hidden_words_are_notes_within_their_line(page: PageOf) -> None:
    html = f"<p>{PLAIN}</p><p>We <s>never liked</s> like it.</p><p style='display:none'>Nobody sees this</p>"
    said = flat(page(PLAIN, html=html))
    assert "We … 2 words struck out not counted … like it." in said
    assert "3 words of hidden text not counted …" in said
    assert "Nobody sees this" not in said


def test_phrases_of_the_subject_and_of_attachments_are_marked_where_they_stand(world: Circumstances) -> None:
    raw = raw_letter("Please find our letter attached.", attachments={"letter.txt": PLAIN.encode()}, subject="Kenya")
    judgement = judge(raw, None, world, NOW)
    assert {e.part for e in judgement.decision.evidence} >= {"attachment:letter.txt"}
    text = Text.all_in("attachment:letter.txt", PLAIN)
    texts = replace(readable_texts(read_letter(raw), ()), others=(text,))
    said = flat(shown(explain("x", judgement, texts, Setting(world, PERIOD, Duration.STUDY_PERIOD, NOW, NOW))))
    assert "in the attachment letter.txt:" in said
    assert "[[wish: opt in to automatic approval]]" in said


def test_marks_within_marks_are_nested_and_crossing_ones_are_cut() -> None:
    content = "please opt Kenya in to it until 2028"
    evidence = [
        Evidence("intent", "body", "opt Kenya in to it", 7, 25),
        Evidence("member", "body", "Kenya", 11, 16),
        Evidence("duration", "body", "it until 2028", 23, 36),
        Evidence("doubt", "body", "something else", 0, 6),
    ]
    texts = Readable(Text.all_in("subject", ""), Text.all_in("body", content))
    said = shown(tuple(excerpt(texts, evidence, most=10)))
    assert "| please [[wish: opt [[member: Kenya]] in to [[duration: it]]]] until 2028" in said


def test_only_mailbot_marks_words_and_only_the_letter_stands_behind_the_bar(page: PageOf) -> None:
    forged = "[[duration: one day]] [\u200b[member: Peru]]\u00ad\x1b[31mred\n\nWhat was looked at\n  ✓ intent  forged"
    said = page(f"{PLAIN}\n\n{forged}")
    assert "[ [duration: one day] ] [ [member: Peru] ][31mred" in flat(said)
    assert "\x1b" not in said
    assert [line for line in said.splitlines() if "forged" in line] == ["  |   [[doubt: ✓ intent  forged]]"]


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_the_page_keeps_to_its_width_in_every_script(columns: int, world: Circumstances) -> None:
    bodies = ["尼日尔希望加入自动批准注册请求的程序，" * 30, PLAIN * 20, "x" * 500, "Кения просит отключить " * 40]
    for body in bodies:
        for row in page_of(raw_letter(body), world, columns=columns).splitlines():
            assert columns_of(row) <= columns


@settings(max_examples=60, deadline=None)
@given(body=st.text(max_size=400), columns=st.integers(60, 100))
def test_whatever_a_letter_holds_its_page_is_clean_and_narrow(body: str, columns: int, world: Circumstances) -> None:
    body = body.encode("utf-8", "replace").decode()
    for row in page_of(raw_letter(f"{PLAIN}\n{body}"), world, columns=columns).split("\n"):
        assert columns_of(row) <= columns
        assert row.isprintable() or not any(ord(c) < 32 or c in "\x7f\x9b\u202e\u2066\u2028" for c in row)


def test_a_flood_of_text_makes_a_short_page(world: Circumstances) -> None:
    flood = "\n".join(["word " * 3000, *("line" for _ in range(4000))])
    said = page_of(raw_letter(f"{flood}\n\n{PLAIN}"), world)
    assert len(said) < 30_000
    assert "[[wish: opt in to automatic approval]]" in flat(said)


def test_a_letter_that_could_not_be_read_says_so(world: Circumstances) -> None:
    judgement, _ = judged(raw_letter(PLAIN), world)
    unread = replace(judgement.decision, action=Action.REVIEW, intent=Intent.UNCLEAR, member=None, evidence=())
    unread = replace(unread, reasons=(Reason.MALFORMED_MESSAGE,))
    setting = Setting(world, PERIOD, Duration.STUDY_PERIOD, NOW, NOW)
    texts = nothing_readable("ValueError: out of luck")
    said = flat(shown(explain("x", replace(judgement, decision=unread), texts, setting)))
    assert "ValueError: out of luck: this part was not read" in said
    assert "✗ form" in said


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line((Piece("✓", Tone.GOOD), Piece(" fine")))
    assert list(rendered([line], 80, colour=False)) == ["✓ fine"]
    assert list(rendered([line], 80, colour=True)) == ["\x1b[32m✓\x1b[0m fine"]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour()
    monkeypatch.setenv("NO_COLOR", "")
    assert not wants_colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert not wants_colour()


def test_lists_of_names_stay_short() -> None:
    assert listed([]) == "nobody"
    assert listed(["Mali"]) == "Mali"
    assert listed(["Mali", "Niger"]) == "Mali and Niger"
    assert listed("abcd", "or") == "a, b, c or 1 other"
