"""A second, different programme beside Circular 118: what is special about a programme is configuration and words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .conftest import ROOT, Site, opt_in_letter

# Circular 205 is about fellowships, for Sector D: what that changes in the English phrases and mails of Circular 118
OTHER_WORDS = (
    ("118", "205"),
    ("registration requests", "fellowship requests"),
    ("registration", "fellowship"),
    ("itu-r|itu-d", "itu-r|itu-t"),
    ("itu-t|itu|tsb meeting", "itu-d|itu|tsb meeting"),
    ("ITU-T", "ITU-D"),
)
PROGRAMME = """\
[programme]
name = "TSB Circular 205"
sector = "D"
templates = "{folder}/templates"
[wording]
folder = "{folder}/wording"
[study_period]
name = "2026-2029"
assembly = "WTDC-29"
ends = 2029-11-30
"""
OF_SECTOR_D = "dalia.abara@gov.af.example"
OF_SECTOR_T = "wanjiru.ueda@gov.af.example"


def rewritten(text: str) -> str:
    for ours, theirs in OTHER_WORDS:
        text = text.replace(ours, theirs)
    return text.replace("[fellowship]", "[registration]")  # the concept keeps its name


@pytest.fixture
def second(site: Site, tmp_path: Path) -> Site:
    """The second programme's site: words, mails, mailbox and database of its own; the registry is the same."""
    made = Site(tmp_path / "second")
    for folder in ("wording", "templates/words"):
        (made.folder / folder).mkdir(parents=True)
    shutil.copy(site.database, made.database)
    words = (ROOT / "config" / "wording" / "en.toml").read_text("utf-8")
    (made.folder / "wording" / "en.toml").write_text(rewritten(words), "utf-8")
    mails = (ROOT / "mailbot" / "templates" / "mail" / "words" / "en.j2").read_text("utf-8")
    (made.folder / "templates" / "words" / "en.j2").write_text(rewritten(mails), "utf-8")
    made.configure(more=PROGRAMME.format(folder=made.folder))
    return made


def fellowship_letter(sender: str) -> bytes:
    raw = opt_in_letter(1, sender, "Afghanistan").decode()
    return raw.replace("registration", "fellowship").replace("Automatic approval", "Circular 205").encode()


def answer_to(site: Site) -> str:
    (mail, *_) = [mail for mail in site.sent() if OF_SECTOR_D in str(mail["To"])]
    (text, *_) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    payload = text.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_a_wish_of_the_second_programme_sets_its_flag_and_is_answered_in_its_words(second: Site) -> None:
    second.drop(fellowship_letter(OF_SECTOR_D))
    assert second.json("poll")[0]["applied"] == 1
    (flag,) = second.json("flags", "list")
    assert (flag["member"], flag["state"], flag["until"]) == ("AFG", "opted_in", "2029-12-01T00:00:00+00:00")
    said = re.sub(r"\s+", " ", answer_to(second))
    assert "automatic approval of fellowship requests under TSB Circular 205" in said
    assert "WTDC-29" in said
    assert "118" not in said


def test_the_flags_of_two_programmes_have_nothing_to_do_with_each_other(site: Site, second: Site) -> None:
    site.drop(opt_in_letter(1, OF_SECTOR_T, "Afghanistan", "opt out"))
    second.drop(fellowship_letter(OF_SECTOR_D))
    site.json("poll")
    second.json("poll")
    assert site.json("flags", "list") == []  # opted out already
    assert [flag["state"] for flag in second.json("flags", "list")] == ["opted_in"]


def test_who_is_designated_for_another_sector_may_not_ask(second: Site) -> None:
    second.drop(fellowship_letter(OF_SECTOR_T))
    second.json("poll")
    (waiting,) = second.json("review", "list")
    assert "sender_other_sector" in waiting["reasons"]
    why = second.say("check", str(next((second.folder / "in").rglob("letter.eml"))))[0]
    assert "designated focal point of Afghanistan for Sector D" in re.sub(r"\s+", " ", why)


@pytest.mark.parametrize("number", ["118", "205"])
def test_each_programme_refuses_the_other_s_circular(number: str, site: Site, second: Site) -> None:
    here, sender = (site, OF_SECTOR_T) if number == "205" else (second, OF_SECTOR_D)
    raw = opt_in_letter(1, sender, "Afghanistan") if here is site else fellowship_letter(sender)
    text = re.sub(rb"approval of\r\n", f"approval under TSB Circular {number} of\r\n".encode(), raw)
    here.drop(text.replace(b"Circular 205\r\n", b"Fellowships\r\n") if here is second else text)
    here.json("poll")
    assert here.json("flags", "list") == []
    assert [item["reasons"] for item in here.json("review", "list")] == [["other_circular"]]


def test_templates_that_cannot_be_read_are_named_before_any_letter_is(second: Site) -> None:
    (second.folder / "templates" / "words" / "en.j2").write_text("{% if %}")
    assert "words/en.j2" in second.complaint("poll", code=2)
    shutil.rmtree(second.folder / "templates")
    assert "there is no such folder" in second.complaint("poll", code=2)
