"""One way to write an e-mail address, so that two spellings of the same one compare equal (contract rule 8)."""

from __future__ import annotations

import re

import idna

_LOCAL_PART = re.compile(r'[^\s\x00-\x1f\x7f@<>()\[\],;:\\"]+|"[^\x00-\x1f\x7f"\\]*"')
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def normalise_address(text: str) -> str | None:
    """Return `local@domain` with the local part case-folded and the domain case-folded and in IDNA (A-label) form.

    Nothing else is forgiven: no dots dropped, no `+tag` cut, no comment removed. None where `text` is not one bare
    address. Source of the rule: contract section 5, rule 8; of the form: RFC 5321 section 4.1.2, RFC 6531 and RFC 5891.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or len(local) > 64:
        return None
    ascii_domain = _ascii_domain(domain)
    return None if ascii_domain is None else f"{local.casefold()}@{ascii_domain}"


def _ascii_domain(domain: str) -> str | None:
    """The domain in lower-case A-labels, or None where it is no host name."""
    folded = domain.casefold()
    if not folded.isascii():
        try:
            folded = idna.encode(folded, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = folded.split(".")
    if len(folded) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return folded
