"""What the API takes in: the types of parameters and bodies, strict and bounded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from mailbot.web.api.problems import RefusedError

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_HIGHEST = 2**31 - 1  # what an Integer column of PostgreSQL holds


def _moment(value: object) -> datetime:
    """ISO 8601 to UTC; without a zone it is UTC, and a date is its first moment."""
    try:
        found = datetime.fromisoformat(str(value).upper())
    except ValueError:
        raise ValueError(
            "this is no moment: write 2026-11-22 or 2026-11-22T10:00:00Z (a + is written %2B in an address)"
        ) from None
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # the first and last hours of the calendar, in a zone beyond it
        return _FIRST if found.year == 1 else _LAST


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
            "examples": ["2026-11-22T10:00:00Z", "2026-11-22"],
        }
    ),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x20\x7f]+$")]
MemberCode = Annotated[Code, Path(description="The member's code, as in the registry.", examples=["FRA"])]
Reference = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{5,10}$"),
    Path(description="The letter's reference number.", examples=["2026-00031"]),
]
# One visible character at least, and no control characters but tab and line breaks. Spaces are told one by one: what \s
# means differs between the languages that read the document.
_SPACES = "\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_PLAIN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*"
Words = Annotated[
    str, StringConstraints(max_length=2000, pattern=rf"^{_PLAIN}[^\x00-\x20\x7f{_SPACES}]{_PLAIN}$")
]  # fmt: skip
Number = Annotated[int, Field(ge=0, le=_HIGHEST)]


class Parameters(BaseModel):
    """Query parameters: one with another name is refused, for a misspelt filter would give everything."""

    model_config = ConfigDict(extra="forbid")


def _wrong_input(where: str, what: str) -> RefusedError:
    """The refusal of one parameter or key."""
    return RefusedError(422, "not-acceptable-input", f"{where}: {what}", errors=[{"where": where, "what": what}])


def _none_given(request: Request) -> None:
    for name in request.query_params:
        raise _wrong_input(f"query.{name[:100]}", "there is no such parameter")


def _once_each(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise _wrong_input(f"query.{name[:100]}", "this is given more than once")


NO_PARAMETERS = Depends(_none_given)
ONCE_EACH = Depends(_once_each)
