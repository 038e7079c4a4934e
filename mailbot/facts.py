"""What is known of one decided letter, in words for the sentences of `mailbot.grounds`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.grounds import GROUNDS
from mailbot.judgement import Circumstances, Decision, Judgement
from mailbot.members import FocalPoint
from mailbot.terms import Action, Reason, Standing

_NAMED = 3  # members or focal points listed by name before "and 4 others"


@dataclass(frozen=True)
class Facts:
    """What is known of one letter, in the words of the sentences; `received` is the day received, as a moment (UTC)."""

    judgement: Judgement
    circumstances: Circumstances
    received: datetime

    @property
    def decision(self) -> Decision:
        return self.judgement.decision

    @property
    def member(self) -> str:
        """The member the letter names."""
        return self.decision.member.name if self.decision.member else "the member"

    @property
    def sender(self) -> str:
        return self.decision.sender.address or "the sender"

    @property
    def held(self) -> str:
        """The members that the sender has standing for."""
        members = self.circumstances.register.members
        return listed(members[code].name if code in members else code for code in self.decision.sender.members)

    @property
    def entitled(self) -> str:
        """Who could have written this letter."""
        named = self.decision.member
        if named is None:
            return f"a designated focal point of the member for Sector {self.sector}"
        points = self.circumstances.register.designated(named.code, self.received.date())
        if not points:
            return f"a designated focal point of {named.name} for Sector {self.sector} (the registry has none)"
        people = listed((f"{point.name} <{point.email}>" for point in points), "or")
        return f"a designated focal point of {named.name} for Sector {self.sector} ({people})"

    @property
    def sector(self) -> str:
        """The Sector that requests concern."""
        return self.circumstances.register.sector

    @property
    def points(self) -> tuple[FocalPoint, ...]:
        """The sender's rows of the registry."""
        return self.circumstances.register.held_by(self.decision.sender.address)

    def quoted(self, field: str) -> str:
        """The letter's words behind a conclusion, ` (“…”, “…”)`; empty where there are none."""
        texts = dict.fromkeys(" ".join(e.text.split())[:160] for e in self.decision.evidence if e.field == field)
        return f" ({', '.join(f'“{text}”' for text in list(texts)[:_NAMED])})" if texts else ""

    def why(self, reason: Reason) -> str:
        """Why, as it follows on "because"."""
        return GROUNDS[reason].why.format_map(self._words())

    def remedy(self, reason: Reason) -> str:
        """What the letter or the registry would need."""
        return GROUNDS[reason].remedy.format_map(self._words())

    def _words(self) -> dict[str, str]:
        address = self.decision.sender.address
        return {
            "sender": self.sender,
            "domain": address.rpartition("@")[2] if address else "the sender's domain",
            "member": self.member,
            "held": self.held,
            "holds": f"; the sender is {self.role} of {self.held}" if self.decision.sender.members else "",
            "role": self.role,
            "entitled": self.entitled,
            "sector": self.sector,
            "programme": self.circumstances.programme,
            "sectors": self._sectors(),
            "terms": self._terms(),
            "day": f"{self.received:%Y-%m-%d}",
            "written": moment(self.judgement.date),
            "basis": self._basis(),
            "limit": str(self.circumstances.policy.max_message_bytes),
            "repeated": self._repeated(),
            "wish": self.quoted("intent"),
            "doubt": self.quoted("doubt") or self.quoted("study_period") or self.quoted("intent"),
            "name": self.quoted("member"),
            "machine": self.quoted("machine"),
            "header": self.quoted("authentication"),
            "size": self.quoted("too_large"),
            "error": self.quoted("malformed_message"),
        }

    @property
    def role(self) -> str:
        """The sender's standing, for a sentence."""
        return _ROLES[self.decision.sender.standing]

    def _repeated(self) -> str:
        if self.decision.action is Action.IGNORE:
            return "the very same letter was decided before (same Message-ID, same content)"
        return "another letter with the same Message-ID but other content was seen before"

    def _sectors(self) -> str:
        sectors = sorted(
            {point.sector for point in self.points if point.role == "designated" and point.sector != self.sector}
        )
        return f" ({', '.join(sectors)})" if sectors else ""

    def _terms(self) -> str:
        """The validity of the sender's rows for the Sector, in the registry's dates."""
        codes = self.decision.sender.members
        rows = [p for p in self.points if p.role == "designated" and p.sector == self.sector and p.member_code in codes]
        texts = [f"valid {point.valid_from or 'always'} to {point.valid_until or 'open'}" for point in rows]
        return f" ({'; '.join(dict.fromkeys(texts))})" if texts else ""

    def _basis(self) -> str:
        named = self.decision.member
        flag = self.circumstances.flag_of(named.code) if named else None
        return f" ({flag.reference}, of {moment(flag.basis)})" if flag else ""


_ROLES = {
    Standing.DESIGNATED: "a designated focal point",
    Standing.EXPIRED: "a designated focal point outside its dates",
    Standing.OTHER_SECTOR: "a designated focal point for another Sector",
    Standing.TIES: "the TIES focal point",
    Standing.UNKNOWN: "no focal point",
}


def moment(at: datetime) -> str:
    """A moment for a person, to the minute; `at` is in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def listed(names: Iterable[str], joint: str = "and") -> str:
    """Names as a sentence lists them, the first few only."""
    known = list(names)
    if not known:
        return "nobody"
    if len(known) > _NAMED:
        rest = len(known) - _NAMED
        known = [*known[:_NAMED], f"{rest} other{'s' if rest > 1 else ''}"]
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {joint} {known[-1]}"
