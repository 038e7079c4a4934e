"""The API over a mailbot that has read a few letters: what each route answers, to whom, and how it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.desk import claims
from mailbot.web.api.application import create_api
from mailbot.web.api.pace import Pace
from mailbot.web.roles import Role
from tests.console import ADDRESS, browser, signed_in
from tests.postgres import Postgres

from .conftest import UNRELATED, Site, opt_in_letter

pytestmark = pytest.mark.each_database

READ, REVIEW, CHECK = "read", "review", "check"
LETTER = "message/rfc822"
UNHURRIED = Pace(per_second=1e6, burst=10**6)


@dataclass
class Served:
    """The API of a site, called by programs that have one scope each."""

    site: Site
    app: App
    client: TestClient
    tokens: dict[str, str]
    references: dict[str, str]

    def call(self, method: str, path: str, scope: str | None = READ, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens.get(scope, scope)}"} if scope else {}
        return self.client.request(method, f"/api/v1{path}", headers={**headers, **more.pop("headers", {})}, **more)

    def get(self, path: str, scope: str | None = READ, **more: Any) -> Any:
        return self.call("GET", path, scope, **more)

    def good(self, path: str, scope: str = READ) -> Any:
        answer = self.get(path, scope)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def decide(self, reference: str, **decision: object) -> Any:
        return self.call("POST", f"/letters/{reference}/resolution", REVIEW, json=decision)

    def check(self, raw: bytes, **headers: str) -> Any:
        return self.call("POST", "/check", CHECK, content=raw, headers={"Content-Type": LETTER, **headers})

    def count(self, table: str) -> int:
        return int(self.site.sql(f"SELECT count(*) FROM {table}")[0][0])


def mounted(app: App, pace: Pace = UNHURRIED) -> FastAPI:
    """The API where the site has it, without what the site puts before it."""
    site = FastAPI()
    site.mount("/api", create_api(app, pace))
    return site


@dataclass(frozen=True)
class Prepared:
    """A site that others are copied from."""

    site: Site
    tokens: dict[str, str]
    references: dict[str, str]


@pytest.fixture(scope="session")
def prepare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """Ireland has opted in by letter; a letter for Kenya waits, another was rejected; one was none of mailbot's."""

    @cache
    def prepared(database: str) -> Prepared:
        folder = tmp_path_factory.mktemp("prepared")
        if database == "sqlite":
            site, source = Site(folder), request.getfixturevalue("imported")
            shutil.copy(source / "mailbot.db", folder)
        else:
            request.getfixturevalue("imported_postgres")
            server: Postgres = request.getfixturevalue("postgres")
            site = Site(folder, postgres_url=server.create("prepared", template="imported"))
        site.configure()
        site.drop(opt_in_letter(1), "1.eml")
        site.drop(opt_in_letter(2, "ana.juma@gov.ke.example", "Kenya", authentication="dmarc=fail"), "2.eml")
        site.drop(opt_in_letter(3, "nobody@else.example", "Kenya", authentication="dmarc=fail"), "3.eml")
        site.drop(UNRELATED, "4.eml")
        site.say("poll")
        waiting = {item["sender"]: item["id"] for item in site.json("review", "list")}
        rejected = waiting["nobody@else.example"]
        site.say("review", "resolve", rejected, "--as", "reject", "--by", "Ana", "--reason", "nobody")
        (flag,) = site.json("flags", "list")
        kept = {"applied": flag["reference"], "open": waiting["ana.juma@gov.ke.example"], "rejected": rejected}
        tokens = {
            scope: site.say("tokens", "add", f"the {scope} program", "--scope", scope, "--by", "Ana")[0].strip()
            for scope in (READ, REVIEW, CHECK)
        }
        return Prepared(site, tokens, kept)

    return prepared


@contextmanager
def serving(site: Site, source: Prepared) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environ, ExitStack() as stack:
        for name, value in site.own_environ().items():
            environ.setenv(name, value)
        app = stack.enter_context(opened(site.config))
        client = stack.enter_context(TestClient(mounted(app), base_url=ADDRESS))
        yield Served(site, app, client, source.tokens, source.references)


