"""`/v1/health`: for those who watch over mailbot; no token, and nothing told that is worth one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from mailbot.app import App
from mailbot.store.contact_rows import POLL, contact_row
from mailbot.store.engine import version_of
from mailbot.store.tables import SCHEMA_VERSION
from mailbot.web.api import models
from mailbot.web.api.inputs import NO_PARAMETERS
from mailbot.web.api.problems import RefusedError, documented
from mailbot.web.site import app_of

router = APIRouter(prefix="/v1/health", tags=["health"], dependencies=[NO_PARAMETERS])


@router.get("/live", summary="Does the process answer?", responses=documented())
def live() -> models.Live:
    """No token. Asks nothing of the database: restart mailbot where this fails."""
    return models.Live(status="live")


@router.get("/ready", summary="Can mailbot work?", responses=documented())
def ready(app: Annotated[App, Depends(app_of)]) -> models.Ready:
    """No token. 503 where the database cannot be reached or is of another schema.

    How old the last poll may be is for the caller to judge: mailbot may run without polling.
    """
    with app.store.read() as connection:
        found = version_of(connection)
        if found != SCHEMA_VERSION:
            raise RefusedError(
                503, "not-ready", f"the database is of schema {found}, this mailbot needs {SCHEMA_VERSION}"
            )
        row = contact_row(connection, POLL, app.settings.mailbox.url)
    at = None if row is None else row.succeeded_at
    age = None if at is None else max(0, int((app.clock() - at).total_seconds()))
    return models.Ready(status="ready", schema=SCHEMA_VERSION, last_poll=at, last_poll_age_seconds=age)
