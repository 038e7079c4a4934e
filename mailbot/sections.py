"""What each section of the configuration may say, and what it says where it is silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from mailbot.address import normalise_address
from mailbot.flags import StudyPeriod
from mailbot.places import (
    ImapPlace,
    ListenPlace,
    MaildirPlace,
    NameServer,
    SmtpPlace,
    check_database_url,
    check_network,
    check_site_url,
    is_loopback,
    parse_listen,
    parse_mailbox,
    parse_name_server,
    parse_outgoing,
)
from mailbot.terms import Duration
from mailbot.web.roles import Role


def _address(text: str) -> str:
    if normalise_address(text) is None:
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _mailbox_url(text: str) -> str:
    parse_mailbox(text)
    return text


def _outgoing_url(text: str) -> str:
    parse_outgoing(text)
    return text


def _start(value: object) -> object:
    if isinstance(value, date) or value in ("now", "recent", "all"):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'{value!r} is no start: write "now", "recent", "all" or a date such as 2026-11-01') from None


def _name_server(text: str) -> str:
    parse_name_server(text)
    return text


def _issuer(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return url
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"{url!r} is no issuer: write its https:// address, as its tokens name it")
    return url


def _listen(text: str) -> str:
    parse_listen(text)
    return text


Address = Annotated[str, AfterValidator(_address)]
Start = Annotated[Literal["now", "recent", "all"] | date, BeforeValidator(_start)]
LowerCase = Annotated[str, AfterValidator(str.lower)]
# it also stands in the name of an environment variable
SectionName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
NonEmpty = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(strict=True, gt=0)]


class Section(BaseModel):
    """One table of the configuration: nothing unknown in it, and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(check_database_url)]
    password_file: Path | None = None
    busy_seconds: Positive = 30


class MailboxSettings(Section):
    """Where letters arrive, from when on they are read, and where they are filed."""

    url: Annotated[str, AfterValidator(_mailbox_url)]
    address: Address
    password_file: Path | None = None
    start: Start = "recent"
    ca_file: Path | None = None
    starttls: StrictBool | None = None
    filing: StrictBool = True
    done_folder: NonEmpty = "mailbot/done"
    review_folder: NonEmpty = "mailbot/review"
    timeout_seconds: Positive = 60
    idle: StrictBool = True
    idle_renew_seconds: Annotated[float, Field(strict=True, gt=0, lt=1740)] = 540  # RFC 2177: under 29 minutes

    @property
    def place(self) -> ImapPlace | MaildirPlace:
        """The parsed `url`."""
        return parse_mailbox(self.url)


class OutgoingSettings(Section):
    """How mail leaves."""

    url: Annotated[str, AfterValidator(_outgoing_url)]
    user: str | None = None
    password_file: Path | None = None
    from_name: str = "ITU Telecommunication Standardization Bureau"
    from_address: Address | None = None
    ca_file: Path | None = None
    timeout_seconds: Positive = 60
    retry_seconds: Positive = 1
    retry_cap_seconds: Positive = 3600
    give_up_hours: Positive = 120

    @property
    def place(self) -> SmtpPlace | MaildirPlace:
        """The parsed `url`; the user of the `user` key wins over the URL's."""
        place = parse_outgoing(self.url)
        return place.as_user(self.user) if isinstance(place, SmtpPlace) and self.user else place


class ProgrammeSettings(Section):
    """Under which circular, and for which Sector, wishes are made; its words are in the wording and the templates."""

    name: NonEmpty = "TSB Circular 118"
    sector: Literal["T", "R", "D"] = "T"
    templates: Path | None = None


class AuthenticationSettings(Section):
    """Whose word on authenticity counts (contract section 4)."""

    trusted_servers: tuple[LowerCase, ...]
    required: StrictBool = True
    exchange_online: StrictBool = False
    verify_dkim: StrictBool = False
    arc_sealers: tuple[LowerCase, ...] = ()
    dns_servers: tuple[Annotated[str, AfterValidator(_name_server)], ...] = ()
    dns_timeout_seconds: Positive = 3

    @property
    def name_servers(self) -> tuple[NameServer, ...]:
        """The parsed `dns_servers`."""
        return tuple(map(parse_name_server, self.dns_servers))


