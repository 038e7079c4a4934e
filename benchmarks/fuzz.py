"""Looks for letters that break mailbot: atheris (libFuzzer) chooses by the code they reach, our mutators spoil them.

It begins with all letters in `tests/fixtures`, and goes on from the corpus that earlier runs have left in `var/fuzz`.
What `tests.fuzzing.examiner` objects to is made small and saved in `tests/fixtures/fuzz`, once for each kind of
finding; there the tests look at it ever after. A letter that never comes to an end is saved in
`var/fuzz` as `timeout-…`.

Exit 1 where anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["mailbot"]):
    from tests.fuzzing.examiner import FIXTURES, ROOT, Examiner, FindingError, examiner

from tests.fuzzing.mutators import MOST_BYTES, crossed, mutate

FOUND = FIXTURES / "fuzz"
CORPUS = ROOT / "var" / "fuzz" / "corpus"
HANGS = "25"  # seconds of wall time
MOST_MEMORY = "1500"  # MB, of mailbot and the fuzzer
SHRINK_SECONDS = 60


class Hunt:
    """One run, which ends at `deadline` (of the monotonic clock): the letters tried, the findings by their message."""

    def __init__(self, subject: Examiner, deadline: float) -> None:
        self._subject = subject
        self._deadline = deadline
        self._tried = 0
        self._found: dict[str, Path] = {}

    def try_letter(self, raw: bytes) -> None:
        """What libFuzzer calls. A finding does not end the run; the time does, and with it the process."""
        self._tried += 1
        why = self._objection(raw)
        if why is not None and why not in self._found:
            small = shrunk(raw, lambda candidate: self._objection(candidate) == why, SHRINK_SECONDS)
            self._found[why] = save(small, why)
            print(f"\nFOUND: {why}: {len(small)} bytes in {self._found[why]}", file=sys.stderr)
        if time.monotonic() > self._deadline:
            print(f"{self._tried} letters tried, {len(self._found)} findings", *self._found, sep="\n", file=sys.stderr)
            os._exit(1 if self._found else 0)  # libFuzzer would end with 0 in either case

    def _objection(self, raw: bytes) -> str | None:
        try:
            self._subject.examine(raw)
        except FindingError as finding:
            return str(finding)
        return None


def shrunk(raw: bytes, still: Callable[[bytes], bool], seconds: float) -> bytes:
    """A shorter letter of which `still` holds: pieces are left out, ever smaller ones, as long as there is time."""
    deadline = time.monotonic() + seconds
    size = len(raw) // 2
    while size:
        at = 0
        while at < len(raw):
            if time.monotonic() > deadline:
                return raw
            candidate = raw[:at] + raw[at + size :]
            if still(candidate):
                raw = candidate
            else:
                at += size
        size //= 2
    return raw


def save(raw: bytes, why: str) -> Path:
    """Keep a finding as a test case, named by what it is."""
    FOUND.mkdir(exist_ok=True)
    name = re.sub(r"\W+", "-", why).strip("-").lower()[:60]
    path = FOUND / f"{name}-{hashlib.sha256(raw).hexdigest()[:8]}.eml"
    path.write_bytes(raw)
    return path


def _mutated(raw: bytes, most: int, seed: int) -> bytes:
    chance = Random(seed)
    # libFuzzer's own mutations know which comparisons the code makes
    return atheris.Mutate(raw, most) if raw and chance.random() < 0.2 else mutate(raw, chance)[:most]


def _crossed(one: bytes, other: bytes, most: int, seed: int) -> bytes:
    return crossed(one, other, Random(seed))[:most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="how long to look")
    options = parser.parse_args()
    CORPUS.mkdir(parents=True, exist_ok=True)
    for seed in FIXTURES.rglob("*.eml"):
        shutil.copy(seed, CORPUS)
    with examiner() as subject:
        hunt = Hunt(subject, time.monotonic() + options.seconds)
        arguments = [
            sys.argv[0], f"-max_len={MOST_BYTES}", "-len_control=0", f"-timeout={HANGS}",
            f"-rss_limit_mb={MOST_MEMORY}", f"-artifact_prefix={CORPUS.parent}/", "-reload=0", str(CORPUS),
        ]  # fmt: skip
        atheris.Setup(
            arguments, hunt.try_letter, custom_mutator=_mutated, custom_crossover=_crossed, internal_libfuzzer=True
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
