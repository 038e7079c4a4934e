"""A decision made while others wrote is the decision that would be made now, or it is made again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailbot.consulting import Consulted
from mailbot.judgement import Circumstances
from mailbot.register import Register

ANSWERS: dict[str, tuple[Any, Any, Any]] = {
    "flag_of": ("IRL", None, "a flag"),
    "content_hashes": ("<1@a.example>", frozenset(), frozenset({"5e"})),
    "is_own": ("<1@a.example>", False, True),
    "proven": ("K7XM-2Q9P", None, "a question"),
    "asked": (("<1@a.example>",), None, "a question"),
    "unanswered": ("a@b.example", 0, 1),
}


def answering(world: Circumstances, name: str, answer: Any) -> Circumstances:
    return replace(world, **{name: lambda _asked: answer})


@pytest.mark.parametrize("name", ANSWERS)
def test_a_decision_holds_as_long_as_what_it_asked_is_answered_the_same(name: str, world: Circumstances) -> None:
    asked, before, after = ANSWERS[name]
    consulted = Consulted(answering(world, name, before))
    assert getattr(consulted.circumstances, name)(asked) == before
    assert consulted.holds_in(answering(world, name, before))
    assert not consulted.holds_in(answering(world, name, after))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_was_not_asked_may_change(name: str, world: Circumstances) -> None:
    _, before, after = ANSWERS[name]
    consulted = Consulted(answering(world, name, before))
    assert consulted.holds_in(answering(world, name, after))


def test_after_an_import_nothing_holds(world: Circumstances) -> None:
    consulted = Consulted(world)
    assert not consulted.holds_in(replace(world, register=Register.of((), ())))


def test_every_question_that_letters_and_people_can_answer_differently_is_noted(world: Circumstances) -> None:
    """A question added to the circumstances must not be forgotten here."""
    fixed = {"wording", "register", "policy", "study_period", "programme", "key_records"}
    assert set(ANSWERS) == {field for field in Circumstances.__dataclass_fields__ if field not in fixed}
