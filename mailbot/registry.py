"""The registry import: every row checked, every bad one reported, all or nothing (contract section 2)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from mailbot import audit
from mailbot.address import normalise_address
from mailbot.countries import COUNTRIES
from mailbot.errors import MailbotError
from mailbot.members import Account, FocalPoint, Member
from mailbot.sheets import Problem, Sheet, read_sheets
from mailbot.store.engine import Store
from mailbot.store.registry_rows import RegistryRows, load_registry, record_import, replace_registry

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "members": ("code", "name", "category", "country", "aliases"),
    "focal_points": ("member_code", "sector", "role", "name", "email", "language", "valid_from", "valid_until"),
    "accounts": ("username", "email", "name", "member_code", "status", "ties_access"),
}
OPTIONAL = frozenset({"accounts"})
CATEGORIES = ("member_state", "sector_member", "associate", "academia")
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
SECTORS = ("T", "R", "D")
_LOGGED_NAMES = 100  # of each kind of change, in an audit entry

T = TypeVar("T")
Difference = dict[str, dict[str, list[str]]]


class RegistryError(MailbotError):
    """The registry has bad rows; nothing was imported."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        what = str(self.problems[0]) if count == 1 else f"the registry has {count} bad rows or columns (above)"
        super().__init__(f"{what}; nothing was imported: correct it and import again")


