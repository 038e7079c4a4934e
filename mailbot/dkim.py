"""DKIM signatures (RFC 6376, 8301, 8463), checked with key records that somebody else has fetched.

Stricter than the RFC wherever it leaves a choice: a signature counts only if it covers the whole body, every field that
mailbot decides by, and no room is left to add another one. The moment it is checked at is an argument, so that a letter
comes to the same verdict whenever it is read again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mailbot.canonical import Field, Signable, signed_data

SHORTEST_RSA = 1024  # bits (RFC 8301 section 3.2)
_LONGEST_FIELD = 10_000  # bytes
_LONGEST_RECORD = 4_096  # characters; an RSA key of 8192 bits takes 1,400
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_SELECTOR = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,120}[a-z0-9_])?")
# The fields a decision rests on: who writes, what, when, and how the body is to be read
DECISIVE = ("from", "subject", "date", "message-id", "content-type", "content-transfer-encoding")

PublicKey = RSAPublicKey | Ed25519PublicKey


class RefusedError(ValueError):
    """A signature does not count; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as its header field states it; `body_hash` is None and `names` empty for an ARC-Seal."""

    field: Field
    tags: Mapping[str, str]
    algorithm: str
    domain: str
    selector: str
    value: bytes
    names: tuple[str, ...]
    body_hash: bytes | None
    relaxed_header: bool
    relaxed_body: bool

    @property
    def record_name(self) -> str:
        """Where its key is in DNS (RFC 6376 section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def identity(self) -> str:
        """The domain of whom it is signed for (`i=`), which ARC does not know."""
        return self.tags.get("i", "").rpartition("@")[2].lower() if "@" in self.tags.get("i", "") else self.domain


def read_signature(field: Field, tags: Mapping[str, str]) -> Signature:
    """Read a DKIM-Signature field (RFC 6376 section 3.5); raises RefusedError for one that cannot count."""
    if tags.get("v") != "1":
        raise RefusedError("its version is not 1")
    signature = read_message_signature(field, tags)
    if not f".{signature.identity}".endswith(f".{signature.domain}"):
        raise RefusedError("its i= is outside its d=")
    return signature


def read_message_signature(field: Field, tags: Mapping[str, str]) -> Signature:
    """Read what DKIM-Signature and ARC-Message-Signature have in common: a signature of fields and body."""
    if "l" in tags:
        raise RefusedError("its l= leaves the end of the body unsigned")
    if "dns/txt" not in tags.get("q", "dns/txt").split(":"):
        raise RefusedError("its key is not in DNS")
    header, _, body = tags.get("c", "simple").partition("/")
    if {header, body or "simple"} - {"simple", "relaxed"}:
        raise RefusedError("its canonical form is unknown")
    names = tuple(name.lower() for name in tags.get("h", "").split(":"))
    return _signature(field, tags, names, _decoded(tags, "bh"), header == "relaxed", body == "relaxed")


def read_seal(field: Field, tags: Mapping[str, str]) -> Signature:
    """Read an ARC-Seal (RFC 8617 section 4.1.3): it covers the ARC fields alone, always in relaxed form."""
    if "h" in tags:
        raise RefusedError("a seal must not choose what it covers")
    return _signature(field, tags, (), None, True, True)


def _signature(
    field: Field,
    tags: Mapping[str, str],
    names: tuple[str, ...],
    body_hash: bytes | None,
    relaxed_header: bool,
    relaxed_body: bool,
) -> Signature:
    algorithm, domain, selector = tags.get("a", ""), tags.get("d", "").lower(), tags.get("s", "").lower()
    if algorithm not in ("rsa-sha256", "ed25519-sha256"):
        raise RefusedError("its algorithm is not rsa-sha256 or ed25519-sha256")
    if not _DOMAIN.fullmatch(domain) or not _SELECTOR.fullmatch(selector) or len(domain) + len(selector) > 240:
        raise RefusedError("its d= or s= is no domain name")
    value = _decoded(tags, "b")
    return Signature(field, tags, algorithm, domain, selector, value, names, body_hash, relaxed_header, relaxed_body)


def read_tags(field: Field) -> dict[str, str]:
    """The `tag=value` list of a field (RFC 6376 section 3.2), all white space removed; raises RefusedError."""
    if len(field.value) > _LONGEST_FIELD:
        raise RefusedError("it is too long")
    try:
        return _tags(field.value.decode("ascii"))
    except UnicodeDecodeError:
        raise RefusedError("it is not ASCII") from None


def _tags(text: str) -> dict[str, str]:
    text = "".join(text.split())
    specs = text.removesuffix(";").split(";")
    tags = {name: value for name, _, value in (spec.partition("=") for spec in specs)}
    if (
        len(tags) != len(specs)
        or not text.isprintable()
        or not all(re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) for name in tags)
    ):
        raise RefusedError("its tags are malformed or repeated")
    return tags


