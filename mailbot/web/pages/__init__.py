"""The console's pages, a module each."""

from __future__ import annotations

from fastapi import APIRouter

from mailbot.web.pages import letter, letter_files, queue, signing_in

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    queue.router,
    letter.router,
    letter_files.router,
)
