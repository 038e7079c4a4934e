"""The configuration file and the environment: read here and nowhere else, checked, and frozen.

Every mistake is one line that names the file and the key and says what to do (`ConfigurationError`).
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import structlog
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

import mailbot
from mailbot.address import normalise_address
from mailbot.errors import ConfigurationError
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

DEFAULT_CONFIG = Path("config/mailbot.toml")

log = structlog.get_logger("mailbot")


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
NonEmpty = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(strict=True, gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(check_database_url)]
    password_file: Path | None = None
    busy_seconds: Positive = 30


class MailboxSettings(_Section):
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


class OutgoingSettings(_Section):
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


class AuthenticationSettings(_Section):
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


class LimitsSettings(_Section):
    """How much of one message is read, and how many mails are sent before a person must look."""

    max_message_bytes: Annotated[int, Field(strict=True, gt=0)] = 26_214_400
    mails_per_address_per_day: Annotated[int, Field(strict=True, gt=0)] = 100
    mails_per_domain_per_day: Annotated[int, Field(strict=True, gt=0)] = 500
    mails_per_hour: Annotated[int, Field(strict=True, gt=0)] = 1000


class ConfirmationSettings(_Section):
    """Whether and how senders are asked to confirm a letter that nothing proves."""

    ask: StrictBool = True
    valid_hours: Positive = 168
    key_file: Path | None = None


class StudyPeriodSettings(_Section):
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


class FlagsSettings(_Section):
    """What a letter that names no duration means."""

    default_duration: Duration = Duration.STUDY_PERIOD


class RegistrySettings(_Section):
    """How much of the registry one import may take away without being told to."""

    max_removed_percent: Annotated[float, Field(strict=True, ge=0, le=100)] = 20


class ReviewSettings(_Section):
    """How people decide what waits for them."""

    four_eyes: StrictBool = False


class ScheduleSettings(_Section):
    """How often `mailbot run` does what, in seconds."""

    poll_seconds: Positive = 60
    deliver_seconds: Positive = 30
    upkeep_seconds: Positive = 3600
    checkpoint_seconds: Positive = 3600


class RetentionSettings(_Section):
    """How long the letters that are or may be requests are kept after they were decided; 0 months is for ever."""

    letter_months: Annotated[int, Field(strict=True, ge=0, le=1200)] = 60


class AuditSettings(_Section):
    """Where the audit log is also written (beside an SQLite database unless named), and the key that signs it."""

    log_file: Path | None = None
    head_file: Path | None = None
    signing_key: Path | None = None
    checkpoint_file: Path | None = None


class WordingSettings(_Section):
    """Where the phrases are."""

    folder: Path | None = None


class OidcSettings(_Section):
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


class WebSettings(_Section):
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


class Settings(BaseSettings):
    """Everything the configuration says; `source` and relative defaults come from `load_settings`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    database: DatabaseSettings
    mailbox: MailboxSettings
    outgoing: OutgoingSettings
    authentication: AuthenticationSettings
    limits: LimitsSettings = LimitsSettings()
    confirmation: ConfirmationSettings = ConfirmationSettings()
    study_period: StudyPeriodSettings = StudyPeriodSettings()
    flags: FlagsSettings = FlagsSettings()
    registry: RegistrySettings = RegistrySettings()
    review: ReviewSettings = ReviewSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    retention: RetentionSettings = RetentionSettings()
    audit: AuditSettings = AuditSettings()
    wording: WordingSettings = WordingSettings()
    web: WebSettings = WebSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The TOML file alone: secrets have their own way in (`secret`), and nothing else comes from outside."""
        return (TomlConfigSettingsSource(settings_cls),)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read one TOML file; raises what tomllib and pydantic raise."""

        class FromFile(cls):  # type: ignore[misc, valid-type]  # pydantic takes the file's name from the class
            model_config = SettingsConfigDict(toml_file=path, extra="forbid", frozen=True)

        return FromFile()


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration from `path`, else `MAILBOT_CONFIG`, else `config/mailbot.toml`.

    Raises ConfigurationError in one line that names the file and the key.
    """
    path = path or Path(environ.get("MAILBOT_CONFIG") or DEFAULT_CONFIG)
    if not path.is_file():
        raise ConfigurationError(f"{path}: there is no such configuration file: name one with --config")
    try:
        settings = Settings.read(path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: this is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: the configuration cannot be read: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_first_problem(error)}") from error
    return settings.model_copy(update={"wording": WordingSettings(folder=_wording_folder(settings, path))})


def _first_problem(error: ValidationError) -> str:
    """The most telling of pydantic's findings as one line: a misspelt key is also a missing one."""
    problems = error.errors(include_url=False, include_context=False)
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    key = ".".join(str(part) for part in first["loc"])
    rest = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    match first["type"]:
        case "extra_forbidden":
            return f"unknown key {key}: remove it, or see config/mailbot.example.toml for the right name{rest}"
        case "missing":
            return f"the key {key} is missing: add it{rest}"
        case _:
            problem = " ".join(first["msg"].removeprefix("Value error, ").split())
            problem = problem.replace("valid tuple", "list in [brackets]")
            return f"wrong value for {key}: {problem}{rest}"


