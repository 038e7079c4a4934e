"""The log: one line an event on standard error, with a time stamp; never a letter's words, never a traceback."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Send mailbot's log to standard error, and keep the libraries quiet: mailbot says itself what went wrong."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.lastResort = None  # what a library has to say of a letter's oddities is none of the operator's business
