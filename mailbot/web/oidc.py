"""Signing in with the organisation's account: OpenID Connect, the code flow with PKCE, state and nonce.

All that is kept of a browser on its way is one random secret in its cookie, from which state, nonce and PKCE verifier
are derived: an answer that was not asked for by this browser fits none of them.
"""

from __future__ import annotations

import hmac
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mailbot.errors import MailbotError
from mailbot.logs import fault
from mailbot.secret import secret
from mailbot.sections import OidcSettings
from mailbot.web.credentials import digest

log = structlog.get_logger("mailbot")

BACK = "/sign-in/oidc/back"
# A signature that the client's own secret could make proves nothing, nor does none.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_SECONDS = 10  # to wait for the provider's answer
_LEEWAY = 60  # seconds by which its clock may differ
# Anybody can begin a journey; a provider that hangs must not hold all the threads that requests are served with.
_ROOM = threading.BoundedSemaphore(4)


class ProviderError(MailbotError):
    """The provider cannot be asked, or its answer is not one to be believed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has recognised: its own, unchanging `subject`, and what the configured claims say."""

    issuer: str
    subject: str
    name: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Journey:
    """A browser that is sent to the provider, by the secret in its cookie."""

    secret: str

    @property
    def state(self) -> str:
        """What comes back with the browser."""
        return digest(f"state {self.secret}")

    @property
    def nonce(self) -> str:
        """What the ID token must name."""
        return digest(f"nonce {self.secret}")

    @property
    def verifier(self) -> str:
        """What shows the provider that who fetches the token is who began (RFC 7636)."""
        return digest(f"verifier {self.secret}")

    def fits(self, state: str) -> bool:
        """Whether an answer is to this journey."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


def departure(settings: OidcSettings, site: str, journey: Journey) -> str:
    """The provider's address to send the browser to; `site` is the console's own. Raises ProviderError."""
    with _client(settings, site) as client:
        address, _ = client.create_authorization_url(
            _metadata(client, settings)["authorization_endpoint"],
            state=journey.state,
            code_verifier=journey.verifier,
            nonce=journey.nonce,
        )
        return str(address)


def arrival(settings: OidcSettings, site: str, journey: Journey, code: str, now: datetime) -> Identity:
    """Whom the provider has recognised, by the code it gave the browser. Raises ProviderError."""
    with _client(settings, site) as client:
        metadata = _metadata(client, settings)
        token = client.fetch_token(
            metadata["token_endpoint"], code=code, code_verifier=journey.verifier, grant_type="authorization_code"
        )
        keys = KeySet.import_key_set(_fetch(client, metadata["jwks_uri"]))
        signed = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
            params={
                "nonce": journey.nonce, "client_id": settings.client_id, "access_token": token.get("access_token")
            },
        )  # fmt: skip
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        return _identity(settings, claims)


def _identity(settings: OidcSettings, claims: Mapping[str, Any]) -> Identity:
    subject, name, groups = claims["sub"], claims.get(settings.name_claim), claims.get(settings.groups_claim, ())
    if not isinstance(subject, str) or not subject or not isinstance(name, str):
        raise ProviderError(f"its answer does not say who you are (claim {settings.name_claim})")
    said = [groups] if isinstance(groups, str) else groups
    known = frozenset(group for group in said if isinstance(group, str)) if isinstance(said, list | tuple) else ()
    return Identity(settings.issuer or "", subject, name, frozenset(known))


@contextmanager
def _client(settings: OidcSettings, site: str) -> Iterator[Any]:
    """A client of the provider; what goes wrong with it is said in one line that holds no token."""
    given = secret("OIDC", settings.secret_file, kind="SECRET")
    if not _ROOM.acquire(blocking=False):
        raise ProviderError("too many are signing in at this moment")
    try:
        with OAuth2Client(
            client_id=settings.client_id,
            client_secret=None if given is None else given.get_secret_value(),
            scope=" ".join(settings.scopes),
            redirect_uri=site + BACK,
            code_challenge_method="S256",
            timeout=_SECONDS,
            verify=ssl.create_default_context(cafile=settings.ca_file),
        ) as client:
            yield client
    except OAuthError as error:
        raise ProviderError(f"it refuses ({error.error})") from error
    except (HTTPError, OSError) as error:
        raise ProviderError("it cannot be reached") from error
    except JoseError as error:
        raise ProviderError(f"its answer is not to be believed ({error.error})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # what it sends may have any shape
        log.warning("strange answer from the OIDC provider", error=fault(error))
        raise ProviderError("its answer is not what OpenID Connect says") from error
    finally:
        _ROOM.release()


def _metadata(client: Any, settings: OidcSettings) -> Mapping[str, Any]:
    """What the provider says of itself; its endpoints must be as well guarded as its own address."""
    issuer = settings.issuer or ""
    found: Mapping[str, Any] = _fetch(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found["issuer"] != issuer:
        raise ProviderError("it calls itself otherwise than web.oidc.issuer does")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if issuer.startswith("https://") and not found[name].startswith("https://"):
            raise ProviderError(f"its {name} is not https")
    return found


def _fetch(client: Any, address: str) -> Any:
    response = client.request("GET", address, withhold_token=True)
    response.raise_for_status()
    return response.json()