def _decoded(tags: Mapping[str, str], name: str) -> bytes:
    try:
        return base64.b64decode(tags[name], validate=True)
    except (KeyError, ValueError):
        raise RefusedError(f"its {name}= is missing or not base64") from None


def check_signature(message: Signable, signature: Signature, record: str | None, at: datetime) -> None:
    """Check a signature of the whole message as of the moment `at`; raises RefusedError where it does not hold.

    `record` is the TXT record at `signature.record_name`, None where there is none to be had.
    """
    _check_times(signature.tags, at)
    _check_coverage(message, signature.names)
    key = read_key(record, signature)
    if hashlib.sha256(message.canonical_body(relaxed=signature.relaxed_body)).digest() != signature.body_hash:
        raise RefusedError("the body was changed after signing")
    fields = [field.canonical(relaxed=signature.relaxed_header) for field in message.signed_fields(signature.names)]
    check_value(signature, key, fields)


def check_value(signature: Signature, key: PublicKey, fields: Sequence[bytes]) -> None:
    """Check the signature's value over the canonical `fields` and its own field; raises RefusedError."""
    own = signature.field.without_signature().canonical(relaxed=signature.relaxed_header)
    data = signed_data(fields, own)
    try:
        match key:
            case RSAPublicKey():
                key.verify(signature.value, data, PKCS1v15(), SHA256())
            case Ed25519PublicKey():
                key.verify(signature.value, hashlib.sha256(data).digest())  # RFC 8463 section 3
    except InvalidSignature:
        raise RefusedError("the signed fields were changed, or another key signed them") from None


def _check_times(tags: Mapping[str, str], at: datetime) -> None:
    """`x=` is the last moment the signature holds; where `t=` is later, neither can be true (RFC 6376 section 3.5)."""
    times = [tags[name] for name in ("t", "x") if name in tags]
    if not all(re.fullmatch("[0-9]{1,12}", time) for time in times):
        raise RefusedError("its t= or x= is no time")
    if "x" in tags and (at.timestamp() > int(tags["x"]) or int(tags.get("t", 0)) > int(tags["x"])):
        raise RefusedError("it has expired")


def _check_coverage(message: Signable, names: Sequence[str]) -> None:
    """Every field that mailbot decides by stands there at most once, and signed.

    Large senders (Google) leave Content-Type unsigned. That does no harm where the signed body itself shows how it is
    to be read: it begins and ends with the delimiters of the multipart that the field announces.
    """
    if "from" not in names:
        raise RefusedError("it does not cover From")
    free = ("content-type", "content-transfer-encoding") if _is_evident_multipart(message) else ()
    for name in DECISIVE:
        count = len(message.all(name))
        if count > 1:
            raise RefusedError(f"the letter has several {name} fields")
        if count and name not in names and name not in free:
            raise RefusedError(f"it does not cover {name}")


def _is_evident_multipart(message: Signable) -> bool:
    announced = Message()
    for field in message.all("content-type"):
        announced["Content-Type"] = " ".join(field.value.decode("latin-1").split())
    boundary = announced.get_boundary() if announced.get_content_maintype() == "multipart" else None
    if not boundary:
        return False
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    return message.body.startswith(delimiter + b"\n") and message.body.rstrip().endswith(b"\n" + delimiter + b"--")


def read_key(record: str | None, signature: Signature) -> PublicKey:
    """The public key of a key record (RFC 6376 section 3.6.1), fit for that signature; raises RefusedError."""
    if record is None:
        raise RefusedError("its key is not in DNS, or DNS did not answer")
    if len(record) > _LONGEST_RECORD:
        raise RefusedError("its key record is too long")
    tags = _tags(record)
    flags, kind = tags.get("t", "").split(":"), tags.get("k", "rsa")
    if tags.get("v", "DKIM1") != "DKIM1":
        raise RefusedError("its key record is not of DKIM")
    if "y" in flags:
        raise RefusedError("its key is for testing only")
    if "s" in flags and signature.identity != signature.domain:
        raise RefusedError("its key is not for subdomains")
    if not {"*", "email"} & set(tags.get("s", "*").split(":")) or "sha256" not in tags.get("h", "sha256").split(":"):
        raise RefusedError("its key is for another use")
    if signature.algorithm != f"{kind}-sha256":
        raise RefusedError("its key is of another kind")
    if not tags.get("p"):
        raise RefusedError("its key was revoked")
    return _public_key(kind, _decoded(tags, "p"))


def _public_key(kind: str, data: bytes) -> PublicKey:
    try:
        key = Ed25519PublicKey.from_public_bytes(data) if kind == "ed25519" else load_der_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise RefusedError("its key is damaged, or too short") from None
    if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA:
        raise RefusedError(f"its key is shorter than {SHORTEST_RSA} bits")
    if not isinstance(key, PublicKey):
        raise RefusedError("its key is of another kind")
    return key
