"""The different values of an indexed column, by one look-up in the index for each instead of a walk over all rows."""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, func, select


def distinct_values(column: ColumnElement[str]) -> CTE:
    """A recursive query with one column, `value`: each value that `column` holds (none of them NULL), once.

    Neither database skips along an index by itself, so each step asks for the smallest value above the last.
    """
    first = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    found = first.union_all(select(following).where(first.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None)).cte("distinct_values")
