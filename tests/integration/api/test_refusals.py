"""What the API refuses: always as a problem, in one line, whatever was sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import structlog
from starlette.testclient import TestClient

from mailbot.web.api.pace import Pace
from tests.console import ADDRESS

from .conftest import REVIEW, Served, mounted, problem_of


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/flags/", "/flags/XXX", "/flags/XXX/history", "/members/XXX", "/letters/2026-99999", "/../v2", ""],
)
def test_what_is_not_there_is_a_problem(shown: Served, path: str) -> None:
    problem_of(shown.get(path), 404, "not-found")


@pytest.mark.parametrize("path", ["/api/", "/api/v2/flags", "/api/v1"])
def test_all_below_api_answers_with_problems(shown: Served, path: str) -> None:
    problem_of(shown.client.get(path), 404, "not-found")


def test_a_wrong_method_says_which_is_right(shown: Served) -> None:
    answer = shown.call("DELETE", "/flags")
    problem_of(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/flags?limit=0", "query.limit"),
        ("/flags?limit=501", "query.limit"),
        ("/flags?limit=many", "query.limit"),
        ("/flags?at=yesterday", "query.at"),
        ("/flags?at=2026-13-01", "query.at"),
        ("/flags?since=2026-01-01", "query.since"),
        ("/flags?after=%00", "query.after"),
        ("/flags/%00", "path.code"),
        ("/flags/IRL?limit=1", "query.limit"),
        ("/flags/changes?after=-1", "query.after"),
        ("/flags/changes?after=99999999999999999999", "query.after"),
        ("/members?name=x", "query.name"),
        ("/members/IRL?at=2026-01-01", "query.at"),
        ("/members/" + "x" * 101, "path.code"),
        ("/letters?state=closed", "query.state"),
        ("/letters?outcome=", "query.outcome"),
        ("/letters?member=a%20b", "query.member"),
        ("/letters?limit=5&limit=6", "query.limit"),
        ("/letters/1", "path.reference"),
        ("/letters/2026-00001%00", "path.reference"),
        ("/health/live?x=1", "query.x"),
    ],
)
def test_a_parameter_that_is_not_as_documented_is_named(shown: Served, path: str, where: str) -> None:
    said = problem_of(shown.get(path), 422, "not-acceptable-input")
    assert [error["where"] for error in said["errors"]] == [where]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-11-22t10:00:00z"])
def test_the_edges_of_the_calendar_are_moments_too(shown: Served, moment: str) -> None:
    assert shown.get(f"/flags?at={moment}").status_code == 200
    assert shown.get(f"/letters?since={moment}").status_code == 200


def test_a_cursor_of_another_database_is_refused(shown: Served) -> None:
    problem_of(shown.get("/letters?after=999999"), 409, "cursor-unknown")
    said = problem_of(shown.get("/flags/changes?after=2"), 409, "cursor-unknown")
    assert "take all flags again" in said["detail"]


def test_a_body_of_another_kind_is_refused(shown: Served) -> None:
    problem_of(shown.check(b"{}", **{"Content-Type": "application/json"}), 415, "unsupported-media-type")


def test_a_body_beyond_the_limit_is_refused_announced_or_not(shown: Served) -> None:
    path = f"/letters/{shown.references['open']}/resolution"
    decision = json.dumps({"as": "reject", "reason": "x" * 70_000}).encode()
    as_json = {"Content-Type": "application/json"}
    problem_of(shown.call("POST", path, REVIEW, content=decision, headers=as_json), 413, "too-large")
    parts = (decision[start : start + 1000] for start in range(0, len(decision), 1000))
    problem_of(shown.call("POST", path, REVIEW, content=parts, headers=as_json), 413, "too-large")


def test_a_message_over_the_limit_of_letters_is_refused(served: Served) -> None:
    limits = served.app.settings.limits.model_copy(update={"max_message_bytes": 100_000})
    served.app.settings = served.app.settings.model_copy(update={"limits": limits})
    with TestClient(mounted(served.app), base_url=ADDRESS) as client:
        small = replace(served, client=client)
        assert small.check(b"x" * 100_000).status_code == 200
        problem_of(small.check(b"x" * 100_001), 413, "too-large")


def test_who_calls_too_often_has_to_wait(shown: Served) -> None:
    now = [0.0]
    hurrying = mounted(shown.app, Pace(2, 3, lambda: now[0]))
    with TestClient(hurrying, base_url=ADDRESS) as client:
        hurried = replace(shown, client=client)
        assert [hurried.get("/flags").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = hurried.get("/flags")
        problem_of(refused, 429, "too-many-requests")
        assert hurried.get("/health/live", None).status_code == 200
        now[0] += int(refused.headers["retry-after"])
        assert hurried.get("/flags").status_code == 200


def test_a_database_out_of_reach_is_a_problem_and_readiness_says_so(served: Served) -> None:
    served.site.sql("DROP TABLE contacts")
    said = problem_of(served.get("/health/ready", None), 503, "not-ready")
    assert "contacts" not in said["detail"]
    assert str(served.site.folder) not in said["detail"]


def test_a_database_of_another_schema_is_not_ready(served: Served) -> None:
    served.site.sql("UPDATE schema_version SET version = 3")
    assert "schema 3" in problem_of(served.get("/health/ready", None), 503, "not-ready")["detail"]


def test_a_fault_is_told_in_one_line_without_what_broke(served: Served) -> None:
    served.site.sql("UPDATE flag_changes SET state = 'secret words'")
    with structlog.testing.capture_logs() as log:
        said = problem_of(served.get("/flags"), 500, "fault")
    assert [entry["event"] for entry in log if entry["log_level"] == "error"] == ["request broke"]
    assert "secret" not in json.dumps([said, log])


def test_other_sites_may_not_read_what_is_answered(shown: Served) -> None:
    answer = shown.get("/flags", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    problem_of(
        shown.call("OPTIONS", "/flags", headers={"Origin": "https://elsewhere.example"}), 405, "method-not-allowed"
    )
