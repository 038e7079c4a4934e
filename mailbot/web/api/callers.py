"""Who calls the API: a bearer token with its scopes, or a person who is signed in to the console."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from mailbot.web.api.pace import Pace
from mailbot.web.api.problems import RefusedError
from mailbot.web.roles import Right, Visitor
from mailbot.web.site import app_of
from mailbot.web.tokens import Principal, Scope, principal_of

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token made by `mailbot tokens`; each operation names its scope.",
)


def caller_with(scope: Scope) -> Any:
    """A route's dependency: the Principal who calls, who must have `scope` and not call too often."""

    def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Principal:
        found = _caller(request, given)
        if scope not in found.scopes:
            asked = {"WWW-Authenticate": f'Bearer realm="mailbot", error="insufficient_scope", scope="{scope}"'}
            raise RefusedError(
                403, "forbidden", f"this takes the scope {scope}, which {found.name} does not have", asked
            )
        pace: Pace = request.app.state.pace
        wait = pace.wait_of(found.name)
        if wait:
            raise RefusedError(
                429, "too-many-requests", f"too many requests: wait {wait} seconds", {"Retry-After": str(wait)}
            )
        return found

    return Depends(caller)


def _caller(request: Request, given: HTTPAuthorizationCredentials | None) -> Principal:
    if given is not None:
        app = app_of(request)
        program = principal_of(app.store, given.credentials, app.clock())
        if program is None:
            asked = {"WWW-Authenticate": 'Bearer realm="mailbot", error="invalid_token"'}
            raise RefusedError(
                401, "unauthorized", "the token is not valid: it may have expired or been revoked", asked
            )
        return program
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None:
        asked = {"WWW-Authenticate": 'Bearer realm="mailbot"'}
        raise RefusedError(401, "unauthorized", "this takes a token: send Authorization: Bearer …", asked)
    reads = {Scope.READ, Scope.CHECK} if visitor.may(Right.READ) else set()
    decides = {Scope.REVIEW} if visitor.may(Right.DECIDE) else set()
    return Principal(visitor.name, frozenset(reads | decides))
