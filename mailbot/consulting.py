"""What a decision rested on, so that it can be told whether it still would be the same.

Judging is a pure function of the letter and of what it asks its circumstances. So where the same questions have the
same answers, the decision is the same: a worker may read a letter while others write, and ask once more before it
records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from mailbot.judgement import Circumstances

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(slots=True)
class Consulted:
    """Circumstances that note what they were asked, and what they answered."""

    base: Circumstances
    _answers: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def circumstances(self) -> Circumstances:
        """To be given to `judge`."""
        return replace(
            self.base,
            flag_of=self._noting("flag_of", self.base.flag_of),
            content_hashes=self._noting("content_hashes", self.base.content_hashes),
            is_own=self._noting("is_own", self.base.is_own),
            proven=self._noting("proven", self.base.proven),
            asked=self._noting("asked", self.base.asked),
            unanswered=self._noting("unanswered", self.base.unanswered),
        )

    def holds_in(self, now: Circumstances) -> bool:
        """Whether every question has the same answer in the circumstances as they are now."""
        if now.register is not self.base.register:
            return False
        return all(getattr(now, name)(asked) == answer for name, asked, answer in self._answers)

    def _noting(self, name: str, source: Callable[[Q], A]) -> Callable[[Q], A]:
        def ask(asked: Q) -> A:
            answer = source(asked)
            self._answers.append((name, asked, answer))
            return answer

        return ask
