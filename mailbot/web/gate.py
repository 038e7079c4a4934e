"""Who may do what: each route names the right it needs, each person has a role, a role has rights."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from fastapi import HTTPException, Request

from mailbot.web.roles import RIGHTS, Right, Role, Visitor

__all__ = ["RIGHTS", "Right", "Role", "Visitor", "right_needed", "visitor_with"]


@cache
def visitor_with(right: Right) -> Callable[[Request], Visitor]:
    """A route's dependency: the visitor, who must be signed in and have `right`."""

    def visitor(request: Request) -> Visitor:
        found: Visitor | None = request.state.visitor
        if found is None:
            raise HTTPException(401)
        if not found.may(right):
            raise HTTPException(403)
        return found

    return visitor


def right_needed(dependency: object) -> Right | None:
    """The right that a route's dependency asks for; None where it is no `visitor_with`."""
    return next((right for right in Right if visitor_with(right) is dependency), None)