class LimitsSettings(Section):
    """How much of one message is read, and how many mails are sent before a person must look."""

    max_message_bytes: Annotated[int, Field(strict=True, gt=0)] = 26_214_400
    mails_per_address_per_day: Annotated[int, Field(strict=True, gt=0)] = 100
    mails_per_domain_per_day: Annotated[int, Field(strict=True, gt=0)] = 500
    mails_per_hour: Annotated[int, Field(strict=True, gt=0)] = 1000


class ConfirmationSettings(Section):
    """Whether and how senders are asked to confirm a letter that nothing proves."""

    ask: StrictBool = True
    valid_hours: Positive = 168
    key_file: Path | None = None


class StudyPeriodSettings(Section):
    """The current study period; it ends at the end of the day `ends` (UTC), and the Assembly may be moved."""

    name: NonEmpty = "2025-2028"
    assembly: NonEmpty = "WTSA-28"
    ends: date = date(2028, 10, 31)

    @property
    def value(self) -> StudyPeriod:
        """The period with the moment it ends: 00:00 UTC of the day after `ends`."""
        return StudyPeriod(
            self.name, self.assembly, datetime.combine(self.ends + timedelta(days=1), time(), tzinfo=UTC)
        )


class FlagsSettings(Section):
    """What a letter that names no duration means."""

    default_duration: Duration = Duration.STUDY_PERIOD


class RegistrySettings(Section):
    """How much of the registry one import may take away without being told to."""

    max_removed_percent: Annotated[float, Field(strict=True, ge=0, le=100)] = 20


class ReviewSettings(Section):
    """How people decide what waits for them."""

    four_eyes: StrictBool = False


class ScheduleSettings(Section):
    """How often `mailbot run` does what, in seconds."""

    poll_seconds: Positive = 60
    deliver_seconds: Positive = 30
    upkeep_seconds: Positive = 3600
    checkpoint_seconds: Positive = 3600


class RetentionSettings(Section):
    """How long the letters that are or may be requests are kept after they were decided; 0 months is for ever."""

    letter_months: Annotated[int, Field(strict=True, ge=0, le=1200)] = 60


class AuditSettings(Section):
    """Where the audit log is also written (beside an SQLite database unless named), and the key that signs it."""

    log_file: Path | None = None
    head_file: Path | None = None
    signing_key: Path | None = None
    checkpoint_file: Path | None = None


class WordingSettings(Section):
    """Where the phrases are."""

    folder: Path | None = None


class OidcSettings(Section):
    """The organisation's OpenID Connect provider, and which of its groups have which role."""

    issuer: Annotated[str, AfterValidator(_issuer)] | None = None
    client_id: NonEmpty | None = None
    secret_file: Path | None = None
    scopes: tuple[NonEmpty, ...] = ("openid", "profile", "groups")
    name_claim: NonEmpty = "name"
    groups_claim: NonEmpty = "groups"
    roles: dict[str, Role] | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer is not None and self.client_id is None:
            raise ValueError("there is an issuer but no client_id: add it")
        if self.issuer is not None and not self.roles:
            raise ValueError('nobody could sign in: add roles = { "a group" = "reviewer" }')
        return self


class WebSettings(Section):
    """The review console and the API: where they are served, and how long somebody stays signed in."""

    enabled: StrictBool = False
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8118"
    url: Annotated[str, AfterValidator(check_site_url)] | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[Annotated[str, AfterValidator(check_network)], ...] = ()
    session_idle_minutes: Positive = 60
    session_hours: Positive = 12
    oidc: OidcSettings = OidcSettings()

    @property
    def place(self) -> ListenPlace:
        """The parsed `listen`."""
        return parse_listen(self.listen)

    @property
    def address(self) -> str:
        """Where people reach the console, without a slash at the end."""
        return self.url or f"{'https' if self.tls_certificate else 'http'}://{self.place}"

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together: give both or none")
        if self.place.is_loopback:
            return self
        if self.tls_certificate is None and not self.trusted_proxies:
            raise ValueError(
                f"listen = {self.listen} can be reached from other machines, and passwords would go in plain text: "
                "give tls_certificate and tls_key, or trusted_proxies with a proxy that speaks TLS, or keep 127.0.0.1"
            )
        if self.url is None or not self.url.startswith("https://"):
            raise ValueError("url is missing: say under which address people reach it, such as https://mailbot.example")
        return self
