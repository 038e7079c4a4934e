"""`mailbot replay` and the page of `mailbot check` on a real database: new phrases are tried on history first."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from .conftest import FIXTURES, ROOT, UNRELATED, Site, opt_in_letter

UNHEARD = "On behalf of Ireland, I wish to frobnicate automatic approval of registration requests."
PHRASE = '"frobnicate" = "frobnicate automatic approval"'
PERSON = ("--by", "Ana Lopez", "--reason", "confirmed by telephone")


def letter_saying(words: str, number: int = 1) -> bytes:
    """An authentic letter of Ireland's focal point in words of its own."""
    head = opt_in_letter(number).partition(b"\r\n\r\n")[0]
    return head + b"\r\n\r\n" + words.encode() + b"\r\n"


def dump(site: Site) -> list[str]:
    """All that the database holds."""
    connection = sqlite3.connect(site.database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def use_wording(site: Site, *phrases: str) -> None:
    """Give the site a wording of its own, in which `phrases` switch automatic approval on."""
    folder = site.folder / "wording"
    shutil.copytree(ROOT / "config" / "wording", folder, dirs_exist_ok=True)
    lines = (folder / "en.toml").read_text("utf-8").splitlines()
    place = lines.index("[enable.bare]") + 1
    (folder / "en.toml").write_text("\n".join([*lines[:place], *phrases, *lines[place:]]), "utf-8")
    site.configure(more=f'[wording]\nfolder = "{folder}"')


def replayed(site: Site, *options: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The letters and the counts."""
    *letters, counts = site.json("replay", *options)
    return letters, counts


def test_nothing_changes_where_nothing_has_changed(site: Site) -> None:
    """Flags and duplicates have no say: the second letter was `no_change`, the third a review for its Message-ID."""
    other = opt_in_letter(1).replace(b"Dear Director", b"Dear Sir or Madam")
    for number, raw in enumerate((opt_in_letter(1), opt_in_letter(2), other, UNRELATED)):
        site.drop(raw, f"{number}.eml")
    counts = site.json("poll")[0]
    assert (counts["applied"], counts["no_change"], counts["review"], counts["ignored"]) == (1, 1, 1, 1)
    before = dump(site)
    letters, found = replayed(site)
    assert letters == []
    assert (found["letters"], found["changed"], found["left_out"]) == (3, 0, 0)
    listed, _ = replayed(site, "--all")
    assert [(one["changed"], one["new"]["action"]) for one in listed] == [(False, "apply")] * 3
    assert dump(site) == before


def test_a_letter_older_than_the_flag_is_no_change_of_wording(site: Site) -> None:
    """Rule 11 is the calendar's reason, not the words'."""
    site.drop(opt_in_letter(1), "1.eml")
    site.json("poll")
    site.drop(opt_in_letter(2, wish="opt out").replace(b"20 Nov 2025", b"18 Nov 2025"), "2.eml")
    site.json("poll")
    (item,) = site.json("review", "list")
    assert item["reasons"] == ["out_of_order"]
    assert replayed(site)[1]["changed"] == 0


def test_letters_reviewed_since_the_study_period_was_over_are_no_change_of_wording(site: Site) -> None:
    site.configure(more="[study_period]\nends = 2025-01-01")
    site.drop(opt_in_letter())
    assert site.json("poll")[0]["review"] == 1
    assert replayed(site)[1]["changed"] == 0


def test_a_new_member_shows_in_the_letters_that_named_it(site: Site) -> None:
    site.drop(opt_in_letter(1), "1.eml")
    site.drop(opt_in_letter(2, member="Atlantis"), "2.eml")
    site.json("poll")
    registry = site.folder / "registry"
    shutil.copytree(FIXTURES / "registry", registry)
    with (registry / "members.csv").open("a", encoding="utf-8") as members:
        members.write("ATL,Atlantis,associate,,\n")
    site.say("registry", "import", str(registry))
    before = dump(site)
    (letter,), counts = replayed(site)
    assert letter["old"] == {
        "intent": "opt_in", "action": "review", "member": None, "reasons": ["member_unknown"],
    }  # fmt: skip
    assert letter["new"] == {"intent": "opt_in", "action": "review", "member": "ATL", "reasons": ["member_mismatch"]}
    assert {"id", "received", "sender", "subject", "resolution"} <= letter.keys()
    assert (counts["letters"], counts["changed"], counts["same_action"]) == (2, 1, 1)
    assert dump(site) == before


def test_a_lost_phrase_shows_in_the_letters_it_would_cost(site: Site) -> None:
    use_wording(site, PHRASE)
    site.drop(letter_saying(UNHEARD), "1.eml")
    site.drop(opt_in_letter(2), "2.eml")
    site.json("poll")
    assert replayed(site)[1]["changed"] == 0
    use_wording(site)
    (letter,), counts = replayed(site)
    assert (letter["old"]["action"], letter["old"]["reasons"]) == ("apply", [])
    assert (letter["new"]["action"], letter["new"]["reasons"]) == ("review", ["unclear_intent"])
    assert (counts["letters"], counts["to_review"]) == (2, 1)


def test_what_a_person_decided_stands_beside_it(site: Site) -> None:
    """New wording that would undo a person's decision is what a clerk must see before it goes live."""
    site.drop(letter_saying(UNHEARD))
    site.json("poll")
    (item,) = site.json("review", "list")
    assert item["reasons"] == ["unclear_intent"]
    site.say("review", "resolve", item["id"], "--as", "reject", *PERSON)
    use_wording(site, PHRASE)
    (letter,), counts = replayed(site)
    assert (letter["id"], letter["old"]["action"], letter["new"]["action"]) == (item["id"], "review", "apply")
    assert letter["resolution"]["as"] == "reject"
    assert letter["resolution"]["by"] == "Ana Lopez"
    assert (counts["to_apply"], counts["against_person"]) == (1, 1)
    said, _ = site.say("replay")
    assert "then: review (unclear_intent), unclear, IRL" in said
    assert "now:  apply, opt_in, IRL" in said
    assert "a person decided: reject (Ana Lopez: confirmed by telephone), other than mailbot would now" in said
    assert said.splitlines()[-2].startswith("letters decided again: 1, would change: 1 (1 to apply")


def test_a_person_who_decided_the_same_is_not_contradicted(site: Site) -> None:
    site.drop(letter_saying(UNHEARD))
    site.json("poll")
    (item,) = site.json("review", "list")
    site.say("review", "resolve", item["id"], "--as", "opt_in", "--member", "IRL", *PERSON)
    use_wording(site, PHRASE)
    (letter,), counts = replayed(site)
    assert letter["changed"]
    assert (letter["against_person"], counts["against_person"]) == (False, 0)


def test_since_leaves_older_letters_out(site: Site) -> None:
    site.drop(opt_in_letter(1))
    site.json("poll")
    assert replayed(site, "--since", "2000-01-01")[1]["letters"] == 1
    assert replayed(site, "--since", "2999-01-01")[1]["letters"] == 0
    assert "is no moment" in site.complaint("replay", "--since", "yesterday", code=2)


def test_a_letter_of_which_only_the_headers_were_read_is_decided_by_them(site: Site) -> None:
    site.configure(more="[limits]\nmax_message_bytes = 5000")
    site.drop(opt_in_letter() + b"x" * 10_000)
    assert site.json("poll")[0]["review"] == 1
    counts = replayed(site)[1]
    assert (counts["letters"], counts["changed"]) == (1, 0)


def test_check_prints_a_page_a_clerk_can_follow(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    (tmp_path / "a.eml").write_bytes(opt_in_letter())
    (tmp_path / "b.eml").write_bytes(UNRELATED)
    said, _ = site.say("check", str(tmp_path / "a.eml"), str(tmp_path / "b.eml"))
    assert "This letter would set Ireland's flag to opted in, until the end of the study period" in said
    assert "[[member: Ireland]]" in said
    assert "✓ authentication" in said
    assert "This letter is left alone, because" in said
    assert said.count("─" * 60) == 1
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 90
    assert site.json("flags", "list") == []


def test_check_prints_a_page_for_a_letter_over_the_limit_and_for_none_at_all(site: Site, tmp_path: Path) -> None:
    site.configure(more="[limits]\nmax_message_bytes = 5000")
    huge = tmp_path / "huge.eml"
    huge.write_bytes(opt_in_letter() + b"x" * 10_000)
    said, _ = site.say("check", str(huge))
    assert "it is larger than the limit of 5000 bytes" in said
    said, err = site.say("check", "/nowhere.eml", code=1)
    assert (said, err) == ("", "/nowhere.eml: the message cannot be read: No such file or directory\n")
    said, _ = site.say("check", "-", stdin=b"\xff\xfe not a letter")
    assert said.startswith("-\n")
