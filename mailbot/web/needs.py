"""What routes ask for: the mailbot that is shown, and a visitor with a right; and what they read from addresses."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from pydantic import AfterValidator

from mailbot.app import App
from mailbot.errors import MailbotError
from mailbot.web.gate import Right, Visitor, visitor_with
from mailbot.web.site import app_of

Mailbot = Annotated[App, Depends(app_of)]
READER = Depends(visitor_with(Right.READ))
AUDITOR = Depends(visitor_with(Right.AUDIT))
Reviewer = Annotated[Visitor, Depends(visitor_with(Right.DECIDE))]
Administrator = Annotated[Visitor, Depends(visitor_with(Right.ADMINISTER))]

_LONGEST = 400  # characters that somebody looks for


def _typed(text: str) -> str:
    """No database takes a NUL or half a character, and nothing that is looked for holds control characters."""
    return "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cs"))[:_LONGEST]


Typed = Annotated[str, AfterValidator(_typed)]


def moment_in(text: str) -> datetime | None:
    """The moment that a field of a form names (ISO 8601; UTC without a zone), None where it is empty.

    Raises MailbotError for what is no moment, or none that a letter could have.
    """
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2199:
        raise MailbotError(f"{text[:40]!r} is no moment: write 2026-11-22 or 2026-11-22T10:00")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
