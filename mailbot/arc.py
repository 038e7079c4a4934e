"""The Authenticated Received Chain (RFC 8617): what a forwarder saw before it passed a letter on.

Anyone can build a chain that validates, so its word counts only if the newest sealer is one the configuration names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailbot.canonical import Field, Signable
from mailbot.dkim import (
    RefusedError,
    Signature,
    check_signature,
    check_value,
    read_key,
    read_message_signature,
    read_seal,
    read_tags,
)

_MOST = 10  # sets in a chain; the RFC allows fifty, letters pass two or three


@dataclass(frozen=True, slots=True)
class _Set:
    """What one forwarder added: what it saw, its signature of the letter, and its seal on all sets so far."""

    results: Field
    signature: Signature
    seal: Signature


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that is complete in form, oldest set first; nothing is proven of it yet."""

    sets: tuple[_Set, ...]

    @property
    def sealer(self) -> str:
        """The domain of the newest seal."""
        return self.sets[-1].seal.domain

    @property
    def record_names(self) -> tuple[str, ...]:
        """Where the keys are in DNS that its validation takes."""
        return tuple(dict.fromkeys((self.sets[-1].signature.record_name, *(s.seal.record_name for s in self.sets))))

    @property
    def results(self) -> str:
        """The newest ARC-Authentication-Results, unfolded."""
        return " ".join(self.sets[-1].results.value.decode("utf-8", "replace").split())


def read_chain(message: Signable) -> Chain | None:
    """The chain of a message, None where it has none; raises RefusedError for one that cannot validate."""
    results, signatures, seals = (
        _by_instance(message.all(name)) for name in ("arc-authentication-results", "arc-message-signature", "arc-seal")
    )
    if not seals:
        return None
    instances = list(range(1, len(seals) + 1))
    if len(seals) > _MOST or any(sorted(found) != instances for found in (results, signatures, seals)):
        raise RefusedError("a set of it is incomplete")
    return Chain(tuple(_read_set(results[i], signatures[i], seals[i], i) for i in instances))


def _read_set(results: Field, signature: Field, seal: Field, instance: int) -> _Set:
    tags = read_tags(seal)
    if tags.get("cv") != ("none" if instance == 1 else "pass"):
        raise RefusedError(f"sealer {instance} found the chain before it broken")
    signature_tags = read_tags(signature)
    if "arc-seal" in signature_tags.get("h", "").lower().split(":"):
        raise RefusedError(f"signature {instance} covers a seal")
    return _Set(results, read_message_signature(signature, signature_tags), read_seal(seal, tags))


_INSTANCE = re.compile(rb"(?:^|;)\s*i\s*=\s*([0-9]{1,2})\s*(?:;|$)")


def _by_instance(fields: list[Field]) -> dict[int, Field]:
    found: dict[int, Field] = {}
    for field in fields[: 3 * _MOST]:
        instance = _INSTANCE.search(field.value[:2000])
        if instance is None or int(instance[1]) in found:
            raise RefusedError("its sets are not numbered as they should be")
        found[int(instance[1])] = field
    return found


def check_chain(message: Signable, chain: Chain, record: Callable[[str], str | None], at: datetime) -> None:
    """Validate the chain as of the moment `at` (RFC 8617 section 5.2); raises RefusedError where it does not hold.

    Of the signatures of the letter only the newest must hold: forwarders may have changed it before.
    """
    newest = chain.sets[-1].signature
    check_signature(message, newest, record(newest.record_name), at)
    for number, one in enumerate(chain.sets, 1):
        key = read_key(record(one.seal.record_name), one.seal)
        check_value(one.seal, key, _sealed(chain.sets[:number]))


def _sealed(sets: tuple[_Set, ...]) -> list[bytes]:
    """What the newest seal of `sets` covers: every set in order, but for the seal itself (RFC 8617 section 5.1.1)."""
    fields = [field for one in sets for field in (one.results, one.signature.field, one.seal.field)]
    return [field.relaxed() for field in fields[:-1]]