class RemovalError(MailbotError):
    """The import would take the role away from too many focal points; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The focal points that an import takes the role away from, of `held` who have it (not yet expired)."""

    lost: tuple[str, ...]
    held: int

    @property
    def percent(self) -> float:
        """The share that is lost, 0 to 100."""
        return 100 * len(self.lost) / self.held if self.held else 0.0

    def refusal(self, max_percent: float) -> str | None:
        """One line that says what would go and how to go on, where it is more than `max_percent`; else None."""
        if self.percent <= max_percent:
            return None
        return (
            f"the import would remove {len(self.lost)} of {self.held} focal points ({self.percent:.1f} %, at most "
            f"{max_percent:g} % may go): {_some(self.lost)}; nothing was imported: correct the file, or import it "
            "with --force"
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: the codes and names added, changed and removed in each file.

    `refusal` is the line that a dry run found against it, None where there is nothing.
    """

    difference: Difference
    counts: dict[str, int]
    removal: Removal
    refusal: str | None = None


@dataclass(slots=True)
class _Row:
    """One row under examination: its cells by column, and the problems found in it."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def complain(self, column: str, problem: str) -> None:
        self.problems.append(Problem(self.file, self.line, f"column {column}", problem))

    def filled(self, column: str) -> str:
        if not self.cells[column]:
            self.complain(column, "is empty")
        return self.cells[column]

    def one_of(self, column: str, allowed: Iterable[str], empty: bool = False) -> str:
        value = self.cells[column]
        if value not in allowed and not (empty and not value):
            wanted = ", ".join(allowed) + (" or empty" if empty else "")
            self.complain(column, f"{value!r} is not one of {wanted}")
        return value

    def known(self, column: str, codes: Mapping[str, object]) -> str:
        value = self.filled(column)
        if value and value not in codes:
            self.complain(column, f"{value!r} is no code of members")
        return value

    def email(self, column: str) -> str:
        value = self.filled(column)
        address = normalise_address(value)
        if value and address is None:
            self.complain(column, f"{value!r} is not an e-mail address")
        return address or ""

    def day(self, column: str) -> date | None:
        value = self.cells[column]
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.complain(column, f"{value!r} is not a date such as 2026-01-31")
            return None


def read_registry(source: Path) -> RegistryRows:
    """Read and check a registry; raises RegistryError with every problem there is."""
    sheets, problems = read_sheets(source, tuple(COLUMNS))
    unreadable = {problem.file for problem in problems}
    for name in COLUMNS:
        if name not in sheets and name not in OPTIONAL and f"{name}.csv" not in unreadable:
            problems.append(Problem(source.name or str(source), 0, "", f"there is no {name}.csv or sheet {name}"))
    rows = {name: list(_rows(sheet, COLUMNS[name], problems)) for name, sheet in sheets.items()}
    members = _unique(rows.get("members", ()), _member, lambda member: member.code, "code")
    codes = {member.code: member for member in members}
    # with no readable members at all every other row would be blamed for it
    known = codes if codes else _AnyCode()
    points = _unique(
        rows.get("focal_points", ()), lambda row: _focal_point(row, known), lambda point: point, "member_code"
    )
    # one person may have accounts with several members under the same user name
    accounts = _unique(rows.get("accounts", ()), lambda row: _account(row, known), _account_name, "username")
    if "members" in sheets and not rows["members"] and not problems:
        problems.append(Problem(sheets["members"].name, 0, "", "there is no member in it"))
    problems += [problem for checked in rows.values() for row in checked for problem in row.problems]
    if problems:
        raise RegistryError(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    return RegistryRows(tuple(members), tuple(points), tuple(accounts))


def import_registry(
    store: Store,
    source: Path,
    now: datetime,
    *,
    by: str,
    max_removed_percent: float = 100,
    force: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Replace the registry by `source` in one transaction, with its difference in the audit log under the name `by`.

    Raises RemovalError where more than `max_removed_percent` of the focal points would lose their role, unless
    `force` is set; a dry run returns that line as `refusal`.
    """
    new = read_registry(source)
    limit = 100.0 if force else max_removed_percent
    if dry_run:
        with store.read() as connection:
            imported = _imported(load_registry(connection), new, now.date())
        return replace(imported, refusal=imported.removal.refusal(limit))
    with store.begin() as connection:
        imported = _imported(load_registry(connection), new, now.date())
        if refusal := imported.removal.refusal(limit):
            raise RemovalError(refusal)
        replace_registry(connection, new)
        record_import(connection, now, str(source), imported.difference)
        audit.append(
            connection, at=now, action="registry:imported", subject=source.name, actor=by,
            data={
                "difference": _bounded(imported.difference),
                "counts": imported.counts,
                "removed_percent": round(imported.removal.percent, 1),
                "forced": force,
                "sha256": fingerprint_of(new),
            },
        )  # fmt: skip
    return imported


def removal(old: Sequence[FocalPoint], new: Sequence[FocalPoint], day: date) -> Removal:
    """Who has a role in `old` on `day` or later and none of the kind in `new`; new dates alone remove nobody.

    A row that ends before `day` removes as much as one that is gone.
    """
    before, after = _holders(old, day), _holders(new, day)
    return Removal(tuple(sorted(before - after)), len(before))


def fingerprint_of(rows: RegistryRows) -> str:
    """The SHA-256 (hex) of everything the registry says, for the audit log."""
    said = {name: [_plain(asdict(row)) for row in getattr(rows, name)] for name in COLUMNS}
    # members come from the database by code, the others in the order of their file
    said["members"].sort(key=lambda member: str(member["code"]))
    return audit.fingerprint(said)


def difference(old: RegistryRows, new: RegistryRows) -> Difference:
    """What `new` adds to, changes in and removes from `old`, by file; codes, addresses and user names."""
    return {
        "members": _compare(old.members, new.members, lambda member: member.code),
        "focal_points": _compare(old.focal_points, new.focal_points, _point_name),
        "accounts": _compare(old.accounts, new.accounts, _account_name),
    }


def _imported(old: RegistryRows, new: RegistryRows, day: date) -> Imported:
    counts = {"members": len(new.members), "focal_points": len(new.focal_points), "accounts": len(new.accounts)}
    return Imported(difference(old, new), counts, removal(old.focal_points, new.focal_points, day))


def _holders(points: Iterable[FocalPoint], day: date) -> set[str]:
    return {
        f"{point.member_code} {point.role} {point.sector}".strip() + f" {point.email}"
        for point in points
        if point.valid_until is None or point.valid_until >= day
    }


def _some(names: Sequence[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _bounded(found: Difference) -> dict[str, dict[str, object]]:
    """The difference for the log: every count, and of the names the first ones; all stand in the imports' table."""
    return {
        name: {kind: {"count": len(keys), "names": keys[:_LOGGED_NAMES]} for kind, keys in changes.items()}
        for name, changes in found.items()
    }


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _point_name(point: FocalPoint) -> str:
    role = f"{point.role} {point.sector}".strip()
    day = f" from {point.valid_from}" if point.valid_from else ""
    return f"{point.member_code} {role} {point.email}{day}"


def _account_name(account: Account) -> str:
    return f"{account.username} {account.member_code} {account.email}"


def _compare(old: Iterable[T], new: Iterable[T], name: Callable[[T], str]) -> dict[str, list[str]]:
    before, after = _by_name(old, name), _by_name(new, name)
    return {
        "added": sorted(after.keys() - before.keys()),
        "changed": sorted(key for key in before.keys() & after.keys() if before[key] != after[key]),
        "removed": sorted(before.keys() - after.keys()),
    }


def _by_name(values: Iterable[T], name: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for value in values:
        found.setdefault(name(value), []).append(value)
    return found


class _AnyCode(dict[str, object]):
    """Stands in for the member codes where none could be read."""

    def __contains__(self, key: object) -> bool:
        return True


def _rows(sheet: Sheet, columns: Sequence[str], problems: list[Problem]) -> Iterator[_Row]:
    """The rows below a correct header; blank rows are skipped."""
    if not sheet.rows:
        problems.append(Problem(sheet.name, 0, "", f"is empty: the first line must be {','.join(columns)}"))
        return
    line, header = sheet.rows[0]
    width = len(header)
    while width and not header[width - 1]:  # a spreadsheet may keep empty columns at the right
        width -= 1
    header = header[:width]
    wrong = list(_header_problems(sheet.name, line, header, columns))
    problems += wrong
    if wrong:
        return
    for line, cells in sheet.rows[1:]:
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            problems.append(Problem(sheet.name, line, "", f"has {len(cells)} columns instead of {width}"))
            continue
        yield _Row(sheet.name, line, dict(zip(header, cells, strict=False)))


def _header_problems(name: str, line: int, header: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    for column in columns:
        if column not in header:
            yield Problem(name, line, f"column {column}", "is missing")
    for position, column in enumerate(header):
        if column not in columns:
            yield Problem(name, line, f"column {column or position + 1}", "is not known: remove it")
        elif column in header[:position]:
            yield Problem(name, line, f"column {column}", "stands there twice")


def _unique(rows: Iterable[_Row], build: Callable[[_Row], T], key: Callable[[T], Hashable], column: str) -> list[T]:
    """Build every row's value; a second row with the same key is a problem of that row."""
    values: list[T] = []
    lines: dict[Hashable, int] = {}
    for row in rows:
        value = build(row)
        values.append(value)
        if row.problems:
            continue
        first = lines.setdefault(key(value), row.line)
        if first != row.line:
            row.complain(column, f"{row.cells[column]!r} repeats line {first}")
    return values


def _member(row: _Row) -> Member:
    code = row.filled("code")
    if any(character.isspace() for character in code):
        row.complain("code", f"{code!r} holds a space")
    country = row.cells["country"]
    if country and country not in COUNTRIES:
        row.complain("country", f"{country!r} is no ISO 3166-1 alpha-3 code")
    names = tuple(dict.fromkeys(alias.strip() for alias in row.cells["aliases"].split("|") if alias.strip()))
    return Member(code, row.filled("name"), row.one_of("category", CATEGORIES), country, names)


def _focal_point(row: _Row, codes: Mapping[str, object]) -> FocalPoint:
    role = row.one_of("role", ("designated", "ties"))
    sector = row.one_of("sector", SECTORS, empty=True)
    if role == "designated" and not sector:
        row.complain("sector", "is empty: a designated focal point has a Sector, T, R or D")
    if role == "ties" and sector in SECTORS:
        row.complain("sector", f"is {sector!r}: a TIES focal point has no Sector, leave it empty")
    first, last = row.day("valid_from"), row.day("valid_until")
    if first and last and first > last:
        row.complain("valid_until", f"{last} lies before valid_from {first}")
    return FocalPoint(
        row.known("member_code", codes), sector, role, row.filled("name"), row.email("email"),
        row.one_of("language", LANGUAGES, empty=True), first, last,
    )  # fmt: skip


def _account(row: _Row, codes: Mapping[str, object]) -> Account:
    return Account(
        row.filled("username"), row.email("email"), row.filled("name"), row.known("member_code", codes),
        row.one_of("status", ("active", "inactive")), row.one_of("ties_access", ("yes", "no")) == "yes",
    )  # fmt: skip
