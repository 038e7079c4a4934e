"""What a person is and may do: roles, and the rights each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
