"""Secrets that are handed out once and kept as a hash, and passwords that people choose."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from mailbot.errors import MailbotError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12  # characters
LONGEST = 1000  # characters: what nobody types only costs time
# One hash takes 64 MiB: a crowd at the door must not take the memory that letters need.
_ROOM = threading.BoundedSemaphore(2)


class PasswordError(MailbotError):
    """The password cannot be used; the message says why and never quotes it."""


def new_secret() -> str:
    """256 random bits that may stand in a URL, a cookie or a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 (hex)."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(session: str) -> str:
    """The token that a session's forms carry; whoever does not know the session cannot tell it."""
    return digest(f"csrf {session}")


def hash_password(password: str) -> str:
    """The argon2id hash of a new password; raises PasswordError for one that is too short, and for nothing else."""
    composed = _acceptable(password)
    with _ROOM:
        return _hasher().hash(composed)


def chosen_password(password: str, again: str) -> str:
    """A new password that was typed twice; raises PasswordError where the two differ, or nobody may have it."""
    if password != again:
        raise PasswordError("The two passwords differ: type the same one twice.")
    _acceptable(password)
    return password


def _acceptable(password: str) -> str:
    """The password as it is hashed; raises PasswordError for one that is too short or too long."""
    composed = _composed(password)
    if len(composed) < SHORTEST:
        raise PasswordError(f"The password is too short: take at least {SHORTEST} characters, a sentence for example.")
    if max(len(password), len(composed)) > LONGEST:
        raise PasswordError(f"The password is too long: take at most {LONGEST} characters.")
    return composed


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash was kept; as much work where there is none (None)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _ROOM:
        try:
            return _hasher().verify(kept or _nobodys(), _composed(password[: LONGEST + 1])) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def _composed(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _hasher().hash(new_secret())
