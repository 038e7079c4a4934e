"""Checkpoints: the end of the audit log, signed (Ed25519, RFC 8032), so that an auditor can trust an export offline.

A checkpoint is itself an entry, `audit:checkpoint`, and vouches for all entries before it. Its signature is over the
bytes `mailbot audit checkpoint v1`, a line feed, and the canonical JSON of {at, hash, seq}: the number and the hash of
the entry right before, and the moment. Keys are PEM files (PKCS #8, RFC 8410), so that any other program, OpenSSL
too, can check one. Only the private key can make one: who rewrites the database cannot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy import Connection

from mailbot import audit
from mailbot.audit import Entry, Head

ACTION = "audit:checkpoint"
_PURPOSE = b"mailbot audit checkpoint v1\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head: `at` is ISO 8601, `key` the id of the signing key, `signature` is in hexadecimal digits."""

    seq: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def head(self) -> Head:
        """The end of the chain that is vouched for."""
        return Head(self.seq, self.hash)

    def as_json(self) -> dict[str, object]:
        """The object that stands in the log and in files."""
        return asdict(self)


def read_checkpoint(found: object) -> Checkpoint | None:
    """The checkpoint that a JSON value says, None where it says none."""
    match found:
        case {"seq": int(seq), "hash": str(digest), "at": str(at), "key": str(key), "signature": str(signature)}:
            return Checkpoint(seq, digest, at, key, signature)
        case _:
            return None


def make_keys() -> tuple[bytes, bytes]:
    """A new key pair: the private key and the public key, as PEM."""
    private = Ed25519PrivateKey.generate()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """The private key of a PEM file without a passphrase; raises ValueError for anything else."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("this is no private key in PEM form without a passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("this is a private key of another kind than Ed25519")
    return key


def public_key(pem: bytes) -> Ed25519PublicKey:
    """The public key of a PEM file; raises ValueError for anything else."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("this is no public key in PEM form") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("this is a public key of another kind than Ed25519")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """What a key is called in the log: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def sign(head: Head, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    """The checkpoint of a head at a moment."""
    moment = at.astimezone(UTC).isoformat()
    signature = key.sign(_signed(head.seq, head.hash, moment))
    return Checkpoint(head.seq, head.hash, moment, key_id(key.public_key()), signature.hex())


def append_checkpoint(connection: Connection, key: Ed25519PrivateKey, now: datetime) -> Checkpoint | None:
    """Sign the end of the log, in the caller's transaction; None where nothing came since the last checkpoint.

    A checkpoint by another key is news too: after a change of keys the new one vouches for all there is.
    """
    last = audit.last_entry(connection)
    if last is None:
        return None
    signed = read_checkpoint(last["data"]) if last["action"] == ACTION else None
    if signed is not None and signed.key == key_id(key.public_key()):
        return None
    made = sign(Head(last["seq"], last["hash"]), now, key)
    audit.append(connection, at=now, action=ACTION, subject=made.key, actor="mailbot", data=made.as_json())
    return made


class Signatures:
    """Looks at the checkpoints of a log as its entries go by, and remembers the last one."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys: Mapping[str, Ed25519PublicKey] = {key_id(key): key for key in keys}
        self.last: Checkpoint | None = None
        self.unsigned = 0  # entries since then

    def check(self, entry: Entry) -> str | None:
        """What is wrong with an entry that calls itself a checkpoint, None where nothing is or it is another."""
        if entry["action"] != ACTION:
            self.unsigned += 1
            return None
        found = read_checkpoint(entry["data"])
        if found is None or found.head != Head(entry["seq"] - 1, entry["previous"]):
            return "is a checkpoint that does not vouch for the entry before it"
        fault = self.fault(found)
        if fault is None:
            self.last, self.unsigned = found, 0
        return fault

    def fault(self, checkpoint: Checkpoint) -> str | None:
        """What is wrong with a checkpoint's signature, None where one of the keys made it."""
        key = self._keys.get(checkpoint.key)
        if key is None:
            return f"is a checkpoint of the key {checkpoint.key}, which was not given: add its public key with --key"
        try:
            key.verify(bytes.fromhex(checkpoint.signature), _signed(checkpoint.seq, checkpoint.hash, checkpoint.at))
        except (InvalidSignature, ValueError):
            return f"is a checkpoint that the key {checkpoint.key} did not sign"
        return None


def _signed(seq: int, digest: str, at: str) -> bytes:
    statement: dict[str, Any] = {"seq": seq, "hash": digest, "at": at}
    return _PURPOSE + audit.canonical(statement)