def _wording_folder(settings: Settings, config: Path) -> Path:
    """The configured folder, else `wording/` beside the configuration, else the one mailbot came with."""
    if settings.wording.folder is not None:
        return settings.wording.folder
    beside = config.absolute().parent / "wording"
    return beside if beside.is_dir() else packaged_wording()


def packaged_wording() -> Path:
    """The phrases mailbot came with: `config/wording` of a checkout, else the wheel's share of them."""
    checkout = Path(mailbot.__file__).parent.parent / "config" / "wording"
    if checkout.is_dir():
        return checkout
    import sysconfig

    return Path(sysconfig.get_path("data")) / "share" / "mailbot" / "wording"


def secret(
    name: str, file: Path | None, environ: Mapping[str, str] = os.environ, *, kind: str = "PASSWORD"
) -> SecretStr | None:
    """The secret `name` (`MAILBOX`, `OUTGOING`, `DATABASE` …), or None where there is none; `kind` is its sort.

    Looked for in `MAILBOT_<name>_PASSWORD`, then the file `MAILBOT_<name>_PASSWORD_FILE` names, then the systemd
    credential `mailbot-<name>-password` (systemd.exec(5), LoadCredential=), then `file` (the configuration's
    `password_file`). A file's last line break does not belong to the password. A file of ours that others may read
    gets a warning; one that is unreadable or holds no single line raises ConfigurationError, which never quotes it.
    """
    variable = f"MAILBOT_{name}_{kind}"
    if environ.get(variable):
        return _checked(environ[variable], variable)
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials, f"mailbot-{name.lower()}-password") if credentials else None
    if named := environ.get(f"{variable}_FILE"):
        source: Path | None = Path(named)
    elif credential is not None and credential.exists():
        # systemd guards the folder itself, and may show the reader's access-control entry as a group permission
        return _password_in(credential)
    else:
        source = file
    if source is None:
        return None
    password = _password_in(source)
    _warn_of_readers(source)
    return password


def _password_in(source: Path) -> SecretStr:
    try:
        password = source.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{source}: the password file is not UTF-8 text: write it anew") from error
    except OSError as error:
        raise ConfigurationError(f"{source}: the password file cannot be read: {error.strerror}") from error
    if not password:
        raise ConfigurationError(f"{source}: the password file is empty: write the password into it")
    return _checked(password, str(source))


def _checked(password: str, where: str) -> SecretStr:
    """A line break would end the IMAP command that carries the password and begin another."""
    if not password.isprintable():
        raise ConfigurationError(f"{where}: there are several lines or control characters: give the password alone")
    return SecretStr(password)


def _warn_of_readers(source: Path) -> None:
    mode = stat.S_IMODE(source.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        log.warning("password file open to others", file=str(source), mode=f"{mode:04o}", do="chmod 600")
