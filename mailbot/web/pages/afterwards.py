"""What is done once the answer is on its way: the mails that a decision has queued are sent."""

from __future__ import annotations

from starlette.background import BackgroundTask

from mailbot.app import App


def deliver_soon(app: App) -> BackgroundTask:
    """Send what is due, as the command line does after a decision; what cannot be sent now stays due."""
    return BackgroundTask(app.deliver_now)
