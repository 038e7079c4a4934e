"""The dashboard: what came in, how it was decided, what waits, and whether all is well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from mailbot.desk.figures import MOST_COUNTED, figures, health, waiting
from mailbot.web.charts import stacked_columns
from mailbot.web.needs import READER, Mailbot
from mailbot.web.rendering import page
from mailbot.web.signs import signs
from mailbot.web.words import LANGUAGES, REASONS, TYPICAL_WAITS, WAITS

router = APIRouter(dependencies=[READER])

_DAYS = 30
_REASONS = 8  # of which the most frequent are shown
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@router.get("/")
def dashboard(request: Request, app: Mailbot) -> HTMLResponse:
    """The last 30 days, and now."""
    now = app.clock()
    with app.store.read() as connection:
        found = figures(connection, now.date(), _DAYS)
        queue = waiting(connection)
        state = health(connection, app.settings.mailbox.url, app.settings.outgoing.url)
    engine = _ENGINES.get(app.store.engine.dialect.name, app.store.engine.dialect.name)
    every = timedelta(seconds=app.settings.schedule.poll_seconds)
    return page(
        request, "dashboard.html", figures=found, queue=queue, most=MOST_COUNTED,
        typical=TYPICAL_WAITS.get(found.typical_wait or ""),
        languages=_named(found.languages, LANGUAGES), reasons=_named(found.reasons, REASONS)[:_REASONS],
        waits=_named(found.waits, WAITS) if found.decided_by_people else (),
        chart=stacked_columns([(day.decided, day.review, day.asked, day.ignored) for day in found.days]),
        signs=tuple(signs(state, engine, every, now)),
    )  # fmt: skip


def _named(counts: Iterable[tuple[str, int]], words: Mapping[str, str]) -> list[tuple[str, int]]:
    """The counts with their names in plain words."""
    return [(words.get(name, name.replace("_", " ")), number) for name, number in counts]
