"""The register: every member and focal point, looked up by name, by address and by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mailbot.folding import folded, tokenize
from mailbot.members import FocalPoint, Member
from mailbot.names import NameIndex
from mailbot.terms import Standing

_STRONGEST_FIRST = (Standing.DESIGNATED, Standing.EXPIRED, Standing.OTHER_SECTOR, Standing.TIES)


@dataclass(frozen=True)
class Register:
    """The registry as the core sees it; build it with `Register.of`."""

    members: Mapping[str, Member]
    names: NameIndex
    _by_address: Mapping[str, tuple[FocalPoint, ...]]
    _by_member: Mapping[str, tuple[FocalPoint, ...]]
    sector: str  # that requests concern: T, R or D

    @classmethod
    def of(cls, members: Iterable[Member], focal_points: Iterable[FocalPoint], sector: str = "T") -> Register:
        known = {member.code: member for member in members}
        by_address: dict[str, list[FocalPoint]] = defaultdict(list)
        by_member: dict[str, list[FocalPoint]] = defaultdict(list)
        for point in focal_points:
            by_address[point.email].append(point)
            by_member[point.member_code].append(point)
        return cls(
            known,
            NameIndex.of(known.values()),
            {address: tuple(points) for address, points in by_address.items()},
            {code: tuple(points) for code, points in by_member.items()},
            sector,
        )

    def designated(self, member_code: str, day: date) -> tuple[FocalPoint, ...]:
        """The valid designated focal points of a member on `day`, for the Sector that requests concern."""
        points = self._by_member.get(member_code, ())
        return tuple(point for point in points if point.standing_on(day, self.sector) is Standing.DESIGNATED)

    def focal_points(self, member_code: str) -> tuple[FocalPoint, ...]:
        """All rows of a member, whatever they allow and whenever they hold, in the order of the file."""
        return self._by_member.get(member_code, ())

    def matching(self, text: str) -> list[Member]:
        """The members with each word of `text` somewhere in code, name, aliases, or focal points' names and addresses.

        By code. Case and accents do not matter; a word may be part of a longer one. All members where there is no word.
        """
        words = [token.text for token in tokenize(text) if token.is_word]
        return [self.members[code] for code, known in self._searchable if all(word in known for word in words)]

    @cached_property
    def _searchable(self) -> tuple[tuple[str, str], ...]:
        """Each member's code and all that it is found by, folded."""
        return tuple(
            (code, folded("\n".join((code, member.name, *member.aliases, *self._people_of(code)))))
            for code, member in sorted(self.members.items())
        )

    def _people_of(self, code: str) -> Iterator[str]:
        for point in self.focal_points(code):
            yield from (point.name, point.email)

    def held_by(self, address: str | None) -> tuple[FocalPoint, ...]:
        """The rows of an address (normalised), whatever they allow and whenever they hold."""
        return self._by_address.get(address or "", ())

    def language_of(self, address: str | None) -> str | None:
        """The language (ISO 639-1) that the holder of an address (normalised) prefers; None where no row tells."""
        return next((point.language for point in self.held_by(address) if point.language), None)

    def standing(self, address: str | None, member_code: str | None, day: date) -> tuple[Standing, tuple[str, ...]]:
        """What an address (normalised) may do on `day`, and for which members (contract section 4, `sender`).

        The strongest standing for the member named where it has any there, else the strongest for any member.
        """
        points = self._by_address.get(address or "", ())
        held: dict[Standing, set[str]] = defaultdict(set)
        for point in points:
            held[point.standing_on(day, self.sector)].add(point.member_code)
        for standing in _STRONGEST_FIRST:
            if member_code is not None and member_code in held[standing]:
                return standing, tuple(sorted(held[standing]))
        for standing in _STRONGEST_FIRST:
            if held[standing]:
                return standing, tuple(sorted(held[standing]))
        return Standing.UNKNOWN, ()
