"""Scores mailbot's reading on the labelled letters in `tests/fixtures/emails`, by language and by kind.

Every letter is decided as `mailbot check` would: against the fixture register, no flag set. The outcomes:

    right        an accepted action, with the accepted intent, member and duration, and an expected reason
    wrong_flag   a flag would be set or confirmed that should not be
    lost         a request was ignored
    needless     a clear request went to a person
    noise        mail that is no request went to a person
    reason       rightly reviewed, but for none of the expected reasons

Exit 1 where a bound does not hold: no wrong flag, nothing lost, and the shares given by the options.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailbot.authenticity import Trust
from mailbot.decide import judge
from mailbot.judgement import Circumstances, Policy, as_json
from mailbot.register import Register
from mailbot.registry import read_registry
from mailbot.wording_files import load_wording

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = ("right", "wrong_flag", "lost", "needless", "noise", "reason")
_SETTING = ("apply", "no_change")


@dataclass(frozen=True)
class Case:
    """One labelled letter and what mailbot made of it."""

    name: str
    language: str
    category: str
    wanted: dict[str, Any]
    got: dict[str, Any]

    @property
    def outcome(self) -> str:
        action, accepted = self.got["action"], set(self.wanted["actions"])
        if action in _SETTING:
            return "right" if accepted & set(_SETTING) and self._same_flag() else "wrong_flag"
        if action in accepted:
            expected = set(self.wanted.get("reasons_any", ()))
            unwanted = set(self.wanted.get("reasons_none", ())) & set(self.got["reasons"])
            named = not expected or expected & set(self.got["reasons"])
            return "right" if action == "ignore" or (named and not unwanted) else "reason"
        if action == "ignore":
            return "lost"
        return "noise" if accepted == {"ignore"} else "needless"

    @property
    def is_clear(self) -> bool:
        """Whether no person should be needed."""
        return set(self.wanted["actions"]) <= set(_SETTING)

    def _same_flag(self) -> bool:
        code = (self.got["member"] or {}).get("code")
        return (
            self.got["intent"] in self.wanted.get("intent", [self.got["intent"]])
            and self.wanted.get("member", "*") in ("*", code)
            and self.got["duration"] in self.wanted.get("duration", [self.got["duration"]])
        )


def circumstances() -> Circumstances:
    """The world of the fixtures: their register, the project's wording, one trusted server, no flags."""
    registry = read_registry(FIXTURES / "registry")
    return Circumstances(
        wording=load_wording(ROOT / "config" / "wording"),
        register=Register.of(registry.members, registry.focal_points),
        policy=Policy(Trust(frozenset({"mx.example"}))),
        study_period="2025-2028",
    )


def cases(prefix: str = "", folder: Path = FIXTURES / "emails") -> Iterator[Case]:
    """Every labelled letter of `folder` whose name starts with `prefix`, decided."""
    world = circumstances()
    for file in sorted(folder.glob(f"{prefix}*.eml")):
        wanted = json.loads(file.with_suffix(".expected.json").read_text("utf-8"))
        got = as_json(judge(file.read_bytes(), None, world, NOW))
        yield Case(file.stem, file.stem[:2], str(wanted.get("category", "")), wanted, got)


def _table(title: str, rows: dict[str, Counter[str]]) -> None:
    print(f"{title:28}" + "".join(f"{kind:>11}" for kind in KINDS))
    for name, row in sorted(rows.items()):
        print(f"{name:28}" + "".join(f"{row[kind] or '.':>11}" for kind in KINDS))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prefix", nargs="?", default="", help="score only the letters whose name starts so")
    parser.add_argument("--letters", type=Path, default=FIXTURES / "emails", help="the folder of labelled letters")
    parser.add_argument("--show", nargs="*", default=[], choices=KINDS, help="list the letters with these outcomes")
    parser.add_argument("--min-automation", type=float, default=0.95, help="share of clear requests decided alone")
    parser.add_argument("--max-noise", type=float, default=0.02, help="share of other mail that may go to a person")
    options = parser.parse_args()
    by_language: dict[str, Counter[str]] = defaultdict(Counter)
    by_category: dict[str, Counter[str]] = defaultdict(Counter)
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    clear = decided = other = 0
    totals: Counter[str] = Counter()
    for case in cases(options.prefix, options.letters):
        totals[case.outcome] += 1
        by_language[case.language][case.outcome] += 1
        by_category[case.category][case.outcome] += 1
        confusion["/".join(case.wanted["actions"])][case.got["action"]] += 1
        clear += case.is_clear
        decided += case.is_clear and case.outcome == "right"
        other += case.wanted["actions"] == ["ignore"]
        if case.outcome in options.show:
            code = (case.got["member"] or {}).get("code")
            print(
                f"{case.outcome:10} {case.name}: wanted {case.wanted['actions']} {case.wanted.get('reasons_any', '')} "
                f"{case.wanted.get('member')}, got {case.got['action']} {case.got['intent']} {case.got['reasons']} "
                f"{code} {case.got['duration']} ({case.wanted.get('note', '')})"
            )
    _table("language", by_language)
    _table("kind", by_category)
    print("\nwanted / got: " + "; ".join(f"{wanted}: {dict(row)}" for wanted, row in sorted(confusion.items())))
    automation = decided / clear if clear else 1.0
    noise = totals["noise"] / other if other else 0.0
    print(
        f"{sum(totals.values())} letters: {dict(totals)}; "
        f"{decided}/{clear} clear requests decided ({automation:.1%}), noise {noise:.1%}"
    )
    held = not totals["wrong_flag"] and not totals["lost"]
    return 0 if held and automation >= options.min_automation and noise <= options.max_noise else 1


if __name__ == "__main__":
    sys.exit(main())
