"""Who calls the API: a bearer token with its scopes, or a person who is signed in to the console."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from mailbot.app import App
from mailbot.web.api.pace import Pace
from mailbot.web.api.problems import RefusedError
from mailbot.web.gate import Right, Visitor

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token made by `mailbot tokens`; each operation names its scope.",
)


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"  # members, flags, letters and their decisions
    REVIEW = "review"  # deciding letters, and reading their bytes
    CHECK = "check"  # having messages judged, changing nothing


class Token(Protocol):
    """What is known of a valid token."""

    @property
    def name(self) -> str:
        """Who it was made for: the name that stands behind what is done with it."""

    @property
    def scopes(self) -> Collection[str]:
        """What it may be used for."""


TokenOf = Callable[[App, str], Token | None]
"""Finds the token that a secret is of; None where it is nobody's, or no longer valid."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what they may do."""

    name: str
    scopes: frozenset[Scope]


def caller_with(scope: Scope) -> Any:
    """A route's dependency: the caller, who must have `scope` and not call too often."""

    def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Caller:
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


def _caller(request: Request, given: HTTPAuthorizationCredentials | None) -> Caller:
    if given is not None:
        token_of: TokenOf = request.app.state.token_of
        token = token_of(request.app.state.app, given.credentials)
        if token is None:
            asked = {"WWW-Authenticate": 'Bearer realm="mailbot", error="invalid_token"'}
            raise RefusedError(
                401, "unauthorized", "the token is not valid: it may have expired or been revoked", asked
            )
        return Caller(token.name, frozenset(map(Scope, token.scopes)))
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None:
        asked = {"WWW-Authenticate": 'Bearer realm="mailbot"'}
        raise RefusedError(401, "unauthorized", "this takes a token: send Authorization: Bearer …", asked)
    reads = {Scope.READ, Scope.CHECK} if visitor.may(Right.READ) else set()
    decides = {Scope.REVIEW} if visitor.may(Right.DECIDE) else set()
    return Caller(visitor.name, frozenset(reads | decides))
