"""Mail no person wrote to us: automatic replies, bounces, bulk mail and mailbot's own (contract rule 1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailbot.letter import Letter
from mailbot.terms import Evidence, Reason

_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-response", "x-autoresponder", "x-mail-autoreply", "x-vacation")
_BULK_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "x-mailing-list",
    "mailing-list",
    "feedback-id",
    "x-campaign",
    "x-campaignid",
    "x-mc-user",
    "x-csa-complaints",
)
_AWAY = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[\s:-]*(?:reply|response|respuesta)|autoreply|ooo\b|"
    r"out of (?:the )?office|away from (?:the )?office|abwesen|automatische antwort|automatisch antwoord|autosvar|"
    r"r[ée]ponse automatique|absen(?:t|ce) du bureau|absence\s*:|risposta automatica|resposta automática|"
    r"respuesta autom|fuera de (?:la )?oficina|ausencia|"
    r"автоответ|автоматический ответ|нет на (?:рабочем )?месте|"
    r"自动回复|自動回覆|自動回復|自动答复|不在办公室|رد تلقائي|الرد التلقائي|خارج المكتب)",
    re.I,
)
_RECEIPT = re.compile(
    r"^\s*(?:(?:read|lu|leído|gelesen|прочитано|已读|مقروءة|delivered|non remis|no se puede entregar)\s*[:：(]|"
    r"undeliverable|undelivered|delivery status notification|mail delivery (?:failed|system)|returned mail|"
    r"failure notice)",
    re.I,
)


def machine(letter: Letter, is_own: Callable[[str], bool]) -> tuple[Reason, Evidence] | None:
    """Why a letter is a machine's, with the header that tells; None where a person seems to have written it.

    A null return path alone is not enough: rule 1 spares a complete request, which `decide` looks for.
    """
    if letter.message_id is not None and is_own(letter.message_id):
        return Reason.OWN_MESSAGE, _header(letter, "message-id")
    if letter.report or letter.content_type == "multipart/report":
        return Reason.BOUNCE, _header(letter, "content-type")
    automatic = _automatic(letter)
    if automatic is not None:
        return Reason.AUTOMATIC_REPLY, automatic
    for name in _BULK_HEADERS:
        if letter.first(name) is not None:
            return Reason.BULK_MAIL, _header(letter, name)
    if _word(letter.first("precedence")) in ("bulk", "list", "junk"):
        return Reason.BULK_MAIL, _header(letter, "precedence")
    return None


def _automatic(letter: Letter) -> Evidence | None:
    if _word(letter.first("auto-submitted")) not in ("", "no"):
        return _header(letter, "auto-submitted")
    for name in _AUTO_HEADERS:
        if letter.first(name) is not None and _word(letter.first(name)) not in ("no", "false"):
            return _header(letter, name)
    if _word(letter.first("precedence")) in ("auto_reply", "auto-reply"):
        return _header(letter, "precedence")
    if _AWAY.match(letter.subject):
        return Evidence("automatic_reply", "subject", letter.subject)
    return None


def is_returned(letter: Letter) -> bool:
    """Whether the letter looks like a mail system's notice by its subject alone."""
    return bool(_RECEIPT.match(letter.subject))


def null_return_path(letter: Letter) -> bool:
    """Whether the letter may never be answered: its Return-Path is the null address (RFC 5321 section 4.5.5)."""
    path = letter.first("return-path")
    return path is not None and path.replace(" ", "") == "<>"


def _word(value: str | None) -> str:
    """The first token of a field, without comments and parameters, in lower case."""
    return re.split(r"[\s;(]", (value or "").strip(), maxsplit=1)[0].lower()


def _header(letter: Letter, name: str) -> Evidence:
    return Evidence("machine", "headers", f"{name}: {(letter.first(name) or '')[:200]}")
