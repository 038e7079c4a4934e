"""Whether a letter provably comes from the domain in its From header (contract section 4, `authentication`).

Three witnesses are heard, each only where the one before has nothing to say: the topmost Authentication-Results header,
if a trusted server wrote it; a DKIM signature of that domain, which mailbot verifies itself; and a forwarder whose ARC
seal the configuration trusts. Headers below the topmost, and those of other hosts, travelled with the letter and could
have been written by anyone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from publicsuffixlist import PublicSuffixList

from mailbot.address import normalise_address
from mailbot.arc import Chain, check_chain, read_chain
from mailbot.canonical import Field, Signable, signable
from mailbot.dkim import RefusedError, Signature, check_signature, read_signature, read_tags
from mailbot.results import Result, read_anonymous_results, read_arc_results, read_results
from mailbot.terms import Evidence, Verdict

_FIELD = "authentication"
_KEY_FIELD = "dkim_key"
_MOST_SIGNATURES = 20  # DKIM-Signature fields looked at
_MOST_ALIGNED = 4  # of those, signatures of the From domain whose keys are asked for

KeyRecords = Callable[[str], str | None]  # the TXT record at a DNS name, None where there is none to be had


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word counts. Hosts and domains are in lower case.

    `servers` are the authserv-ids of trusted servers; with `exchange_online` the topmost header counts too where it
    names no authserv-id, as Exchange Online writes it. With `verify_dkim` mailbot verifies signatures itself.
    `arc_sealers` are the domains whose ARC seal is believed.
    """

    servers: frozenset[str] = frozenset()
    exchange_online: bool = False
    verify_dkim: bool = False
    arc_sealers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Authentication:
    """The verdict, and the headers and keys it rests on."""

    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()


def authenticate(
    from_address: str | None,
    results: Sequence[str],
    trust: Trust,
    raw: bytes | None,
    keys: KeyRecords,
    at: datetime,
) -> Authentication:
    """The verdict for the domain of `from_address` (None: no single sender).

    `results` are the Authentication-Results fields, topmost first; `raw` the whole message, None where only its headers
    are known, which no signature can be checked by; `at` the moment it was received.
    """
    if from_address is None:
        return Authentication(Verdict.NONE)
    domain = _domain_of(from_address)
    reported = _reported(domain, results, trust)
    message = _to_verify(reported, trust, raw)
    if message is None:
        return reported
    evidence = list(reported.evidence)
    for witness in (_signatures(message, domain, trust, keys, at), _forwarders(message, domain, trust, keys, at)):
        for heard in witness:
            evidence.extend(heard.evidence)
            if heard.verdict is not Verdict.NONE:
                return Authentication(heard.verdict, tuple(evidence))
    return Authentication(Verdict.NONE, tuple(evidence))


def wanted_keys(from_address: str | None, results: Sequence[str], trust: Trust, raw: bytes) -> tuple[str, ...]:
    """The DNS names of the key records that `authenticate` will ask for; none where a trusted header says enough."""
    if from_address is None:
        return ()
    domain = _domain_of(from_address)
    message = _to_verify(_reported(domain, results, trust), trust, raw)
    if message is None:
        return ()
    signatures = [found for _, found in _aligned(message, domain, trust) if isinstance(found, Signature)]
    try:
        chain = _trusted_chain(message, trust)
    except RefusedError:
        chain = None
    names = (*(signature.record_name for signature in signatures), *(chain.record_names if chain else ()))
    return tuple(dict.fromkeys(names))


