"""Who may do what: each route names the right it needs, each person has a role, a role has rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import HTTPException, Request


class Right(StrEnum):
    """What a route needs."""

    READ = "read"  # see letters, members, flags, mails and figures
    AUDIT = "audit"  # see the audit log and who did what
    DECIDE = "decide"  # claim and decide letters, send mails again
    ADMINISTER = "administer"  # people, tokens, releasing what was stopped


class Role(StrEnum):
    """What a person is."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    AUDITOR = "auditor"


RIGHTS = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
    Role.REVIEWER: frozenset({Right.READ, Right.AUDIT, Right.DECIDE}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in; `csrf` is the token that each of the session's forms carries."""

    name: str
    role: Role
    csrf: str

    def may(self, right: Right) -> bool:
        """Whether the visitor's role has a right."""
        return right in RIGHTS[self.role]


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
