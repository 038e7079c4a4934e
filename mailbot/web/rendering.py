"""How pages are made: the templates with their filters, and what every page is given.

Everything is escaped, whatever a template is called. What comes from a letter goes through `plain` (one line) or
`lines` (a text) as well, so that no direction override turns round what a person reads, and stands in an element with
`dir="auto"`, so that Arabic runs from right to left and nothing beside it does.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from mailbot.web.gate import Right
from mailbot.web.words import (
    CATEGORIES,
    CAUSES,
    DURATIONS,
    INTENTS,
    LANGUAGES,
    MAIL_STATES,
    OUTCOMES,
    REASONS,
    STANDINGS,
    VERDICTS,
)

_SAID = "mailbot_said"
_LONGEST_SAID = 500  # characters: it travels in a cookie
_TURNS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))

NAVIGATION = (
    ("/", "Dashboard", Right.READ),
    ("/queue", "Queue", Right.READ),
    ("/members", "Members", Right.READ),
    ("/flags", "Flags", Right.READ),
    ("/mail", "Mail", Right.READ),
    ("/activity", "Activity", Right.AUDIT),
    ("/try", "Try a letter", Right.READ),
    ("/wording", "Wording", Right.READ),
    ("/people", "People", Right.ADMINISTER),
)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the console: `template` (in mailbot/templates/web) with `context`.

    Besides the context it is given `visitor` (None on the signing-in pages), `path`, `now` (the moment that relative
    times count from), `navigation`, `said` (what `redirect` left to say) and `static` (the address of a file).
    """
    said = _read_said(request.cookies.get(_SAID))
    given = {
        "visitor": getattr(request.state, "visitor", None),
        "path": request.url.path,
        "now": request.app.state.app.clock(),
        "navigation": NAVIGATION,
        "said": said,
    }
    response = HTMLResponse(_environment().get_template(template).render(given | context), status)
    if said is not None:
        response.delete_cookie(_SAID, path="/")
    return response


def after(pause: timedelta, response: Response) -> Response:
    """An answer with the word when to try again (RFC 9110, Retry-After)."""
    response.headers["Retry-After"] = str(max(1, round(pause.total_seconds())))
    return response


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, so that a part of the page is enough (and not for a page of the browser's history)."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def redirect(path: str, said: str | None = None, *, tone: str = "good") -> RedirectResponse:
    """On to `path` by GET after a form was carried out; the next page says `said` once, in a `tone` (good, bad, note).

    `path` must be of this site: it begins with one slash.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"not a path of this site: {path}")
    response = RedirectResponse(path, 303)
    if said is not None:
        value = base64.urlsafe_b64encode(json.dumps([tone, said[:_LONGEST_SAID]]).encode()).decode()
        response.set_cookie(_SAID, value, max_age=60, path="/", httponly=True, samesite="strict")
    return response


def _read_said(cookie: str | None) -> tuple[str, str] | None:
    """Tone and text of what is to be said; None where the cookie is not one of ours."""
    if not cookie:
        return None
    try:
        tone, text = json.loads(base64.urlsafe_b64decode(cookie))
    except ValueError:
        return None
    return (tone, text[:_LONGEST_SAID]) if tone in ("good", "bad", "note") and isinstance(text, str) else None


# --- filters --------------------------------------------------------------------------------------------------------


def plain(value: object) -> str:
    """`value` on one line, without control characters and direction marks; None is nothing."""
    return " ".join(lines(value).split())


def lines(value: object) -> str:
    """`value` with its line breaks, without other control characters and without direction marks; None is nothing."""
    text = ("" if value is None else str(value)).replace("\r\n", "\n").translate(_TURNS)
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))


_CODES = re.compile(rf"\b({'|'.join(code for code in REASONS if '_' in code)})\b")


def quoting(value: object) -> Markup:
    """A sentence of mailbot's own with “quoted” words of a letter in it, each of these in its own direction.

    Reason codes in the sentence are said in plain words.
    """
    pieces = re.split("(“[^”]*”)", plain(value))
    said = (
        Markup("“<bdi dir=auto>{}</bdi>”").format(piece[1:-1])
        if piece.startswith("“")
        else escape(_CODES.sub(lambda found: REASONS[found[1]].lower(), piece))
        for piece in pieces
    )
    return Markup("").join(said)


def as_moment(value: datetime | str) -> datetime:
    """A moment in UTC, from itself or from its ISO 8601 text."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def moment_or_none(text: object) -> datetime | None:
    """The moment that an entry of the audit log names; None where somebody has altered it."""
    try:
        return as_moment(str(text))
    except (ValueError, OverflowError):
        return None


def exact(value: datetime | str) -> str:
    """`22 November 2026, 08:55 UTC`."""
    at = as_moment(value)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def day(value: date | str) -> str:
    """`22 November 2026`."""
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{on.day} {on:%B %Y}"


_STEPS = ((60, 1, "second"), (3600, 60, "minute"), (86400, 3600, "hour"), (30 * 86400, 86400, "day"))


def relative(value: datetime | str, now: datetime) -> str:
    """`3 hours ago`, `in 2 days`, `just now`; the day itself for what is more than a month away."""
    at = as_moment(value)
    seconds = (now - at).total_seconds()
    if abs(seconds) < 10:
        return "just now"
    for limit, length, unit in _STEPS:
        if abs(seconds) < limit:
            number = int(abs(seconds) // length)
            words = f"{number} {unit}{'' if number == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return day(at.date())


def number(value: int) -> str:
    """`12 345`, with no-break spaces."""
    return f"{value:,}".replace(",", "\u202f")


def size(value: int) -> str:
    """Bytes in the unit that suits: `812 bytes`, `14 kB`, `2.3 MB`."""
    if value < 1000:
        return f"{value} bytes"
    return f"{value / 1000:.0f} kB" if value < 1_000_000 else f"{value / 1_000_000:.1f} MB"


def _worded(words: Mapping[str, str]) -> Any:
    """A filter that says a code in plain words, and one it does not know as it is."""
    return lambda code: words.get(code, plain(code).replace("_", " ")) if code else ""


def with_query(path: str, values: Mapping[str, Any], **changed: Any) -> str:
    """`path?…` with `values` and what is `changed`; empty ones are left out."""
    merged = {name: value for name, value in (dict(values) | changed).items() if value not in (None, "", [], ())}
    return f"{path}?{urlencode(merged, doseq=True)}" if merged else path


@cache
def static(name: str) -> str:
    """The address of a file in mailbot/web/static, with its content's mark, so that browsers may keep it for good."""
    mark = sha256(files("mailbot.web").joinpath("static", name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{mark}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mailbot", "templates/web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "plain": plain,
        "lines": lines,
        "exact": exact,
        "day": day,
        "relative": relative,
        "number": number,
        "size": size,
        "iso": lambda value: as_moment(value).isoformat(),
        "reason": _worded(REASONS),
        "intent": _worded(INTENTS),
        "language": _worded(LANGUAGES),
        "standing": _worded(STANDINGS),
        "verdict": _worded(VERDICTS),
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "cause": _worded(CAUSES),
        "duration": _worded(DURATIONS),
        "category": _worded(CATEGORIES),
        "outcome": _worded(OUTCOMES),
        "mail_state": _worded(MAIL_STATES),
        "last_day": lambda value: day((as_moment(value) - timedelta(microseconds=1)).date()),
        "moment_or_none": moment_or_none,
        "quoting": quoting,
        "slug": lambda value: re.sub(r"[^A-Za-z0-9]+", "-", str(value)).strip("-"),
    }
    environment.globals |= {"static": static, "with_query": with_query, "Right": Right}
    return environment
