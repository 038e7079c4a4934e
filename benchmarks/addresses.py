"""The addresses that `benchmarks.console` asks for: every page and every call, and what is excused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

LETTER = "2026-00002"  # set a flag
OPEN = "2026-00004"
MESSAGE = (
    b"Subject: Circular 118\r\nFrom: focal.m007@gov.example\r\n\r\nOn behalf of Ministry 007 of Telecommunication, "
    b'I wish to "opt in" to automatic approval of registration requests.\r\n'
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the route it tries, and how it is sent there; `{open}` is a letter that waits, another each time."""

    route: str
    path: str = ""
    method: str = "GET"
    body: bytes = b""
    kind: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        """How it is printed."""
        return f"{self.method} {self.path or self.route}"


def _form(**fields: str) -> dict[str, Any]:
    return {"method": "POST", "body": urlencode(fields).encode(), "kind": "application/x-www-form-urlencoded"}


_DECISION = _form(decision="opt_in", member="M007", reason="by telephone")
CALLS = (
    Call("/"),
    Call("/queue"),
    Call("/queue", "/queue?sort=newest"),
    Call("/queue", "/queue?reason=unclear_intent"),
    Call("/queue", "/queue?member=M021"),
    Call("/queue", "/queue?language=fr&age=3d"),
    Call("/queue", "/queue?kind=mails"),
    Call("/queue", "/queue?kind=shelf"),
    Call("/letters/{reference}", f"/letters/{LETTER}"),
    Call("/letters/{reference}", f"/letters/{OPEN}"),
    Call("/letters/{reference}/html", f"/letters/{LETTER}/html", status=404),
    Call("/letters/{reference}/attachments", f"/letters/{LETTER}/attachments"),
    Call("/letters/{reference}/attachments/{number}", f"/letters/{LETTER}/attachments/1", status=404),
    Call("/letters/{reference}/raw", f"/letters/{LETTER}/raw"),
    Call("/queue/{item}/raw", "/queue/shelf-1/raw", status=404),
    Call("/members"),
    Call("/members", "/members?q=ministry+007"),
    Call("/members/{code}", "/members/M007"),
    Call("/flags"),
    Call("/flags", "/flags?at=2026-11-20"),
    Call("/flags/flags.{kind}", "/flags/flags.csv"),
    Call("/mail"),
    Call("/mail", "/mail?status=failed"),
    Call("/mail/{number}", "/mail/1"),
    Call("/activity"),
    Call("/activity", "/activity?action=review%3Aresolved"),
    Call("/activity", "/activity?actor=Ana+Juma"),
    Call("/activity", f"/activity?subject={LETTER}"),
    Call("/activity/{number}", "/activity/5"),
    Call("/try"),
    Call("/wording"),
    Call("/people"),
    Call("/account"),
    Call("/sign-in", status=303),
    Call("/api/v1/members"),
    Call("/api/v1/members/{code}", "/api/v1/members/M007"),
    Call("/api/v1/flags"),
    Call("/api/v1/flags", "/api/v1/flags?at=2026-11-20"),
    Call("/api/v1/flags", "/api/v1/flags?after=M100&limit=50"),
    Call("/api/v1/flags/changes"),
    Call("/api/v1/flags/changes", "/api/v1/flags/changes?after=20"),
    Call("/api/v1/flags/{code}", "/api/v1/flags/M007"),
    Call("/api/v1/flags/{code}/history", "/api/v1/flags/M007/history"),
    Call("/api/v1/letters"),
    Call("/api/v1/letters", "/api/v1/letters?after=300"),
    Call("/api/v1/letters", "/api/v1/letters?state=open"),
    Call("/api/v1/letters", "/api/v1/letters?state=resolved"),
    Call("/api/v1/letters", "/api/v1/letters?outcome=ignore"),
    Call("/api/v1/letters", "/api/v1/letters?member=M007"),
    Call("/api/v1/letters", "/api/v1/letters?state=open&member=M021"),
    Call("/api/v1/letters", "/api/v1/letters?since=2026-11-20&outcome=apply"),
    Call("/api/v1/letters/{reference}", f"/api/v1/letters/{LETTER}"),
    Call("/api/v1/letters/{reference}/raw", f"/api/v1/letters/{LETTER}/raw"),
    Call("/api/v1/openapi.json"),
    Call("/api/v1/health/live"),
    Call("/api/v1/health/ready"),
    Call("/api/v1/check", method="POST", body=MESSAGE, kind="message/rfc822"),
    Call(
        "/api/v1/letters/{reference}/resolution", "/api/v1/letters/{open}/resolution", "POST",
        json.dumps({"as": "opt_in", "reason": "by telephone"}).encode(), "application/json",
    ),
    Call("/try", **_form(text=MESSAGE.decode())),
    Call("/queue/{item}/claim", "/queue/{open}/claim", **_form(), status=303),
    Call("/letters/{reference}/preview", "/letters/{open}/preview", **_DECISION),
)  # fmt: skip
# Not measured: what reads the whole log by its nature, needs a state of its own, or acts like one that is measured.
EXCUSED = {
    "GET /set-up/{secret}", "POST /account/password", "POST /activity/verify", "POST /letters/{reference}/decide",
    "POST /mail/resume",
    "POST /mail/{number}/close", "POST /mail/{number}/release", "POST /mail/{number}/retry", "POST /people",
    "POST /people/disable", "POST /people/enable", "POST /people/reset", "POST /people/role", "POST /queue/reject",
    "POST /queue/{item}/hand-over", "POST /queue/{item}/look", "POST /queue/{item}/release",
    "POST /queue/{item}/retry", "POST /queue/{item}/send", "POST /queue/{item}/take-from", "POST /set-up/{secret}",
    "POST /sign-in", "POST /sign-out",
}  # fmt: skip
