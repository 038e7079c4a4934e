"""The log: one line an event on standard error, with a time stamp; never a letter's words, never a traceback.

A line names a letter by its reference (an ignored one by its Message-ID): whoever may read more asks the database.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback

import structlog

_PACKAGE = os.path.join(os.path.dirname(__file__), "")


def configure_logs() -> None:
    """Send mailbot's log to standard error, and silence the libraries at every level.

    mailbot says itself what went wrong; at DEBUG imapclient would log whole letters.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.disable(logging.CRITICAL)


def fault(error: BaseException) -> str:
    """A fault for a report: its kind, and its innermost place in mailbot.

    Its message is left out: it may quote a letter.
    """
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [place for place in frames if place[0].startswith(_PACKAGE)]
    places = [f"{file}:{line}" for file, line in own or frames]
    return type(error).__name__ + (f" at {places[-1]}" if places else "")
