"""The offline check of what is installed against requirements.lock (make check)."""

from __future__ import annotations

import pytest

from scripts.check_lock import deviations, read_lock

HASH = "--hash=sha256:" + "0" * 64
LOCK = f"""\
# a comment
jinja2==3.1.6 \\
    {HASH} \\
    {HASH}
psycopg[binary]==3.3.2 ; python_version < '4' \\
    {HASH}
typing-extensions==4.1 ; sys_platform == 'win32' {HASH}
typing-extensions==4.2 ; sys_platform != 'win32' {HASH}
"""


def test_every_pin_is_read_with_its_versions() -> None:
    assert read_lock(LOCK) == (
        {
            "jinja2": frozenset({"3.1.6"}),
            "psycopg": frozenset({"3.3.2"}),
            "typing-extensions": frozenset({"4.1", "4.2"}),
        },
        [],
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("jinja2==3.1.6", "jinja2==3.1.6 has no hash"),
        ("jinja2==3.1.6 --hash=md5:00", "jinja2==3.1.6 has no hash"),
        ("jinja2>=3 " + HASH, "this is no pin"),
        ("-e .", "this is no pin"),
    ],
)
def test_what_is_no_pin_with_a_hash_is_named(line: str, problem: str) -> None:
    (found,) = read_lock(line)[1]
    assert found.startswith(problem)


def test_other_versions_and_unpinned_distributions_are_named() -> None:
    pins, _ = read_lock(LOCK)
    installed = [("Jinja2", "3.1.5"), ("typing_extensions", "4.2"), ("surprise", "1"), ("pip", "23"), ("mailbot", "0")]
    assert list(deviations(pins, installed)) == [
        "Jinja2 3.1.5 is installed, but 3.1.6 is pinned",
        "surprise 1 is installed, but not pinned",
    ]
