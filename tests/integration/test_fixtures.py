"""The labelled letters of `tests/fixtures`: two files make a case, and a case needs no code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.evaluate import FIXTURES, Case, cases

FOLDERS = ("emails", "varied")


@pytest.fixture(scope="module", params=FOLDERS)
def decided(request: pytest.FixtureRequest) -> list[Case]:
    return list(cases(folder=FIXTURES / request.param))


def test_no_flag_is_set_that_should_not_be_and_no_request_is_ignored(decided: list[Case]) -> None:
    """The unforgivable error and the next worst, over every letter."""
    assert [case.name for case in decided if case.outcome in ("wrong_flag", "lost")] == []


def test_most_clear_requests_need_no_person() -> None:
    clear = [case for case in cases() if case.is_clear]
    by_outcome = Counter(case.outcome for case in clear)
    assert by_outcome["right"] >= 0.9 * len(clear), by_outcome


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_letter_has_its_label_and_every_label_its_letter(folder: str) -> None:
    files = {file.name for file in Path(FIXTURES / folder).iterdir()}
    letters = {name.removesuffix(".eml") for name in files if name.endswith(".eml")}
    labels = {name.removesuffix(".expected.json") for name in files if name.endswith(".expected.json")}
    assert letters == labels
