"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """How hard to look."""
    parser.addoption("--api-examples", type=int, default=15, help="requests that are made up for each API operation")
