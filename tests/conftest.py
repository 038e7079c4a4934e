"""What holds for the whole suite."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailbot.app
from mailbot.wording import Wording
from mailbot.wording_files import load_wording


def pytest_addoption(parser: pytest.Parser) -> None:
    """How hard to look."""
    parser.addoption("--api-examples", type=int, default=15, help="requests that are made up for each API operation")


@pytest.fixture(scope="session", autouse=True)
def wording_read_once() -> Iterator[None]:
    """Commands that tests run in this process read the phrases once: half a second each time, the same every time."""
    known: dict[str, Wording] = {}

    def load(folder: Path) -> Wording:
        files = sorted(folder.glob("*.toml"))
        digest = hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()
        if digest not in known:
            known[digest] = load_wording(folder)
        return known[digest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mailbot.app, "load_wording", load)
        yield
