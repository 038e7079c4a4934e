"""A short fuzzing run: spoilt letters, few and always the same ones. `make fuzz` looks on for as long as it is given.

What holds of every letter stands in `tests.fuzzing.examiner`; what broke it once lies in `tests/fixtures/fuzz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from mailbot.terms import Action
from tests.fuzzing.examiner import FIXTURES, Examiner, FindingError, examiner
from tests.fuzzing.mutators import MUTATORS, Mutator, mutate

SEEDS = [path.read_bytes() for path in sorted((FIXTURES / "emails").glob("*.eml"))]
ROUNDS = 12
LETTERS_A_ROUND = 10


@pytest.fixture(scope="module")
def subject() -> Iterator[Examiner]:
    with examiner() as made:
        yield made


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_spoilt_letters_are_decided_within_the_rules(subject: Examiner, seed: int) -> None:
    chance = Random(seed)
    for number in range(LETTERS_A_ROUND):
        raw = mutate(chance.choice(SEEDS), chance, SEEDS)
        try:
            subject.examine(raw)
        except FindingError as finding:
            pytest.fail(f"letter {number} of seed {seed}: {finding}")


def test_what_fuzzing_once_found_is_mended(subject: Examiner, subtests: pytest.Subtests) -> None:
    for path in sorted((FIXTURES / "fuzz").glob("*.eml")):
        with subtests.test(path.stem):
            subject.examine(path.read_bytes())


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.__name__)
def test_a_mutator_is_reproducible_and_takes_whatever_it_is_given(mutator: Mutator) -> None:
    for raw in (b"", b"\n", b"\xff" * 50, SEEDS[0]):
        assert [mutator(raw, Random(seed)) for seed in range(20)] == [mutator(raw, Random(seed)) for seed in range(20)]


def test_the_letters_to_spoil_are_not_all_for_people(subject: Examiner) -> None:
    """Otherwise the rule that no flag is set for a stranger would never be put to the test."""
    assert Action.APPLY in {subject.examine(raw) for raw in SEEDS[:10]}
