"""`/v1/flags`: how the members stand, now or at a moment, and what has changed since a cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from mailbot.app import App
from mailbot.desk.changes import ChangesPage, CursorAheadError, NamedFlag, changes_since, flags_page, named
from mailbot.flag_lookup import current_flag, flags_known
from mailbot.flags import FlagChange
from mailbot.store.flag_rows import changes_after, last_change_number
from mailbot.web.api import models
from mailbot.web.api.answers import NOT_MODIFIED, IfNoneMatch, conditional
from mailbot.web.api.callers import caller_with
from mailbot.web.api.inputs import Code, MemberCode, Moment, Number, Parameters
from mailbot.web.api.problems import RefusedError, documented
from mailbot.web.site import app_of
from mailbot.web.tokens import Scope

router = APIRouter(prefix="/v1/flags", tags=["flags"], dependencies=[caller_with(Scope.READ)])


class AtParameters(Parameters):
    """As of when."""

    at: Moment | None = Field(None, description="As it was known at this moment; now where it is not given.")


class FlagsParameters(AtParameters):
    """As of when, and which page."""

    after: Code | None = Field(None, description="The member's code that the page before gave as `next`.")
    limit: int = Field(100, ge=1, le=500)


class ChangesParameters(Parameters):
    """From which change on."""

    after: Number = Field(0, description="The cursor: what an earlier answer gave as `next` or `changes`; 0 begins.")
    limit: int = Field(100, ge=1, le=1000)


@router.get("", summary="All flags", responses=NOT_MODIFIED | documented(401, 403), response_model=models.Flags)
def flags(
    request: Request,
    asked: Annotated[FlagsParameters, Query()],
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001 - for the document; `conditional` reads it
) -> Response:
    """Scope `read`. Every member that ever had a flag, by code; one that is missing stands as opted out."""
    with app.store.read() as connection:
        members = app.register(connection).members
        page = flags_page(connection, members, app.clock(), asked.at, asked.after, asked.limit)
    found = [flag_model(named) for named in page.flags]
    return conditional(request, models.Flags(flags=found, next=page.next, changes=page.changes))


@router.get(
    "/changes", summary="Changes since a cursor", responses=NOT_MODIFIED | documented(401, 403, 409),
    response_model=models.Changes,
)  # fmt: skip
def changes(
    request: Request,
    asked: Annotated[ChangesParameters, Query()],
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001
) -> Response:
    """Scope `read`. Every change exactly once, in the order they were committed, whatever is committed meanwhile.

    409 `cursor-unknown`: the database was restored from an older copy. Take all flags again and go on from there.
    """
    with app.store.read() as connection:
        return conditional(request, _changes(connection, asked, None))


@router.get("/{code}", summary="One member's flag", responses=NOT_MODIFIED | documented(401, 403, 404),
            response_model=models.MemberFlag)  # fmt: skip
def flag(
    request: Request,
    code: MemberCode,
    asked: Annotated[AtParameters, Query()],
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001
) -> Response:
    """Scope `read`. How one member stands."""
    with app.store.read() as connection:
        _must_be_known(app, connection, code)
        found = named_flag(app, connection, code, asked.at)
        known = last_change_number(connection)
    return conditional(request, models.MemberFlag(flag=None if found is None else flag_model(found), changes=known))


@router.get("/{code}/history", summary="One member's history", responses=NOT_MODIFIED | documented(401, 403, 404, 409),
            response_model=models.Changes)  # fmt: skip
def history(
    request: Request,
    code: MemberCode,
    asked: Annotated[ChangesParameters, Query()],
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001
) -> Response:
    """Scope `read`. Every change of one member's flag, oldest first, with the letter or the person behind it."""
    with app.store.read() as connection:
        _must_be_known(app, connection, code)
        return conditional(request, _changes(connection, asked, code))


def named_flag(app: App, connection: Connection, code: str, at: datetime | None = None) -> NamedFlag | None:
    """One member's flag with its name, as it stands or was known at the moment `at`; None where it had none."""
    found = current_flag(connection, code, app.clock()) if at is None else flags_known(connection, at, [code]).get(code)
    return None if found is None else named(found, app.register(connection).members)


def flag_model(named: NamedFlag) -> models.Flag:
    """A flag as the API says it."""
    flag = named.flag
    return models.Flag(
        member=flag.member,
        name=named.name,
        state=flag.state,
        since=flag.since,
        until=flag.until,
        duration=flag.duration,
        study_period=flag.study_period,
        reference=flag.reference,
    )


def _must_be_known(app: App, connection: Connection, code: str) -> None:
    if code not in app.register(connection).members and not changes_after(connection, 0, 1, code):
        raise RefusedError(404, "not-found", f"{code} is no member of the registry and never had a flag")


def _changes(connection: Connection, asked: ChangesParameters, member: str | None) -> models.Changes:
    try:
        page: ChangesPage = changes_since(connection, asked.after, asked.limit, member)
    except CursorAheadError:
        raise RefusedError(
            409, "cursor-unknown",
            f"this database has no change {asked.after} yet: it was restored from an older copy or made anew; take all "
            "flags again and go on from there",
        ) from None  # fmt: skip
    found = [_change_model(number, change) for number, change in page.changes]
    return models.Changes(changes=found, next=page.next, more=page.more)


def _change_model(number: int, change: FlagChange) -> models.Change:
    return models.Change(
        cursor=number,
        member=change.member,
        name=change.member_name,
        state=change.state,
        at=change.at,
        since=change.since,
        duration=change.duration,
        study_period=change.study_period,
        cause=change.cause,
        reference=change.reference,
        message_id=change.message_id,
        by=change.by,
        reason=change.reason,
    )
