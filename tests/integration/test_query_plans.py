"""What mailbot asks of the database again and again must not take longer for every letter ever seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from mailbot.store import letter_rows, outbox_rows
from mailbot.store.engine import open_store
from mailbot.store.queue_rows import Wanted, waiting_letters, waiting_mails, waiting_on_shelf

from .conftest import Site

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda connection: letter_rows.unfiled(connection, "imap://x", 1), "letters_unfiled"),
        (letter_rows.open_reviews, "letters_in_review"),
        (lambda connection: outbox_rows.due_mails(connection, NOW, timedelta(days=1)), "outbox_by_status"),
        (lambda connection: waiting_letters(connection, Wanted(place=(NOW, 1)), 25), "letters_in_review"),
        (lambda connection: waiting_letters(connection, Wanted(member="IRL"), 25), "letters_in_review_of_member"),
        (lambda connection: waiting_letters(connection, Wanted(language="fr"), 25), "letters_in_review_in_language"),
        (lambda connection: waiting_letters(connection, Wanted(reason="encrypted"), 25), "waiting_reasons"),
        (lambda connection: waiting_mails(connection, Wanted(), 25), "outbox_by_status"),
        (lambda connection: waiting_on_shelf(connection, Wanted(), 25), "shelf_by_state"),
    ],
)
def test_a_query_over_a_growing_table_has_its_index(site: Site, ask: Callable[[Connection], Any], index: str) -> None:
    """Where none was made for it, a poll reads every letter ever seen after each batch."""
    asked: list[tuple[str, Any]] = []
    store = open_store(f"sqlite:///{site.database}")
    try:
        with store.read() as connection:
            event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
            ask(connection)
            statement, values = asked[0]
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    finally:
        store.close()
    assert index in plan[0].detail
