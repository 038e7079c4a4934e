"""Bodies written by people who had not seen the words mailbot knows: plain requests, and letters made to mislead.

`tests/fixtures/wishes.jsonl` holds one a line: its language, what it is (`opt_in`, `opt_out`, `doubtful`, `other`),
its subject and its words. All are signed by a designated focal point of Kenya, so only the words decide.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailbot.judgement import Decision
from mailbot.terms import Action
from tests.letters import raw_letter

Decide = Callable[[bytes], Decision]

WISHES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "fixtures/wishes.jsonl").read_text("utf-8").splitlines()
]
PLAIN = [wish for wish in WISHES if wish["kind"] in ("opt_in", "opt_out")]
OTHERS = [wish for wish in WISHES if wish["kind"] not in ("opt_in", "opt_out")]
SETTING = (Action.APPLY, Action.NO_CHANGE)
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


def _named(wish: dict[str, Any]) -> str:
    return f"{wish['language']}-{wish['body'][:60]}"


_KNOWN: dict[tuple[str, str], Decision] = {}


def _decided(decided: Decide, wish: dict[str, Any]) -> Decision:
    """The decision on a wish, made once for all the tests that look at it."""
    words = (wish["subject"], wish["body"])
    if words not in _KNOWN:
        _KNOWN[words] = decided(raw_letter(wish["body"], subject=wish["subject"]))
    return _KNOWN[words]


@pytest.mark.parametrize("wish", OTHERS, ids=_named)
def test_no_doubtful_words_set_a_flag(decided: Decide, wish: dict[str, Any]) -> None:
    assert _decided(decided, wish).action not in SETTING


@pytest.mark.parametrize("wish", PLAIN, ids=_named)
def test_a_plain_request_is_never_turned_round_and_never_lost(decided: Decide, wish: dict[str, Any]) -> None:
    decision = _decided(decided, wish)
    assert decision.action is not Action.IGNORE
    if decision.action in SETTING:
        assert decision.intent.value == wish["kind"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_plain_requests_need_no_person(decided: Decide, language: str) -> None:
    plain = [wish for wish in PLAIN if wish["language"] == language]
    settled = [wish for wish in plain if _decided(decided, wish).action in SETTING]
    assert len(settled) >= 0.68 * len(plain)


EXCEPTIONS = {
    "en": (
        "On behalf of Kenya, we opt in to automatic approval of registration requests from all active ITU accounts",
        " except our ministry", ", apart from the ministry", " but not our ministry", " (not the ministry's)",
        " excluding those of our ministry", ", save for the ministry", ", other than the ministry's", ", bar two",
        " minus the ministry", ", our ministry excepted", ", leaving out the ministry", ". This holds only for March",
        ". This is only for the SG2 meeting", ". It does not concern the ministry", ". I have not agreed to this",
        ". On second thoughts, please wait", ". Please treat this as a draft", ". I am not authorised to decide",
    ),
    "fr": (
        "Au nom du Kenya, je souhaite accepter l'approbation automatique des demandes d'inscription des comptes actifs",
        ", sauf notre ministère", ", hormis notre ministère", ", excepté le ministère", " à l'exception du ministère",
        ", hors ministère", ", à part le ministère", ", moins le ministère", ", mais pas le ministère",
        ". Cela ne concerne pas le ministère", ". Oubliez ce message", ". Je ne suis pas habilité à trancher",
    ),
    "es": (
        "En nombre de Kenya, deseo aceptar la aprobación automática de las solicitudes de inscripción de las cuentas",
        ", salvo el ministerio", ", excepto el ministerio", ", menos el ministerio", " a excepción del ministerio",
        ", aparte del ministerio", ", pero no el ministerio", ", quitando el ministerio", ", fuera del ministerio",
        ". Esto no se aplica al ministerio", ". Olviden este mensaje", ". Carezco de competencia para decidirlo",
    ),
    "ru": (
        "От имени Кении прошу включить автоматическое утверждение запросов на регистрацию со всех учетных записей",
        ", кроме министерства", ", за исключением министерства", ", исключая министерство", ", но не министерства",
        ", не считая министерства", ", без министерства", ", за вычетом министерства",
        ". Министерства это не касается", ". Считайте это письмо неотправленным", ". Это лишь черновик",
    ),
    "zh": (
        "我谨代表肯尼亚，选择接受所有有效国际电联账户注册申请的自动批准",
        "，我部除外", "，但我部除外", "，除我部以外", "，不包括我部", "，唯我部例外", "，不含我部", "，排除我部",
        "。以上请求作废", "。本件为征求意见稿", "。我本人无权决定",
    ),
    "ar": (
        "باسم كينيا أود قبول الموافقة التلقائية على طلبات التسجيل من جميع حسابات الاتحاد النشطة",
        " باستثناء الوزارة", "، عدا الوزارة", "، ما عدا الوزارة", "، إلا الوزارة", "، سوى الوزارة", "، دون الوزارة",
        "، ولكن ليس الوزارة", "، مع استبعاد الوزارة", "، بخلاف الوزارة", ". أرجو صرف النظر عن هذا الطلب",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wish_alone_is_decided(decided: Decide, language: str) -> None:
    assert decided(raw_letter(EXCEPTIONS[language][0] + ".")).action is Action.APPLY


@pytest.mark.parametrize(
    ("wish", "exception"), [(wish, exception) for wish, *rest in EXCEPTIONS.values() for exception in rest]
)
def test_an_exception_or_a_retraction_behind_the_wish_goes_to_a_person(
    decided: Decide, wish: str, exception: str
) -> None:
    assert decided(raw_letter(f"{wish}{exception}.")).action is Action.REVIEW


def test_the_sentence_that_makes_the_doubt_is_shown_as_evidence(decided: Decide) -> None:
    wish = EXCEPTIONS["en"][0]
    decision = decided(raw_letter(f"{wish}.\n\nMy deputy dictated the lines above while I was travelling abroad."))
    assert "My deputy dictated the lines above while I was travelling abroad." in [
        evidence.text for evidence in decision.evidence if evidence.field == "doubt"
    ]
