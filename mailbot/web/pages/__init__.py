"""The console's pages, a module each."""

from __future__ import annotations

from fastapi import APIRouter

from mailbot.web.pages import signing_in

ROUTERS: tuple[APIRouter, ...] = (signing_in.router,)
