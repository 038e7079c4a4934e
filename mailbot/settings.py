"""The configuration file: read here and nowhere else, checked, and frozen.

Every mistake is one line that names the file and the key and says what to do (`ConfigurationError`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

import mailbot
from mailbot.errors import ConfigurationError
from mailbot.sections import (
    AuditSettings,
    AuthenticationSettings,
    ConfirmationSettings,
    DatabaseSettings,
    FlagsSettings,
    LimitsSettings,
    MailboxSettings,
    OutgoingSettings,
    ProgrammeSettings,
    RegistrySettings,
    RetentionSettings,
    ReviewSettings,
    ScheduleSettings,
    SectionName,
    StudyPeriodSettings,
    WebSettings,
    WordingSettings,
)

DEFAULT_CONFIG = Path("config/mailbot.toml")


class Settings(BaseSettings):
    """Everything the configuration says; `source` and relative defaults come from `load_settings`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    database: DatabaseSettings
    mailbox: MailboxSettings
    mailboxes: dict[SectionName, MailboxSettings] = {}  # further ones, by name
    outgoing: OutgoingSettings
    authentication: AuthenticationSettings
    programme: ProgrammeSettings = ProgrammeSettings()
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

    @model_validator(mode="after")
    def _mailboxes_differ(self) -> Self:
        urls = [mailbox.url for mailbox in self.all_mailboxes.values()]
        if len(set(urls)) < len(urls):
            raise ValueError("two mailboxes have the same url: name each mailbox once")
        return self

    @property
    def all_mailboxes(self) -> dict[str, MailboxSettings]:
        """Every mailbox by the name of its section, `mailbox` first."""
        return {"mailbox": self.mailbox} | {f"mailboxes.{name}": mailbox for name, mailbox in self.mailboxes.items()}

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
    key = ".".join(str(part) for part in first["loc"]) or "the configuration"
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
