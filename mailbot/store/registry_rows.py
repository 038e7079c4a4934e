"""The registry's rows: read as the core's values, replaced as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from mailbot.members import Account, FocalPoint, Member
from mailbot.store.tables import accounts, aliases, focal_points, members, registry_imports


@dataclass(frozen=True, slots=True)
class RegistryRows:
    """The whole registry as it was imported."""

    members: tuple[Member, ...]
    focal_points: tuple[FocalPoint, ...]
    accounts: tuple[Account, ...]


def load_members(connection: Connection) -> tuple[Member, ...]:
    """All members, by code."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(aliases).order_by(aliases.c.member_code, aliases.c.position)):
        names[row.member_code].append(row.alias)
    rows = sorted(connection.execute(select(members)), key=lambda row: row.code)  # PostgreSQL sorts by its locale
    return tuple(Member(row.code, row.name, row.category, row.country, tuple(names[row.code])) for row in rows)


def load_focal_points(connection: Connection) -> tuple[FocalPoint, ...]:
    """All focal points, in the order of the file."""
    columns = [column for column in focal_points.c if column.name != "id"]
    rows = connection.execute(select(*columns).order_by(focal_points.c.id))
    return tuple(FocalPoint(**row._mapping) for row in rows)


def load_accounts(connection: Connection) -> tuple[Account, ...]:
    """All accounts, in the order of the file."""
    columns = [column for column in accounts.c if column.name != "id"]
    return tuple(Account(**row._mapping) for row in connection.execute(select(*columns).order_by(accounts.c.id)))


def accounts_of(connection: Connection, member: str) -> tuple[Account, ...]:
    """The accounts of one member, in the order of the file."""
    columns = [column for column in accounts.c if column.name != "id"]
    statement = select(*columns).where(accounts.c.member_code == member).order_by(accounts.c.id)
    return tuple(Account(**row._mapping) for row in connection.execute(statement))


def load_registry(connection: Connection) -> RegistryRows:
    """Everything at once."""
    return RegistryRows(load_members(connection), load_focal_points(connection), load_accounts(connection))


def replace_registry(connection: Connection, rows: RegistryRows) -> None:
    """Put `rows` in the place of whatever was there."""
    for table in (accounts, focal_points, aliases, members):
        connection.execute(delete(table))
    bulk: dict[Table, list[dict[str, Any]]] = {
        members: [{"code": m.code, "name": m.name, "category": m.category, "country": m.country} for m in rows.members],
        aliases: [
            {"member_code": m.code, "position": position, "alias": alias}
            for m in rows.members
            for position, alias in enumerate(m.aliases)
        ],
        focal_points: [asdict(point) for point in rows.focal_points],
        accounts: [asdict(account) for account in rows.accounts],
    }
    for table, values in bulk.items():
        if values:
            connection.execute(insert(table), values)


def record_import(connection: Connection, at: datetime, source: str, difference: Mapping[str, object]) -> None:
    """Note that the registry was replaced."""
    connection.execute(insert(registry_imports).values(at=at, source=source, difference=dict(difference)))


def latest_import(connection: Connection) -> int:
    """The number of the last import, 0 where there was none: tells whether a loaded register is still the newest."""
    return connection.execute(select(func.max(registry_imports.c.id))).scalar_one() or 0


def names_of(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """The names of these members, by code."""
    statement = select(members.c.code, members.c.name).where(members.c.code.in_(codes))
    return {row.code: row.name for row in connection.execute(statement)}