def key_records(evidence: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The key records by DNS name that a verdict rested on, from its evidence as contract section 4 writes it.

    Keys are withdrawn from DNS in time; with these a letter comes to the same verdict years later.
    """
    return {str(one["part"]).removeprefix("dns:"): str(one["text"]) for one in evidence if one["field"] == _KEY_FIELD}


def _reported(domain: str, results: Sequence[str], trust: Trust) -> Authentication:
    """What the topmost Authentication-Results header says, if a trusted server wrote it."""
    if not results:
        return Authentication(Verdict.NONE)
    evidence = (Evidence(_FIELD, "headers", f"Authentication-Results: {results[0][:400]}"),)
    named = read_results(results[0])
    found = named.found if named.server in trust.servers else ()
    if named.server is None and trust.exchange_online:
        found = read_anonymous_results(results[0]).found
    return Authentication(_verdict(domain, found), evidence)


def _verdict(domain: str, found: Sequence[Result]) -> Verdict:
    """DMARC's word first, in either direction; without it an aligned pass, then an aligned fail."""
    dmarc = {r.result for r in found if r.method == "dmarc" and (not r.domain or aligned(r.domain, domain))}
    if "fail" in dmarc:
        return Verdict.FAIL
    if "pass" in dmarc:
        # A server says one thing of DMARC: where two things stand, the sender may have smuggled one in
        return Verdict.PASS if dmarc == {"pass"} else Verdict.NONE
    near = [r.result for r in found if r.method in ("dkim", "spf") and r.domain and aligned(r.domain, domain)]
    if "pass" in near:
        return Verdict.PASS
    return Verdict.FAIL if "fail" in near else Verdict.NONE


def _to_verify(reported: Authentication, trust: Trust, raw: bytes | None) -> Signable | None:
    """The message taken apart, where mailbot is to look at its signatures itself."""
    if reported.verdict is not Verdict.NONE or raw is None or not (trust.verify_dkim or trust.arc_sealers):
        return None
    return signable(raw)


def _signatures(
    message: Signable, domain: str, trust: Trust, keys: KeyRecords, at: datetime
) -> Iterator[Authentication]:
    """What each DKIM signature of the From domain proves. One that does not hold proves nothing (RFC 6376 6.1)."""
    for name, found in _aligned(message, domain, trust):
        if isinstance(found, RefusedError):
            yield _heard(Verdict.NONE, f"{name}: {found}")
            continue
        record = keys(found.record_name)
        evidence = _key_evidence({found.record_name: record})
        try:
            check_signature(message, found, record, at)
        except RefusedError as why:
            yield _heard(Verdict.NONE, f"{name}: {why}", evidence)
        else:
            yield _heard(Verdict.PASS, f"{name}: verified", evidence)


def _aligned(message: Signable, domain: str, trust: Trust) -> Iterator[tuple[str, Signature | RefusedError]]:
    """The first few DKIM signatures of the From domain's organisation under the name to show them by."""
    if not trust.verify_dkim:
        return
    left = _MOST_ALIGNED
    for field in message.all("dkim-signature")[:_MOST_SIGNATURES]:
        try:
            tags = read_tags(field)
        except RefusedError:
            continue  # nobody can tell whose it is
        if left and aligned(tags.get("d", ""), domain):
            left -= 1
            yield f"DKIM-Signature d={tags['d']} s={tags.get('s', '')}"[:200], _read(field, tags)


def _read(field: Field, tags: Mapping[str, str]) -> Signature | RefusedError:
    try:
        return read_signature(field, tags)
    except RefusedError as why:
        return why


def _forwarders(
    message: Signable, domain: str, trust: Trust, keys: KeyRecords, at: datetime
) -> Iterator[Authentication]:
    """What the newest forwarder saw, if its seal is trusted and the chain validates."""
    try:
        chain = _trusted_chain(message, trust)
    except RefusedError as why:
        yield _heard(Verdict.NONE, f"ARC chain: {why}")
        return
    if chain is None:
        return
    records = {name: keys(name) for name in chain.record_names}
    name = f"ARC chain sealed by {chain.sealer}"
    try:
        check_chain(message, chain, records.get, at)
    except RefusedError as why:
        yield _heard(Verdict.NONE, f"{name}: {why}", _key_evidence(records))
    else:
        verdict = _verdict(domain, read_arc_results(chain.results).found)
        yield _heard(verdict, f"{name}: {chain.results[:400]}", _key_evidence(records))


def _trusted_chain(message: Signable, trust: Trust) -> Chain | None:
    chain = read_chain(message) if trust.arc_sealers else None
    return chain if chain and chain.sealer in trust.arc_sealers else None


def _heard(verdict: Verdict, said: str, evidence: tuple[Evidence, ...] = ()) -> Authentication:
    return Authentication(verdict, (Evidence(_FIELD, "headers", said), *evidence))


def _key_evidence(records: Mapping[str, str | None]) -> tuple[Evidence, ...]:
    return tuple(Evidence(_KEY_FIELD, f"dns:{name}", record) for name, record in records.items() if record is not None)


def _domain_of(address: str) -> str:
    return address.rpartition("@")[2]


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
