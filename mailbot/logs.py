"""The log: one line an event on standard error, with a time stamp; never a letter's words, never a traceback.

A line names a letter by its reference (an ignored one by its Message-ID): whoever may read more asks the database.
"""

from __future__ import annotations

import logging
import sys

import structlog


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
    """A fault of mailbot itself for a report: its kind and place. Its message is left out: it may quote a letter."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return type(error).__name__ + (f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "")
