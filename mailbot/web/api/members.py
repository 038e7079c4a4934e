"""`/v1/members`: the registry's members."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from mailbot.app import App
from mailbot.members import Member
from mailbot.store.registry_rows import accounts_of
from mailbot.web.api import models
from mailbot.web.api.answers import NOT_MODIFIED, IfNoneMatch, conditional
from mailbot.web.api.callers import caller_with
from mailbot.web.api.flags import flag_model, named_flag
from mailbot.web.api.inputs import NO_PARAMETERS, Code, MemberCode, Parameters
from mailbot.web.api.problems import RefusedError, documented
from mailbot.web.site import app_of
from mailbot.web.tokens import Scope

router = APIRouter(prefix="/v1/members", tags=["members"], dependencies=[caller_with(Scope.READ)])


class MembersParameters(Parameters):
    """Which page."""

    after: Code | None = Field(None, description="The code that the page before gave as `next`.")
    limit: int = Field(100, ge=1, le=500)


@router.get("", summary="All members", responses=NOT_MODIFIED | documented(401, 403), response_model=models.Members)
def members(
    request: Request,
    asked: Annotated[MembersParameters, Query()],
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001 - for the document; `conditional` reads it
) -> Response:
    """Scope `read`. The members of the registry by code."""
    with app.store.read() as connection:
        known = app.register(connection).members
    found = [member for code, member in known.items() if asked.after is None or code > asked.after]
    shown = found[: asked.limit]
    following = shown[-1].code if len(found) > asked.limit else None
    return conditional(request, models.Members(members=[_model(member) for member in shown], next=following))


@router.get("/{code}", summary="One member", responses=NOT_MODIFIED | documented(401, 403, 404),
            response_model=models.MemberDetails, dependencies=[NO_PARAMETERS])  # fmt: skip
def member(
    request: Request,
    code: MemberCode,
    app: Annotated[App, Depends(app_of)],
    if_none_match: IfNoneMatch = None,  # noqa: ARG001
) -> Response:
    """Scope `read`. A member with its flag, its focal points and how many accounts the flag is about."""
    with app.store.read() as connection:
        register = app.register(connection)
        found = register.members.get(code)
        if found is None:
            raise RefusedError(404, "not-found", f"{code} is no member of the registry")
        flag = named_flag(app, connection, code)
        accounts = accounts_of(connection, code)
    points = [models.FocalPoint(**asdict(point)) for point in register.focal_points(code)]
    covered = sum(account.status == "active" and account.ties_access for account in accounts)
    details = models.MemberDetails(
        **dict(_model(found)), flag=None if flag is None else flag_model(flag), focal_points=points,
        accounts=len(accounts), accounts_covered=covered,
    )  # fmt: skip
    return conditional(request, details)


def _model(member: Member) -> models.Member:
    return models.Member(
        code=member.code,
        name=member.name,
        category=member.category,
        country=member.country,
        aliases=list(member.aliases),
    )
