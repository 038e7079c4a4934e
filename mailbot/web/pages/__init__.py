"""The console's pages, a module each."""

from __future__ import annotations

from fastapi import APIRouter

from mailbot.web.pages import activity, dashboard, flags, mail, members, trying, wording

ROUTERS: tuple[APIRouter, ...] = (
    dashboard.router,
    members.router,
    flags.router,
    mail.router,
    activity.router,
    trying.router,
    wording.router,
)
