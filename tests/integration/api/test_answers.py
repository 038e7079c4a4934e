"""What each route answers, and when it says that nothing has changed."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import opt_in_letter

from .conftest import LETTER, REVIEW, Served, problem_of

pytestmark = pytest.mark.each_database


def test_the_flags_are_those_of_the_command(shown: Served) -> None:
    answer = shown.good("/flags")
    (flag,) = answer["flags"]
    (listed,) = shown.site.json("flags", "list")
    assert {key: flag[key] for key in listed if key not in ("since", "until")} == {
        key: value for key, value in listed.items() if key not in ("since", "until")
    }
    assert (answer["next"], answer["changes"]) == (None, 1)
    assert shown.good(f"/flags/{flag['member']}") == {"flag": flag, "changes": 1}


def test_a_flag_is_told_as_it_was_known_at_a_moment(shown: Served) -> None:
    assert shown.good("/flags?at=2020-01-01")["flags"] == []
    assert shown.good("/flags/IRL?at=2020-01-01T00:00:00%2B02:00")["flag"] is None
    assert shown.good("/flags/IRL?at=2027-01-01")["flag"]["state"] == "opted_in"
    assert shown.good("/flags/IRL?at=2030-01-01")["flag"]["state"] == "opted_out"  # the study period is over


def test_a_history_and_the_changes_name_the_letter_behind_them(shown: Served) -> None:
    changes = shown.good("/flags/changes")
    (change,) = changes["changes"]
    (told,) = shown.site.json("flags", "history", "IRL")
    assert (change["member"], change["cause"], change["reference"]) == ("IRL", "letter", told["reference"])
    assert (changes["next"], changes["more"]) == (change["cursor"], False)
    assert shown.good("/flags/IRL/history")["changes"] == [change]
    assert shown.good(f"/flags/changes?after={change['cursor']}") == {
        "changes": [], "next": change["cursor"], "more": False,
    }  # fmt: skip


def test_a_member_that_never_wrote_has_no_flag_and_no_history(shown: Served) -> None:
    assert shown.good("/flags/KEN") == {"flag": None, "changes": 1}
    assert shown.good("/flags/KEN/history")["changes"] == []


def test_a_member_comes_with_its_flag_focal_points_and_accounts(shown: Served) -> None:
    member = shown.good("/members/IRL")
    assert (member["name"], member["category"]) == ("Ireland", "member_state")
    assert member["flag"]["state"] == "opted_in"
    assert "karim.lindt@gov.ie.example" in {point["email"] for point in member["focal_points"]}
    assert member["accounts"] >= member["accounts_covered"]


def test_a_walk_through_the_members_gives_each_once_and_in_the_same_order_everywhere(shown: Served) -> None:
    found: list[str] = []
    page = shown.good("/members?limit=7")
    while page["next"] is not None:
        found += [member["code"] for member in page["members"]]
        page = shown.good(f"/members?limit=7&after={page['next']}")
    found += [member["code"] for member in page["members"]]
    with shown.app.store.read() as connection:
        assert found == sorted(shown.app.register(connection).members)


def test_letters_come_newest_first_and_are_found_by_what_they_are(shown: Served) -> None:
    everything = shown.good("/letters")["letters"]
    assert [letter["received"] for letter in everything] == sorted(
        (one["received"] for one in everything), reverse=True
    )
    assert len(everything) == 4
    found = {
        query: {letter["reference"] for letter in shown.good(f"/letters?{query}")["letters"]}
        for query in ("state=open", "state=resolved", "outcome=apply", "outcome=ignore", "member=KEN",
                      "state=open&outcome=apply", "since=2099-01-01", "state=resolved&member=IRL")
    }  # fmt: skip
    names = shown.references
    assert found == {
        "state=open": {names["open"]},
        "state=resolved": {names["rejected"]},
        "outcome=apply": {names["applied"]},
        "outcome=ignore": {None},
        "member=KEN": {names["open"], names["rejected"]},
        "state=open&outcome=apply": set(),
        "since=2099-01-01": set(),
        "state=resolved&member=IRL": set(),
    }


def test_a_walk_through_the_letters_gives_each_once(shown: Served) -> None:
    seen, page = [], shown.good("/letters?limit=1")
    while page["next"] is not None:
        seen += [letter["id"] for letter in page["letters"]]
        page = shown.good(f"/letters?limit=1&after={page['next']}")
    seen += [letter["id"] for letter in page["letters"]]
    assert len(seen) == len(set(seen)) == 4


def test_one_letter_comes_with_its_grounds_and_its_answers(shown: Served) -> None:
    letter = shown.good(f"/letters/{shown.references['applied']}")
    assert (letter["outcome"], letter["intent"], letter["member"], letter["state"]) == ("apply", "opt_in", "IRL", None)
    assert letter["sender_standing"]["standing"] == "designated"
    assert {"intent", "member"} <= {evidence["field"] for evidence in letter["evidence"]}
    assert [answer["kind"] for answer in letter["answers"]] == ["confirmation"]
    rejected = shown.good(f"/letters/{shown.references['rejected']}")
    assert {key: rejected["resolution"][key] for key in ("as", "by", "reason")} == {
        "as": "reject", "by": "Ana", "reason": "nobody",
    }  # fmt: skip


def test_a_letter_is_downloaded_byte_for_byte(shown: Served) -> None:
    answer = shown.get(f"/letters/{shown.references['applied']}/raw", REVIEW)
    assert answer.content == opt_in_letter(1)
    assert answer.headers["content-type"] == LETTER
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_what_was_erased_is_gone_and_says_so(served: Served) -> None:
    served.site.say("forget", "nobody@else.example", "--yes", "--by", "Ana")
    reference = served.references["rejected"]
    assert "erased" in problem_of(served.get(f"/letters/{reference}/raw", REVIEW), 410, "erased")["detail"]
    letter = served.good(f"/letters/{reference}")
    assert (letter["sender"], letter["subject"], letter["evidence"]) == (None, None, [])
    assert (letter["resolution"]["by"], letter["resolution"]["reason"]) == ("Ana", None)
    assert letter["erased_at"] is not None


def test_a_message_is_judged_as_by_the_command_and_nothing_changes(shown: Served) -> None:
    raw = opt_in_letter(7, wish="opt out")
    before = shown.count("letters"), shown.count("audit_entries")
    said = shown.check(raw)
    assert said.status_code == 200, said.text
    assert said.json() == json.loads(shown.site.say("check", "-", "--json", stdin=raw)[0])
    assert said.json()["action"] == "apply"
    assert (shown.count("letters"), shown.count("audit_entries")) == before


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\xff" * 100, b"From: \xed\xa0\x80 <a@b.example>\r\n\r\nopt in \xed\xa0\x80"]
)
def test_the_oddest_message_is_judged_too(shown: Served, raw: bytes) -> None:
    assert shown.check(raw).json()["action"] in ("ignore", "review")


def test_health_is_told_without_a_token(shown: Served) -> None:
    assert shown.get("/health/live", None).json() == {"status": "live"}
    ready = shown.get("/health/ready", None).json()
    assert (ready["status"], ready["schema"]) == ("ready", 4)
    assert ready["last_poll_age_seconds"] >= 0


@pytest.mark.parametrize(
    "path",
    [
        "/flags",
        "/flags/IRL",
        "/flags/IRL/history",
        "/flags/changes",
        "/flags?at=2027-01-01",
        "/members",
        "/members/IRL",
    ],
)
def test_what_is_the_same_is_not_sent_again(shown: Served, path: str) -> None:
    first = shown.get(path)
    tag = first.headers["etag"]
    again = shown.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert shown.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_the_etag_changes_with_a_flag(served: Served) -> None:
    tag = served.get("/flags").headers["etag"]
    served.decide(served.references["open"], **{"as": "opt_in", "reason": "by telephone"})
    assert served.get("/flags", headers={"If-None-Match": tag}).status_code == 200
