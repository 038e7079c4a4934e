"""The queue: what waits for a person, and what is done to several at once or without opening them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from mailbot import shelf
from mailbot.app import App
from mailbot.desk import claims
from mailbot.desk.candidates import member_meant
from mailbot.desk.queue import AGES, Filter, Kind, QueueError, queue_page
from mailbot.errors import MailbotError
from mailbot.reviewing import Resolution, resolve
from mailbot.shelf import SHELF_PREFIX
from mailbot.undelivered import MAIL_PREFIX, release_mail, retry_mail
from mailbot.web.gate import Right, Visitor, visitor_with
from mailbot.web.pages.afterwards import deliver_soon
from mailbot.web.rendering import is_htmx, page, redirect
from mailbot.web.site import app_of
from mailbot.web.words import LANGUAGES

router = APIRouter()
Opened = Annotated[App, Depends(app_of)]
Reader = Annotated[Visitor, Depends(visitor_with(Right.READ))]
Reviewer = Annotated[Visitor, Depends(visitor_with(Right.DECIDE))]
Admin = Annotated[Visitor, Depends(visitor_with(Right.ADMINISTER))]

MOST_AT_ONCE = 50
_NAMES = ("kind", "reason", "member", "language", "age", "sort", "after", "before")


@router.get("/queue")
def queue(request: Request, app: Opened, visitor: Reader) -> Response:
    """One page of the queue; htmx gets the list alone."""
    try:
        asked = _filter(request.query_params)
        with app.store.read() as connection:
            meant = member_meant(app.register(connection), asked.member) if asked.member else None
            found = queue_page(connection, replace(asked, member=meant or asked.member), app.clock())
    except QueueError as error:
        return redirect("/queue", str(error), tone="bad")
    usual = Filter()
    given = {name: str(value) for name in _NAMES if (value := getattr(asked, name)) != getattr(usual, name)}
    return page(
        request, "queue_list.html" if is_htmx(request) else "queue.html",
        asked=asked, found=found, given=given, ages=AGES, languages=LANGUAGES, most_at_once=MOST_AT_ONCE,
        may_decide=visitor.may(Right.DECIDE), may_release=visitor.may(Right.ADMINISTER),
    )  # fmt: skip


@router.post("/queue/reject")
def reject(
    request: Request,
    app: Opened,
    visitor: Reviewer,
    item: Annotated[list[str], Form(default_factory=list)],
    reason: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
) -> Response:
    """Reject several at once: first what that means, then, confirmed, the doing."""
    chosen = list(dict.fromkeys(item))
    if not chosen:
        return redirect("/queue", "Tick the letters that you want to reject.", tone="bad")
    if len(chosen) > MOST_AT_ONCE:
        return redirect("/queue", f"At most {MOST_AT_ONCE} can be rejected at once.", tone="bad")
    if not confirmed or not reason.strip():
        trouble = "Give the reason: it is kept in the audit log." if confirmed else ""
        return page(
            request, "queue_reject.html", status=422 if trouble else 200, chosen=chosen, reason=reason,
            trouble=trouble, back=_kind_of(chosen[0]),
        )  # fmt: skip
    refused: list[str] = []
    with app.store.begin() as connection:
        for one in chosen:
            try:
                _reject(connection, app, one, visitor.name, reason)
            except MailbotError as error:  # raised before anything of this item is written
                refused.append(str(error))
    done = len(chosen) - len(refused)
    said = f"{done} rejected." if not refused else f"{done} rejected; not so {len(refused)}: {'; '.join(refused[:3])}"
    return redirect(_kind_of(chosen[0]), said, tone="bad" if refused else "good")


@router.post("/queue/{item}/claim")
def claim(app: Opened, visitor: Reviewer, item: str) -> Response:
    """Take an item for half an hour."""
    return _done(app, item, lambda connection: claims.claim(connection, item, visitor.name, app.clock()), "")


@router.post("/queue/{item}/release")
def release(app: Opened, visitor: Reviewer, item: str) -> Response:
    """Give an item back."""
    return _done(app, item, lambda connection: claims.release(connection, item, visitor.name, app.clock()), "")


@router.post("/queue/{item}/take-from")
def take_from(app: Opened, visitor: Admin, item: str, whose: Annotated[str, Form()]) -> Response:
    """End another person's claim."""

    def end(connection: Connection) -> None:
        claims.release(connection, item, visitor.name, app.clock(), whose=whose)

    return _done(app, item, end, f"The claim of {whose} on {item} has ended.")


