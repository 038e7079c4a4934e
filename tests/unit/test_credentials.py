"""Passwords and secrets: what is kept of them, and what is not."""

from __future__ import annotations

import pytest

from mailbot.web.credentials import PasswordError, csrf_token, digest, hash_password, is_password, new_secret

SENTENCE = "correct horse battery"


def test_a_password_is_known_again_however_a_keyboard_composes_it() -> None:
    kept = hash_password("Zoë's long password")
    assert kept.startswith("$argon2id$")
    assert is_password("Zoe\u0308's long password", kept)
    assert not is_password("Zoe's long password", kept)
    assert SENTENCE not in hash_password(SENTENCE)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1001, "ﷺ" * 60])
def test_a_password_has_12_to_1000_characters_and_the_refusal_does_not_quote_it(password: str) -> None:
    with pytest.raises(PasswordError) as caught:
        hash_password(password)
    assert not password or password not in str(caught.value)


@pytest.mark.parametrize("password", [SENTENCE, "", "\ud800", "\0", "x" * 100_000])
def test_where_nobody_is_no_password_is_right(password: str) -> None:
    assert not is_password(password, None)
    assert not is_password(password, "no hash at all")


def test_secrets_differ_and_neither_hash_nor_token_gives_them_away() -> None:
    secret = new_secret()
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(secret) >= 43
    assert digest(secret) != csrf_token(secret)
    assert secret not in digest(secret) + csrf_token(secret)
