"""The Authentication-Results header field (RFC 8601): who wrote it, and what came out of each method.

A server repeats in it what the sender chose: the envelope's local part, a domain, a selector. So whatever does not
follow the grammar gives no result, rather than one that the sender may have smuggled in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 20_000  # characters; nothing is read of a longer field


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: `dkim`, `spf` or `dmarc`, what came out, and the domain it speaks of (both lower case)."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True, slots=True)
class Results:
    """One header field: the authserv-id that claims to have written it (None where it names none), and its results."""

    server: str | None
    found: tuple[Result, ...]


def read_results(value: str) -> Results:
    """Read one Authentication-Results field, unfolded; no server and no results where it breaks the grammar."""
    statements = _statements(value)
    if not statements or not _is_authserv(statements[0]):
        return Results(None, ())
    return Results(statements[0][0].strip('"').lower(), _results(statements[1:]))


def read_anonymous_results(value: str) -> Results:
    """Read a field as Exchange Online writes it, whose first statement is a result: it names no authserv-id.

    A field that does name one is another server's and gives nothing.
    """
    statements = _statements(value)
    anonymous = statements and "=" in statements[0][0]
    return Results(None, _results(statements) if anonymous else ())


def read_arc_results(value: str) -> Results:
    """Read an ARC-Authentication-Results field (RFC 8617 section 4.1.1): the same behind an instance number."""
    instance, semicolon, rest = value.partition(";")
    is_instance = re.fullmatch(r"\s*i\s*=\s*\d{1,2}\s*", instance)
    return read_results(rest) if is_instance and semicolon else Results(None, ())


def _is_authserv(head: Sequence[str]) -> bool:
    """`authserv-id [version]`, of which only version 1 is known (RFC 8601 section 2.2)."""
    return "=" not in head[0] and head[0].isascii() and list(head[1:]) in ([], ["1"])


_PROPERTIES = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.helo"),
    "dmarc": ("header.from",),
}


def _results(statements: Sequence[Sequence[str]]) -> tuple[Result, ...]:
    return tuple(result for words in statements if (result := _result(words)))


def _result(words: Sequence[str]) -> Result | None:
    """`method=result property=value …`; a bare word among them was never written by the grammar."""
    pairs = [(name.lower(), value.strip('"')) for name, equals, value in (w.partition("=") for w in words) if equals]
    if len(pairs) != len(words):
        return None
    method, _, version = pairs[0][0].partition("/")
    if method not in _PROPERTIES or version not in ("", "1"):
        return None
    properties = dict(reversed(pairs[1:]))
    value = next((properties[name] for name in _PROPERTIES[method] if properties.get(name)), "")
    return Result(method, pairs[0][1].lower(), value.rpartition("@")[2].lower())


def _statements(value: str) -> list[list[str]]:
    """The words of each statement between semicolons; none at all where the field breaks off within quotes."""
    bare = _without_comments(value) if len(value) <= _LONGEST else None
    statements = re.findall(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+', bare) if bare is not None else []
    return [words for statement in statements if (words := _words(statement))]


def _words(statement: str) -> list[str]:
    """`name=value` pairs and bare words; blanks around the equals sign are allowed (RFC 8601 section 2.2)."""
    tight = re.sub(r'("(?:[^"\\]|\\.)*")| ?([=/]) ?', lambda found: found[1] or found[2], statement.strip())
    return re.findall(r'(?:[^ "]|"(?:[^"\\]|\\.)*")+', tight)


def _without_comments(value: str) -> str | None:
    """The field with one blank for every comment (nested ones too) and run of white space (RFC 5322 section 3.2.2).

    Quoted strings are left as they are. None where a comment or a quoted string is never closed: nobody can tell where
    it was meant to end.
    """
    kept: list[str] = []
    depth = 0
    quoted = escaped = False
    for character in value:
        blank = depth > 0 or (not quoted and (character.isspace() or character == "("))
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
        elif character == '"' and not depth:
            quoted = True
        if not blank:
            kept.append(character)
        elif kept[-1:] != [" "]:
            kept.append(" ")
    return None if quoted or depth else "".join(kept)
