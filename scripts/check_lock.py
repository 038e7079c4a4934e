"""Checks, offline, that what is installed is what requirements.lock says: `python scripts/check_lock.py [LOCK]`.

Every pin must carry a hash (so that `pip install --require-hashes` took nothing else), and every installed distribution
must have its pinned version. Whether a version has known vulnerabilities is not looked at: no database is asked.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;]+)(?P<rest>.*)")
_HASH = re.compile(r"\s--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_UNPINNED = {"mailbot", "pip"}  # what is being checked, and what installed it

Pins = Mapping[str, frozenset[str]]


def read_lock(text: str) -> tuple[Pins, list[str]]:
    """The pinned versions by normalised name (several for several platforms), and what is wrong with the pins."""
    versions: dict[str, set[str]] = defaultdict(set)
    problems = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pin = _PIN.fullmatch(line)
        if pin is None:
            problems.append(f"this is no pin of one version: {line.strip()[:80]}")
            continue
        versions[_normalised(pin["name"])].add(pin["version"])
        if not _HASH.search(pin["rest"]):
            problems.append(f"{pin['name']}=={pin['version']} has no hash")
    return {name: frozenset(found) for name, found in versions.items()}, problems


def deviations(pins: Pins, installed: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is installed, as names and versions, in another version than pinned, or without a pin."""
    for name, version in sorted(installed):
        pinned = pins.get(_normalised(name))
        if _normalised(name) in _UNPINNED:
            continue
        if pinned is None:
            yield f"{name} {version} is installed, but not pinned"
        elif version not in pinned:
            yield f"{name} {version} is installed, but {' or '.join(sorted(pinned))} is pinned"


def _normalised(name: str) -> str:
    """One spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(lock: Path) -> int:
    """Print what is wrong, a line each; 1 where something is."""
    pins, problems = read_lock(lock.read_text("utf-8"))
    installed = {(one.metadata["Name"], one.version) for one in distributions()}
    problems += deviations(pins, installed)
    for problem in problems:
        sys.stderr.write(f"{lock}: {problem}\n")
    if problems:
        sys.stderr.write("run make lock after a change of pyproject.toml, and rm -rf .venv for a fresh installation\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "requirements.lock")))
