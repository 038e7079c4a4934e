"""Four eyes: a decision against the sender's standing takes two people, where the configuration says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Site, opt_in_letter

ANA = ("--by", "Ana Lopez", "--reason", "confirmed by telephone")
BO = ("--by", "Bo Chen", "--reason", "I called them too")
STRANGER = "somebody@elsewhere.example"


@pytest.fixture
def careful(site: Site) -> Site:
    """A site with four eyes, and a letter of a stranger in review."""
    site.configure(more="[review]\nfour_eyes = true")
    site.drop(opt_in_letter(sender=STRANGER))
    site.json("poll")
    return site


def decide(site: Site, person: tuple[str, ...], decision: str = "opt_in", *more: str) -> str:
    (item,) = site.json("review", "list")
    return site.say("review", "resolve", item["id"], "--as", decision, *more, *person)[0]


def actions(site: Site) -> list[tuple[str, str]]:
    entries = site.json("audit", "export")
    return [(entry["action"], entry["actor"]) for entry in entries if entry["action"].startswith("review:")]


def test_one_person_s_decision_against_the_standing_is_only_proposed(careful: Site) -> None:
    said = decide(careful, ANA)
    assert said == "2026-00001 proposed as opt_in by Ana Lopez: another person must decide the same\n"
    assert careful.json("flags", "list") == []
    (item,) = careful.json("review", "list")
    proposed = item["proposed"]
    assert (proposed["as"], proposed["member"], proposed["by"]) == ("opt_in", "IRL", "Ana Lopez")
    assert "not a designated focal point of IRL" in proposed["against"]
    assert "opt_in IRL by Ana Lopez" in careful.say("review", "list")[0]
    assert "by Ana Lopez" in careful.say("review", "show", item["id"])[0]
    assert actions(careful) == [("review:proposed", "Ana Lopez")]


@pytest.mark.each_database
def test_the_same_decision_by_another_person_carries_it_out(careful: Site) -> None:
    decide(careful, ANA)
    decide(careful, BO)
    assert [flag["state"] for flag in careful.json("flags", "list")] == ["opted_in"]
    assert careful.json("review", "list") == []
    assert actions(careful) == [("review:proposed", "Ana Lopez"), ("review:resolved", "Bo Chen")]
    resolved = careful.json("audit", "export")
    (data,) = [entry["data"] for entry in resolved if entry["action"] == "review:resolved"]
    assert (data["proposed_by"], data["reason"]) == ("Ana Lopez", "I called them too")


@pytest.mark.parametrize("name", ["Ana Lopez", "ana  lopez ", "ＡＮＡ Lopez"])
def test_nobody_is_a_second_person_to_himself(name: str, careful: Site) -> None:
    decide(careful, ANA)
    said = careful.complaint(
        "review", "resolve", "2026-00001", "--as", "opt_in", "--by", name, "--reason", "again", code=1
    )
    assert "another person must decide the same" in said
    assert careful.json("flags", "list") == []


def test_another_decision_of_the_second_person_is_a_new_proposal(careful: Site) -> None:
    decide(careful, ANA)
    decide(careful, BO, "opt_in", "--member", "FRA")
    assert careful.json("review", "list")[0]["proposed"]["member"] == "FRA"
    decide(careful, ANA)
    assert careful.json("flags", "list") == []
    decide(careful, BO)
    assert [flag["member"] for flag in careful.json("flags", "list")] == ["IRL"]


def test_one_person_may_reject(careful: Site) -> None:
    """Nothing changes by it."""
    decide(careful, ANA, "reject")
    assert (careful.json("review", "list"), careful.json("flags", "list")) == ([], [])


@pytest.mark.parametrize(
    ("letter", "against"),
    [
        (opt_in_letter(authentication="dmarc=fail"), "authentication failed"),
        (opt_in_letter(authentication=None), "nothing proves that the letter comes from the sender"),
        (opt_in_letter(member="France"), "not a designated focal point of FRA for Sector T (designated of IRL)"),
    ],
)
def test_what_goes_against_the_standing_is_said(letter: bytes, against: str, site: Site) -> None:
    site.configure(more="[review]\nfour_eyes = true")
    site.drop(letter)
    site.json("poll")
    decide(site, ANA)
    assert against in site.json("review", "list")[0]["proposed"]["against"]


def test_a_decision_in_line_with_the_standing_takes_one_person(site: Site) -> None:
    """The doubt was in the words, which one person can read."""
    site.configure(more="[review]\nfour_eyes = true")
    site.drop(opt_in_letter().replace(b'"opt in" to', b'["opt in" to or "opt out" of]'))
    site.json("poll")
    decide(site, ANA)
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_in"]


def test_a_focal_point_registered_since_has_the_standing(careful: Site, tmp_path: Path) -> None:
    for name in ("members", "focal_points"):
        source = Path(__file__).parent.parent / "fixtures" / "registry" / f"{name}.csv"
        row = f"IRL,T,designated,New,{STRANGER},en,,\n" if name == "focal_points" else ""
        (tmp_path / f"{name}.csv").write_text(source.read_text("utf-8") + row, "utf-8")
    careful.say("registry", "import", str(tmp_path))
    decide(careful, ANA)
    assert [flag["state"] for flag in careful.json("flags", "list")] == ["opted_in"]


def test_without_the_setting_one_person_decides(site: Site) -> None:
    site.drop(opt_in_letter(sender=STRANGER))
    site.json("poll")
    decide(site, ANA)
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_in"]
