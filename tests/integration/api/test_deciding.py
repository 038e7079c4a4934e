"""A program decides letters: in its own name, once, and never what a person has in hand."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.desk import claims

from .conftest import REVIEW, Served, problem_of

pytestmark = pytest.mark.each_database


def test_a_program_decides_a_letter_under_its_own_name(served: Served) -> None:
    reference = served.references["open"]
    answer = served.decide(reference, **{"as": "opt_in", "reason": "by telephone"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["step"] == "resolved"
    assert answer.json()["letter"]["resolution"]["by"] == "token the review program"
    assert served.good("/flags/KEN")["flag"]["state"] == "opted_in"
    (entry,) = [one for one in served.site.json("audit", "export") if one["action"] == "review:resolved"][1:]
    assert (entry["subject"], entry["actor"]) == (reference, "token the review program")
    assert served.good(f"/letters/{reference}")["answers"][0]["status"] == "sent"


def test_a_decision_sent_twice_acts_once(served: Served) -> None:
    reference = served.references["open"]
    decision = {"as": "opt_in", "reason": "by telephone"}
    assert served.decide(reference, **decision).status_code == 200
    before = served.good("/flags/changes")
    said = problem_of(served.decide(reference, **decision), 409, "already-resolved")
    assert said["resolution"]["by"] == "token the review program"
    assert served.good("/flags/changes") == before


def test_a_decision_may_name_another_member(served: Served) -> None:
    answer = served.decide(served.references["open"], **{"as": "opt_out", "member": "FRA", "reason": "a slip"})
    assert answer.json()["letter"]["member"] == "FRA"
    assert [one["reference"] for one in served.good("/letters?member=FRA")["letters"]] == [served.references["open"]]


@pytest.mark.parametrize(
    ("decision", "where"),
    [
        ({"as": "maybe", "reason": "why"}, "body.as"),
        ({"as": "reject"}, "body.reason"),
        ({"as": "reject", "reason": "   "}, "body.reason"),
        ({"as": "reject", "reason": "a\0b"}, "body.reason"),
        ({"as": "reject", "reason": "x" * 2001}, "body.reason"),
        ({"as": "reject", "reason": "why", "by": "The Director"}, "body.by"),
        ({"as": "opt_in", "member": "a b", "reason": "why"}, "body.member"),
    ],
)
def test_a_decision_that_is_not_as_documented_changes_nothing(served: Served, decision: Any, where: str) -> None:
    said = problem_of(served.decide(served.references["open"], **decision), 422, "not-acceptable-input")
    assert [error["where"] for error in said["errors"]] == [where]
    assert served.good(f"/letters/{served.references['open']}")["state"] == "open"


@pytest.mark.parametrize("body", [b'{"as": "reject", "reason": "\\ud800"}', b"{", b"\xff", b"[" * 60_000, b"", b"null"])
def test_a_body_that_is_no_proper_json_is_refused(served: Served, body: bytes) -> None:
    path = f"/letters/{served.references['open']}/resolution"
    answer = served.call("POST", path, REVIEW, content=body, headers={"Content-Type": "application/json"})
    problem_of(answer, 422, "not-acceptable-input")


def test_a_decision_for_nobody_of_the_registry_changes_nothing(served: Served) -> None:
    answer = served.decide(served.references["open"], **{"as": "opt_in", "member": "XXX", "reason": "why"})
    assert "XXX" in problem_of(answer, 409, "not-possible")["detail"]
    assert served.good(f"/letters/{served.references['open']}")["state"] == "open"


def test_what_mailbot_decided_itself_is_not_for_a_person(shown: Served) -> None:
    answer = shown.decide(shown.references["applied"], **{"as": "reject", "reason": "why"})
    problem_of(answer, 409, "not-possible")


def test_what_a_person_has_in_hand_is_theirs(served: Served) -> None:
    reference = served.references["open"]
    with served.app.store.begin() as connection:
        claims.claim(connection, reference, "Ana", served.app.clock())
    said = problem_of(served.decide(reference, **{"as": "reject", "reason": "why"}), 409, "claimed")
    assert said["detail"].startswith("Ana has claimed")
    assert served.good(f"/letters/{reference}")["state"] == "open"


def test_four_eyes_hold_for_programs_too(served: Served) -> None:
    served.app.settings = served.app.settings.model_copy(
        update={"review": served.app.settings.review.model_copy(update={"four_eyes": True})}
    )
    reference = served.references["open"]
    decision = {"as": "opt_in", "reason": "by telephone"}
    first = served.decide(reference, **decision).json()
    assert (first["step"], first["letter"]["state"], first["letter"]["proposal"]["as"]) == (
        "proposed",
        "open",
        "opt_in",
    )
    problem_of(served.decide(reference, **decision), 409, "not-possible")
    assert served.good("/flags/KEN")["flag"] is None
