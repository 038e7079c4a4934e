"""SECURITY.md claims nothing that no file and no test holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = sorted(
    set(re.findall(r"`((?:mailbot|tests|config|scripts)/[\w./-]+(?:::\w+)?)`", (ROOT / "SECURITY.md").read_text()))
)


def test_the_page_names_what_holds_its_claims() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize("named", NAMED)
def test_every_file_and_test_that_is_named_exists(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE)
