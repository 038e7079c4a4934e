"""The key behind the codes: given and long enough, or made once for its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.confirmation_key import kept_key, key_of
from mailbot.errors import ConfigurationError


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.confirmation.key"
    key = kept_key(path)
    assert len(key) == 64
    assert kept_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    kept_key(path)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        kept_key(path)


def test_a_short_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(ConfigurationError, match="has 5 characters: give at least 32") as error:
        key_of("hasta")
    assert "hasta" not in str(error.value)


def test_a_key_that_cannot_be_written_says_so_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        kept_key(tmp_path / "nowhere" / "key")
