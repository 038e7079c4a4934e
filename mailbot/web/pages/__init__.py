"""The console's pages, a module each."""

from __future__ import annotations

from fastapi import APIRouter

from mailbot.web.pages import (
    account,
    activity,
    dashboard,
    flags,
    letter,
    letter_files,
    mail,
    members,
    people,
    queue,
    signing_in,
    trying,
    wording,
)

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    dashboard.router,
    queue.router,
    letter.router,
    letter_files.router,
    members.router,
    flags.router,
    mail.router,
    activity.router,
    trying.router,
    wording.router,
    people.router,
    account.router,
)
