"""The steps from every released schema to today's: one module a schema, written with alembic's operations.

A step is frozen once it is released. It names its tables and columns itself and never imports `store.tables`, which go
on changing; `tests/integration/test_migrations.py` holds what all steps lead to against those tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from mailbot.store.migrations import v2, v3, v4

STEPS: Mapping[int, Callable[[Operations], None]] = {2: v2.upgrade, 3: v3.upgrade, 4: v4.upgrade}


def migrate(connection: Connection, found: int, wanted: int) -> None:
    """Take the steps from schema `found` to `wanted` within the caller's transaction."""
    operations = Operations(MigrationContext.configure(connection))
    for number in range(found + 1, wanted + 1):
        STEPS[number](operations)
