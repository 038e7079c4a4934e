"""What can go wrong with the database, as one line for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, TimeoutError

from mailbot.errors import MailbotError


class StoreError(MailbotError):
    """The database cannot be used; the message says why."""


class BusyError(MailbotError):
    """Another mailbot holds the work this one wanted to do."""


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """The database's errors as one line for a person; what it says of a single value is left to the caller."""
    try:
        yield
    except (DataError, IntegrityError):
        raise
    except TimeoutError as error:
        raise StoreError("all connections to the database are in use: try again") from error
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"the database {where} cannot be used: {short(error)}") from error


def short(error: SQLAlchemyError) -> str:
    """What the database itself says, without the statement."""
    original = getattr(error, "orig", None) or error
    return " ".join(str(original).split())[:300]
