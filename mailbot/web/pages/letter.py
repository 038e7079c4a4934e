"""One letter: what it says and why it waits, and deciding it in two steps, the second of which shows what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import Response

from mailbot import clarifying
from mailbot.app import App
from mailbot.desk.candidates import member_meant
from mailbot.desk.claims import ClaimedError
from mailbot.desk.deciding import ASK, ChangedError, Choice, decide, preview
from mailbot.desk.letter import LetterView, letter_view
from mailbot.desk.queue import next_in_queue
from mailbot.errors import MailbotError, ReviewError
from mailbot.register import Register
from mailbot.reviewing import Step
from mailbot.story import sentence
from mailbot.web.gate import Right, Visitor, visitor_with
from mailbot.web.pages.afterwards import deliver_soon
from mailbot.web.rendering import page, redirect
from mailbot.web.site import app_of

router = APIRouter()
Opened = Annotated[App, Depends(app_of)]
Reader = Annotated[Visitor, Depends(visitor_with(Right.READ))]
Reviewer = Annotated[Visitor, Depends(visitor_with(Right.DECIDE))]

_DONE = {
    "opt_in": "opted in",
    "opt_out": "opted out",
    "reject": "rejected",
    ASK: "the sender is asked",
}


@router.get("/letters/{reference}")
def letter(
    request: Request, app: Opened, visitor: Reader, reference: str, choice: Annotated[str, Query(alias="decide")] = ""
) -> Response:
    """The letter; `decide` chooses beforehand what the form says."""
    return _letter_page(request, app, visitor, reference, {"decision": choice})


@router.post("/letters/{reference}/preview")
def show(
    request: Request,
    app: Opened,
    visitor: Reviewer,
    reference: str,
    decision: Annotated[str, Form()] = "",
    member: Annotated[str, Form()] = "",
    member_other: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """What the decision would do, with the very mails it would send; the letter is claimed meanwhile."""
    given = {
        "decision": decision, "member": member, "member_other": member_other, "reason": reason, "text": text,
    }  # fmt: skip
    try:
        with app.store.begin() as connection:
            code = _member(app.register(connection), member, member_other) if decision.startswith("opt_") else None
            choice = Choice(reference, decision, code, _reason(decision, reason), text)
            found = preview(connection, app, choice, visitor.name, app.clock())
    except MailbotError as error:
        return _letter_page(request, app, visitor, reference, given, trouble=str(error))
    return page(request, "decision.html", choice=choice, found=found, given=given)


@router.post("/letters/{reference}/decide")
def carry_out(
    app: Opened,
    visitor: Reviewer,
    reference: str,
    decision: Annotated[str, Form()],
    at: Annotated[datetime, Form()],
    seen: Annotated[str, Form()],
    member: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "",
) -> Response:
    """Do what was shown, and go on to the next letter where that is wanted."""
    here = _address(reference)
    choice = Choice(reference, decision, member or None, reason, text)
    if at.tzinfo is None:
        raise HTTPException(422)
    try:
        with app.store.begin() as connection:
            step = decide(connection, app, choice, visitor.name, app.clock(), at=at, seen=seen)
            following = next_in_queue(connection, reference, app.clock(), visitor.name) if then == "next" else None
    except (ClaimedError, ReviewError, ChangedError, clarifying.ClarifyingError) as error:
        return redirect(here, f"Nothing was done: {error}.", tone="bad")
    said = f"{reference}: {_DONE[decision]}."
    if step is Step.PROPOSED:
        said = f"{reference}: proposed. Another person must decide the same."
    if then == "next":
        onwards = "/queue" if following is None else _address(following)
        said += " Nothing else waits for you." if following is None else " Here is the next letter."
        response = redirect(onwards, said)
    else:
        response = redirect(here, said)
    response.background = deliver_soon(app)
    return response


def _letter_page(
    request: Request,
    app: App,
    visitor: Visitor,
    reference: str,
    given: Mapping[str, str],
    trouble: str = "",
) -> Response:
    """The letter with its form; `given` is what the person has entered, `trouble` why it could not be done."""
    with app.store.read() as connection:
        now = app.clock()
        view = letter_view(connection, app, reference, now)
    if view is None:
        raise HTTPException(404, f"There is no letter {reference}.")
    form = _form(view, given, app.settings.programme.templates)
    return page(
        request, "letter.html", status=422 if trouble else 200, view=view, given=form, trouble=trouble,
        may_decide=visitor.may(Right.DECIDE) and view.is_open, events=[(e, sentence(e)) for e in view.events],
        four_eyes=app.settings.review.four_eyes, may_see_log=visitor.may(Right.AUDIT),
    )  # fmt: skip


def _form(view: LetterView, given: Mapping[str, str], templates: Path | None) -> dict[str, Any]:
    """What the form begins with: what was entered, else what suits the letter."""
    row = view.row
    likeliest = view.candidates[0].code if view.candidates else ""
    member = row.member_code or (likeliest if len(view.candidates) == 1 else "")
    draft = clarifying.draft(row.language, row.reasons, templates) if view.is_open else ""
    return {
        "decision": given.get("decision", ""),
        "member": given.get("member") or member,
        "member_other": given.get("member_other", ""),
        "reason": given.get("reason", ""),
        "text": given.get("text") or draft,
    }


def _reason(decision: str, reason: str) -> str:
    """A question to the sender says its reason itself."""
    return reason.strip() or ("asked the sender" if decision == ASK else "")


def _member(register: Register, chosen: str, other: str) -> str | None:
    """The code of the member that a person means: one of the candidates, or another by its code or full name."""
    if chosen and chosen != "other":
        return chosen
    wanted = other.strip()
    if not wanted:
        raise ReviewError("choose the member that the letter is about")
    code = member_meant(register, wanted)
    if code is None:
        raise ReviewError(f"{wanted} is no member of the registry: give its code or its full name")
    return code


def _address(reference: str) -> str:
    return f"/letters/{quote(reference, safe='')}"
