"""Your account: who you are here, and a new password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from mailbot.app import App
from mailbot.web.credentials import SHORTEST, PasswordError, chosen_password
from mailbot.web.entry import with_session
from mailbot.web.gate import Right, Visitor, visitor_with
from mailbot.web.needs import Mailbot
from mailbot.web.people import person_row
from mailbot.web.rendering import after, page, redirect
from mailbot.web.sessions import Refusal, change_password
from mailbot.web.throttle import too_many

router = APIRouter()

_WRONG = "The present password is wrong. Please try again."
_CHANGED = "Your password is changed. All your other browsers are signed out."

_Me = Annotated[Visitor, Depends(visitor_with(Right.READ))]
_Field = Annotated[str, Form()]


@router.get("/account")
def account(request: Request, app: Mailbot, visitor: _Me) -> Response:
    """What stands here about the visitor, and the form."""
    return _account_page(request, app, visitor)


@router.post("/account/password")
def password(
    request: Request,
    app: Mailbot,
    visitor: _Me,
    present: _Field = "",
    password: _Field = "",  # nosec B107  # nothing typed
    again: _Field = "",
) -> Response:
    """Take the new password; other browsers are signed out."""
    try:
        chosen = chosen_password(password, again)
    except PasswordError as error:
        return _account_page(request, app, visitor, trouble=str(error), status=400)
    with app.store.read() as connection:
        if person_row(connection, visitor.name).identity is not None:
            raise HTTPException(400, "The password of your organisation’s account is changed there.")
    found = change_password(app, visitor.name, present, chosen, request.client.host if request.client else None)
    if isinstance(found, Refusal) and found.wait:
        return after(found.wait, _account_page(request, app, visitor, trouble=too_many(found.wait), status=429))
    if isinstance(found, Refusal):
        return _account_page(request, app, visitor, trouble=_WRONG, status=400)
    return with_session(app, redirect("/account", _CHANGED), found)


def _account_page(request: Request, app: App, visitor: Visitor, *, trouble: str = "", status: int = 200) -> Response:
    with app.store.read() as connection:
        row = person_row(connection, visitor.name)
    return page(
        request, "account.html", status=status,
        organisation=row.identity is not None, trouble=trouble, shortest=SHORTEST,
    )  # fmt: skip
