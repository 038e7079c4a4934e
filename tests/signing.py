"""Signs letters for tests as real senders and forwarders do, by another implementation than the one under test."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

FIELDS = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"content-transfer-encoding",
)  # fmt: skip
SIGNED_AT = b"1788429600"  # 3 September 2026, 10:00 UTC

# 768 bits: no library makes keys this short any more, so here is one. It was made for these tests and is nobody's.
SHORT_KEY = b"""\
-----BEGIN RSA PRIVATE KEY-----
MIIBywIBAAJhANhYEwwlTI03GzAb+p7kNe9BEl3p4jGI+eds4nYpJct1wfHFv6em
dB3U8BOXLzYyDf6mt35aLYG9/ZJa1aS8KjH9UQnz2v4KTdVF3d8yLi+WsGwHEbEQ
bYZIYA6ih3SRIQIDAQABAmEA0Q/TYEJPBovA/y2ac58uq4SjXhOcnKe0bzoeYXcD
6ehiweOJgFXvEcDrOtM3MVUNwDZm5mU/OtWl+4EMqlb/99f2yMBFkc9lNhEy8MGS
2kOE2HMvSrUZ+GfjP3xv2HlNAjEA7FsyS2bHPz5JPTawD/uCSAIUhGdy7p5uoAMb
Skw+KLuXXoZ/XFmKHUqne0YuPNvvAjEA6lMXS4TdkxwnDA6fATg/sXRsuQCI/PTd
IvSvFPywYdROcm7jRgDIMxzKibN2N5PvAjA9nrEIE22SwWxaty1DnXCj0VcEBexi
5Y81zFmLD0GNYQrfq/T8YKOva00qyGs5lqUCMAjcJ29VkMM1N0y/aMe1BsOA8XN1
T7iw0YO22L/kZg7s5iJxiupksS0tk4LtZDTpxQIxALC2Q/0d7UYTadiIyfGXxmuv
tJ0D2Ol5ZLm8KozSG4jjMLHzd889DW27nicRmCgjvA==
-----END RSA PRIVATE KEY-----
"""
SHORT_RECORD = (
    "v=DKIM1; k=rsa; p="
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANhYEwwlTI03GzAb+p7kNe9BEl3p4jGI+eds4nYpJct1wfHFv6emdB3U8BOXLzYyDf6m"
    "t35aLYG9/ZJa1aS8KjH9UQnz2v4KTdVF3d8yLi+WsGwHEbEQbYZIYA6ih3SRIQIDAQAB"
)


class _Dkim(dkim.DKIM):
    """dkimpy writes only the tags it wants; the tests want others too."""

    stated: Mapping[bytes, bytes] = {}

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object) -> bytes:
        *others, value = fields  # b= comes last
        tags = {**dict(others), **self.stated}
        header: bytes = super().gen_header([*tags.items(), value], *rest)
        return header


@dataclass(frozen=True)
class Signer:
    """A domain that signs: its selector, its private key as dkimpy takes it, and what it publishes in DNS."""

    domain: str
    selector: str
    private: bytes
    record: str
    algorithm: bytes = b"rsa-sha256"

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def records(self) -> dict[str, str]:
        return {self.record_name: self.record}

    def sign(
        self,
        raw: bytes,
        *,
        fields: Sequence[bytes] = FIELDS,
        canonical: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
        length: bool = False,
        **tags: str,
    ) -> bytes:
        """The letter with a DKIM-Signature on top; `tags` are added to it, or take the place of those it has."""
        signer = _Dkim(raw, signature_algorithm=self.algorithm)
        signer.stated = {b"t": SIGNED_AT} | {name.encode(): value.encode() for name, value in tags.items()}
        signature: bytes = signer.sign(
            self.selector.encode(), self.domain.encode(), self.private,
            canonicalize=canonical, include_headers=list(fields), length=length,
        )  # fmt: skip
        return signature + raw

    def seal(self, raw: bytes, server: str) -> bytes:
        """The letter as a forwarder passes it on: with an ARC set on top, its results those of `server`."""
        added: list[bytes] = dkim.arc_sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.private,
            server.encode(),
            include_headers=list(FIELDS),
        )
        assert added, f"there is no Authentication-Results of {server} to seal"
        return b"".join(added) + raw


@cache
def rsa_key(number: int = 1) -> RSAPrivateKey:
    """One of a few keys that all tests share: making them takes a while."""
    return generate_private_key(65537, 2048)


def rsa_signer(domain: str, selector: str = "s1", number: int = 1) -> Signer:
    """A domain with a key of 2048 bits."""
    key = rsa_key(number)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(domain, selector, private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


@cache
def ed25519_signer(domain: str, selector: str = "ed") -> Signer:
    """A domain with an Ed25519 key (RFC 8463)."""
    key = Ed25519PrivateKey.generate()
    private = base64.b64encode(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    public = base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    return Signer(domain, selector, private, f"v=DKIM1; k=ed25519; p={public}", b"ed25519-sha256")


def short_signer(domain: str, selector: str = "short") -> Signer:
    """A domain whose key is too short for today."""
    return Signer(domain, selector, SHORT_KEY, SHORT_RECORD)
