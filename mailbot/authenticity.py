"""Whether a letter provably comes from the domain in its From header (contract section 4, `authentication`).

Only the topmost Authentication-Results header (RFC 8601) is read, and only if a trusted server wrote it: headers below
it, and those of other hosts, travelled with the letter and could have been written by anyone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from publicsuffixlist import PublicSuffixList

from mailbot.address import normalise_address
from mailbot.terms import Evidence, Verdict

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Authentication:
    """The verdict and the header it rests on."""

    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result: `dkim`, `spf` or `dmarc`, what came out, and the domain it speaks of."""

    method: str
    result: str
    domain: str


def authenticate(from_address: str | None, results: Sequence[str], trusted: frozenset[str]) -> Authentication:
    """The verdict for the domain of `from_address`; `results` are the Authentication-Results fields, topmost first."""
    if not results or from_address is None:
        return Authentication(Verdict.NONE)
    topmost = results[0][:_LONGEST]
    evidence = (Evidence("authentication", "headers", f"Authentication-Results: {topmost[:400]}"),)
    server, found = _parsed(topmost)
    if server is None or server.casefold() not in trusted:
        return Authentication(Verdict.NONE, evidence)
    return Authentication(_verdict(from_address.rpartition("@")[2], found), evidence)


def _verdict(domain: str, found: Sequence[_Result]) -> Verdict:
    """DMARC's word first, in either direction; without it an aligned pass, then an aligned fail."""
    dmarc = [r.result for r in found if r.method == "dmarc" and (not r.domain or aligned(r.domain, domain))]
    if "fail" in dmarc:
        return Verdict.FAIL
    if "pass" in dmarc:
        return Verdict.PASS
    near = [r.result for r in found if r.method in ("dkim", "spf") and r.domain and aligned(r.domain, domain)]
    if "pass" in near:
        return Verdict.PASS
    return Verdict.FAIL if "fail" in near else Verdict.NONE


def aligned(one: str, other: str) -> bool:
    """Relaxed alignment (RFC 7489 section 3.1): the same organisational domain by the public suffix list."""
    return organisational_domain(one) == organisational_domain(other) != ""


@lru_cache(maxsize=4096)
def organisational_domain(domain: str) -> str:
    """The registrable part of a domain (RFC 7489 section 3.2); the domain itself where it has none."""
    normal = normalise_address(f"x@{domain.strip().rstrip('.')}")
    name = normal.partition("@")[2] if normal else ""
    return str(_suffixes().privatesuffix(name) or name)


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    return PublicSuffixList()


def _parsed(value: str) -> tuple[str | None, list[_Result]]:
    """The authserv-id and the results of one header field; (None, []) where it does not follow RFC 8601."""
    statements = [_words(statement) for statement in _split(_without_comments(value))]
    if not statements or not statements[0]:
        return None, []
    head = statements[0]
    if "=" in head[0] or len(head) > 2 or (len(head) == 2 and not head[1].isdigit()):
        return None, []
    return head[0].strip('"'), [result for words in statements[1:] if (result := _result(words))]


_PROPERTIES = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.helo"),
    "dmarc": ("header.from",),
}


def _result(words: Sequence[str]) -> _Result | None:
    pairs = [
        (name.strip().lower(), value.strip().strip('"'))
        for name, equals, value in (w.partition("=") for w in words)
        if equals
    ]
    if not pairs:
        return None
    method = pairs[0][0].partition("/")[0].strip()
    if method not in _PROPERTIES:
        return None
    properties = dict(reversed(pairs[1:]))
    value = next((properties[name] for name in _PROPERTIES[method] if properties.get(name)), "")
    return _Result(method, pairs[0][1].lower(), value.rpartition("@")[2].lower())


def _without_comments(value: str) -> str:
    """The field without its (nested) comments; quoted strings keep their brackets (RFC 5322 section 3.2.2)."""
    kept: list[str] = []
    depth = 0
    quoted = escaped = False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            kept.append(" ")
            continue
        elif character == '"' and not depth:
            quoted = True
        if not depth:
            kept.append(character)
    return "".join(kept)


def _split(value: str) -> list[str]:
    """The statements between semicolons outside quotes."""
    return re.findall(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+', value)


def _words(statement: str) -> list[str]:
    """`name=value` pairs and bare words; blanks around the equals sign are allowed (RFC 8601 section 2.2)."""
    tight = re.sub(r"\s*=\s*", "=", re.sub(r"\s*/\s*", "/", statement.strip()))
    return re.findall(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+', tight)