@pytest.fixture
def served(
    prepare: Callable[[str], Prepared], database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """A copy of the test's own, to change."""
    source = prepare(database)
    if database == "sqlite":
        site = Site(tmp_path)
        for file in source.site.folder.glob("mailbot.*"):
            shutil.copy(file, tmp_path)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        site = Site(tmp_path, postgres_url=server.create("served", template="prepared"))
    site.configure()
    with serving(site, source) as served:
        yield served
    if site.postgres_url:
        server.drop("served")


@pytest.fixture(scope="session")
def look(
    prepare: Callable[[str], Prepared], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Served]]:
    with ExitStack() as stack:

        @cache
        def served(database: str) -> Served:
            source = prepare(database)
            site = Site(tmp_path_factory.mktemp("looked"))
            if database == "sqlite":
                shutil.copy(source.site.database, site.folder)
            else:
                site.postgres_url = request.getfixturevalue("postgres").create("looked", template="prepared")
            site.configure()
            return stack.enter_context(serving(site, source))

        yield served


@pytest.fixture
def shown(look: Callable[[str], Served], database: str) -> Served:
    """One for all the tests that change nothing."""
    return look(database)


def problem_of(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem an answer tells of, which must be one line for a person."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["type"] == f"urn:mailbot:problem:{kind}"
    assert said["status"] == status
    assert said["title"]
    assert "\n" not in said["detail"]
    return said


# --- what is answered -------------------------------------------------------------------------------------------------


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
    before = (
        shown.site.sql("SELECT count(*) FROM letters")[0][0],
        shown.site.sql("SELECT count(*) FROM audit_entries"),
    )
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


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_a_program_decides_a_letter_under_its_own_name(served: Served) -> None:
    reference = served.references["open"]
    answer = served.decide(reference, **{"as": "opt_in", "reason": "by telephone"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["step"] == "resolved"
    assert answer.json()["letter"]["resolution"]["by"] == "token the review program"
    assert served.good("/flags/KEN")["flag"]["state"] == "opted_in"
    (entry,) = [one for one in served.site.json("audit", "export") if one["action"] == "review:resolved"][1:]
    assert (entry["subject"], entry["actor"]) == (reference, "token the review program")
    assert served.good(f"/letters/{reference}")["answers"][0]["status"] == "due"


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
        ({"as": "opt_in", "member": "XXX", "reason": "why"}, "body.member"),
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


# --- ETag -------------------------------------------------------------------------------------------------------------


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


# --- who may what -----------------------------------------------------------------------------------------------------

ROUTES = [
    ("GET", "/members", READ),
    ("GET", "/members/IRL", READ),
    ("GET", "/flags", READ),
    ("GET", "/flags/changes", READ),
    ("GET", "/flags/IRL", READ),
    ("GET", "/flags/IRL/history", READ),
    ("GET", "/letters", READ),
    ("GET", "/letters/{reference}", READ),
    ("GET", "/letters/{reference}/raw", REVIEW),
    ("POST", "/letters/{reference}/resolution", REVIEW),
    ("POST", "/check", CHECK),
    ("GET", "/health/live", None),
    ("GET", "/health/ready", None),
]


def test_every_route_is_tried(shown: Served) -> None:
    document = shown.get("/openapi.json", None).json()
    offered = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert {(m, f"/v1{p}".replace("IRL", "{code}")) for m, p, _ in ROUTES} == offered


@pytest.mark.parametrize("scope", [READ, REVIEW, CHECK, None, "nobody's"])
@pytest.mark.parametrize(("method", "path", "needed"), ROUTES)
def test_each_scope_opens_its_routes_alone(
    shown: Served, method: str, path: str, needed: str | None, scope: str | None
) -> None:
    given: dict[str, Any] = {}
    if path == "/check":
        given = {"content": b"Subject: x\r\n\r\nx", "headers": {"Content-Type": LETTER}}
    elif method == "POST":
        given = {"json": {"as": "reject", "reason": "why"}}
    answer = shown.call(method, path.format(reference=shown.references["applied"]), scope, **given)
    if needed in (scope, None):
        assert answer.status_code == (409 if path.endswith("/resolution") else 200), answer.text
    elif scope in shown.tokens:
        said = problem_of(answer, 403, "forbidden")
        assert needed in said["detail"]
        assert f'scope="{needed}"' in answer.headers["www-authenticate"]
    else:
        problem_of(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic cmVhZDpyZWFk", "Bearer read read", "read", "Bearer \xff"]
)
def test_a_header_that_is_no_token_opens_nothing(shown: Served, header: str) -> None:
    answer = shown.client.get("/api/v1/flags", headers={"Authorization": header.encode("latin-1")})
    problem_of(answer, 401, "unauthorized")


# --- refusals ---------------------------------------------------------------------------------------------------------


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
        ("/letters?after=999999", "query.after"),
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
    said = problem_of(shown.get("/flags/changes?after=2"), 409, "cursor-ahead")
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
    with TestClient(mounted(served.app)) as client:
        small = replace(served, client=client)
        assert small.check(b"x" * 100_000).status_code == 200
        problem_of(small.check(b"x" * 100_001), 413, "too-large")


def test_who_calls_too_often_has_to_wait(shown: Served) -> None:
    now = [0.0]
    with TestClient(mounted(shown.app, Pace(2, 3, lambda: now[0]))) as client:
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


def test_a_fault_is_told_in_one_line_without_what_broke(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.site.sql("UPDATE flag_changes SET state = 'secret words'")
    said = problem_of(served.get("/flags"), 500, "fault")
    assert "secret" not in json.dumps(said)
    log = capsys.readouterr().err
    assert "API request broke" in log
    assert "secret" not in log


def test_other_sites_may_not_read_what_is_answered(shown: Served) -> None:
    answer = shown.get("/flags", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    problem_of(
        shown.call("OPTIONS", "/flags", headers={"Origin": "https://elsewhere.example"}), 405, "method-not-allowed"
    )


# --- behind the gate of the site --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "needed"), ROUTES)
def test_a_person_who_is_signed_in_may_what_their_role_may(
    shown: Served, method: str, path: str, needed: str | None, role: Role
) -> None:
    given: dict[str, Any] = {}
    if path == "/check":
        given = {"content": b"Subject: x\r\n\r\nx", "headers": {"Content-Type": LETTER}}
    elif method == "POST":
        given = {"json": {"as": "reject", "reason": "why"}}
    with signed_in(shown.app, role) as client:
        answer = client.request(method, "/api/v1" + path.format(reference=shown.references["applied"]), **given)
    if needed == REVIEW and role in (Role.VIEWER, Role.AUDITOR):
        problem_of(answer, 403, "forbidden")
    else:
        assert answer.status_code == (409 if path.endswith("/resolution") else 200), answer.text


def test_a_person_decides_under_their_own_name_and_never_from_another_site(served: Served) -> None:
    path = f"/api/v1/letters/{served.references['open']}/resolution"
    decision = {"as": "reject", "reason": "why"}
    with signed_in(served.app, Role.REVIEWER, "Ana Juma") as client:
        token = client.headers.pop("X-CSRF-Token")
        problem_of(client.post(path, json=decision), 403, "forbidden")
        elsewhere = {"X-CSRF-Token": token, "Origin": "https://elsewhere.example"}
        problem_of(client.post(path, json=decision, headers=elsewhere), 403, "forbidden")
        answer = client.post(path, json=decision, headers={"X-CSRF-Token": token})
    assert answer.json()["letter"]["resolution"]["by"] == "Ana Juma"


def test_a_token_opens_the_api_of_the_site_and_none_of_its_pages(shown: Served) -> None:
    with browser(shown.app) as client:
        token = {"Authorization": f"Bearer {shown.tokens[READ]}"}
        answer = client.get("/api/v1/flags", headers=token)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert client.get("/members", headers=token).status_code in (303, 404)
        problem_of(client.get("/api/v1/flags"), 401, "unauthorized")
        problem_of(client.get("/api/v1/flags", headers=token | {"Host": "elsewhere.example"}), 400, "failed")


def test_a_token_that_was_revoked_opens_nothing_any_more(served: Served) -> None:
    assert served.get("/flags").status_code == 200
    served.site.say("tokens", "revoke", "the read program", "--by", "Ana")
    problem_of(served.get("/flags"), 401, "unauthorized")


def test_a_decision_reaches_the_audit_logs_file_at_once(served: Served) -> None:
    with browser(served.app) as client:
        answer = replace(served, client=client).decide(served.references["open"], **{"as": "reject", "reason": "why"})
    assert answer.status_code == 200, answer.text
    assert "token the review program" in served.app.audit_log_file.read_text()