@router.post("/queue/{item}/look")
def look(request: Request, app: Opened, visitor: Reviewer, item: str) -> Response:
    """Note that somebody looks at an item (the page says so while it is open); answers who else does."""
    with app.store.begin() as connection:
        now = app.clock()
        claims.look(connection, item, visitor.name, now)
        hand = claims.in_hand(connection, [item], now).get(item, claims.InHand())
    return page(request, "in_hand.html", item=item, hand=hand)


@router.post("/queue/{item}/retry")
def retry(app: Opened, visitor: Reviewer, item: str) -> Response:
    """Send a mail again that nobody got, or have the next poll try a shelved letter again."""

    def again(connection: Connection) -> None:
        claims.require_free(connection, item, visitor.name, app.clock())
        if item.startswith(MAIL_PREFIX):
            retry_mail(connection, item, app.clock(), visitor.name)
        else:
            shelf.retry(connection, item, app.clock(), visitor.name)

    return _done(app, item, again, f"{item} is tried again.")


@router.post("/queue/{item}/hand-over")
def hand_over(app: Opened, visitor: Reviewer, item: str) -> Response:
    """Have the next poll give a shelved letter to people without reading it."""

    def unread(connection: Connection) -> None:
        claims.require_free(connection, item, visitor.name, app.clock())
        shelf.retry(connection, item, app.clock(), visitor.name, unread=True)

    return _done(app, item, unread, f"{item} comes to the queue unread with the next poll.")


@router.post("/queue/{item}/send")
def send(app: Opened, visitor: Admin, item: str) -> Response:
    """Let a withheld mail go."""
    return _done(
        app, item, lambda connection: release_mail(connection, item, visitor.name, app.clock()), f"{item} is sent."
    )


def _reject(connection: Connection, app: App, item: str, by: str, reason: str) -> None:
    now = app.clock()
    claims.require_free(connection, item, by, now)
    resolve(connection, app.world(connection), item, Resolution(None, None, by, reason), now)
    claims.settled(connection, item)


def _done(app: App, item: str, act: Callable[[Connection], None], said: str) -> Response:
    """Do one thing in a transaction, say so or why not, and go back to where the item is shown."""
    back = _page_of(item)
    try:
        with app.store.begin() as connection:
            act(connection)
    except MailbotError as error:
        return redirect(back, str(error), tone="bad")
    response = redirect(back, said or None)
    if item.startswith(MAIL_PREFIX):
        response.background = deliver_soon(app)
    return response


def _page_of(item: str) -> str:
    if item.startswith((MAIL_PREFIX, SHELF_PREFIX)):
        return _kind_of(item)
    return f"/letters/{quote(item, safe='')}"


def _kind_of(item: str) -> str:
    """The part of the queue that an item stands in."""
    if item.startswith(MAIL_PREFIX):
        return "/queue?kind=mails"
    return "/queue?kind=shelf" if item.startswith(SHELF_PREFIX) else "/queue"


def _filter(query: Mapping[str, str]) -> Filter:
    values: dict[str, Any] = {name: query.get(name, "").strip() for name in _NAMES}
    try:
        values["kind"] = Kind(values["kind"] or Kind.LETTERS)
    except ValueError as error:
        raise QueueError(f"the queue has no part {values['kind']}") from error
    values["sort"] = values["sort"] or "oldest"
    return Filter(**values)
