"""Pages of a long list: each begins behind the last row of the one before (keyset), so a page costs what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

ROWS = 50  # of a page


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page's rows, and the cursor behind which the next page begins; None on the last page."""

    rows: tuple[T, ...]
    next: str | None


def page_of(found: Sequence[T], rows: int, cursor: Callable[[T], str]) -> Page[T]:
    """The page out of `found`, which holds one row more than `rows` where there is another page."""
    shown = tuple(found[:rows])
    return Page(shown, cursor(shown[-1]) if len(found) > rows else None)


def number_in(cursor: str | None) -> int | None:
    """The row number that a cursor holds; None for the first page, and for a cursor that somebody made up."""
    return int(cursor) if cursor and cursor.isdecimal() and cursor.isascii() and len(cursor) < 10 else None
