"""A letter's text for the console: every character of it, the decisive ones marked, what does not count apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailbot.desk.marked import marked
from mailbot.terms import Evidence
from mailbot.web.rendering import lines, plain, quoting, relative
from mailbot.zones import Text, Zone


def evidence(text: Text, words: str, field: str = "intent") -> Evidence:
    start = text.content.index(words)
    return Evidence(field, text.part, words, start, start + len(words))


BODY = Text.all_in("body", "Ireland wishes to opt in.\n> Old words\nRegards").marked([(26, 37, Zone.QUOTED)])


def test_no_character_is_lost_and_each_mark_has_its_number() -> None:
    found = marked(BODY, [evidence(BODY, "opt in"), evidence(BODY, "Ireland", "member")], first=3)
    assert "".join(run.text for one in found.stretches for run in one.runs) == BODY.content
    assert [(run.text, run.labels, run.number) for run in found.marks] == [
        ("Ireland", ("member",), 3),
        ("opt in", ("wish",), 4),
    ]


def test_what_does_not_count_stands_apart_with_what_it_is() -> None:
    notes = [(one.note, one.revealed) for one in marked(BODY, []).stretches]
    assert notes == [("", False), ("3 words of quoted mail not counted", False), ("", False)]
    revealed = marked(BODY, [], reveal=frozenset({Zone.QUOTED}))
    assert [one.revealed for one in revealed.stretches] == [False, True, False]
    assert revealed.own


def test_a_mark_within_a_mark_carries_both_names() -> None:
    found = marked(BODY, [evidence(BODY, "Ireland wishes to opt in"), evidence(BODY, "Ireland", "member")])
    runs = [(run.text, run.labels) for run in found.stretches[0].runs if run.labels]
    assert runs == [("Ireland", ("wish", "member")), (" wishes to opt in", ("wish",))]


def test_evidence_that_no_longer_fits_marks_nothing() -> None:
    wrong = Evidence("intent", "body", "opt out", 18, 24)
    outside = Evidence("intent", "body", "x", 900, 901)
    elsewhere = Evidence("intent", "subject", "Ireland", 0, 7)
    assert marked(BODY, [wrong, outside, elsewhere]).marks == ()


def test_direction_marks_and_control_characters_are_not_shown() -> None:
    assert plain("a\u202eb\u2066c\x00d\r\ne") == "abcd e"
    assert lines("a\u202e\r\nb\x07\tc") == "a\nb\tc"
    assert plain(None) == ""


def test_quoted_words_stand_in_their_own_direction_and_are_escaped() -> None:
    said = quoting("it says (“<b>عدم</b>”): template_not_filled <x>")
    assert "“<bdi dir=auto>&lt;b&gt;عدم&lt;/b&gt;</bdi>”" in said
    assert "model not filled in &lt;x&gt;" in said


def test_times_are_told_as_people_say_them() -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    told = [relative(now - timedelta(seconds=seconds), now) for seconds in (3, 60, 7200, 86400 * 3, -7200)]
    assert told == ["just now", "1 minute ago", "2 hours ago", "3 days ago", "in 2 hours"]
    assert relative(now - timedelta(days=60), now) == "23 September 2026"
