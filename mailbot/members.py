"""Members, focal points and the register: who belongs to whom, and who may speak for whom on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailbot.terms import Standing


@dataclass(frozen=True, slots=True)
class Member:
    """A Member State, Sector Member, Associate or Academia (contract section 2, `members.csv`)."""

    code: str
    name: str
    category: str
    country: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def is_state(self) -> bool:
        """Whether this is a Member State, whose name may also be just a place."""
        return self.category == "member_state"


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """One row of `focal_points.csv`: an address, the member it serves, and in which role on which days."""

    member_code: str
    sector: str
    role: str
    name: str
    email: str
    language: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`; the last day is included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def standing_on(self, day: date, sector: str) -> Standing:
        """What this row alone allows on `day` where requests concern `sector` (contract section 4)."""
        if self.role == "ties":
            return Standing.TIES
        if self.sector != sector:
            return Standing.OTHER_SECTOR
        return Standing.DESIGNATED if self.valid_on(day) else Standing.EXPIRED


@dataclass(frozen=True, slots=True)
class Account:
    """One row of `accounts.csv`: an ITU account whose registrations the flag concerns."""

    username: str
    email: str
    name: str
    member_code: str
    status: str
    ties_access: bool
