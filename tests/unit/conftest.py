"""The invented world of the unit tests: a small register, the project's wording, one trusted server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailbot.authenticity import Trust
from mailbot.decide import judge
from mailbot.judgement import Circumstances, Decision, Policy
from mailbot.members import FocalPoint, Member
from mailbot.register import Register
from mailbot.wording import Wording
from mailbot.wording_files import load_wording

NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
WORDING = Path(__file__).resolve().parents[2] / "config" / "wording"

MEMBERS = (
    Member(
        "KEN",
        "Kenya",
        "member_state",
        "KEN",
        ("Republic of Kenya", "Кения", "Kenia", "肯尼亚", "كينيا", "Kenya Networks Authority", "KNA"),
    ),
    Member("UGA", "Uganda", "member_state", "UGA", ("Ouganda", "Уганда", "乌干达", "أوغندا")),
    Member("TZA", "Tanzania", "member_state", "TZA", ("Tanzanie", "Танзания", "坦桑尼亚", "تنزانيا")),
    Member("RWA", "Rwanda", "member_state", "RWA", ("Руанда", "卢旺达", "رواندا")),
    Member("NER", "Niger", "member_state", "NER", ("Republic of the Niger", "Нигер", "尼日尔", "النيجر")),
    Member("NGA", "Nigeria", "member_state", "NGA", ("Federal Republic of Nigeria", "Нигерия", "尼日利亚", "نيجيريا")),
    Member("KOR", "South Korea", "member_state", "KOR", ("Republic of Korea", "Korea (Rep. of)")),
    Member("PRK", "North Korea", "member_state", "PRK", ("Democratic People's Republic of Korea", "DPRK")),
    Member("AUT", "Austria", "member_state", "AUT", ("Autriche",)),
    Member("AUS", "Australia", "member_state", "AUS", ("Australie",)),
    Member("GIN", "Guinea", "member_state", "GIN", ("Guinée",)),
    Member("GNB", "Guinea-Bissau", "member_state", "GNB", ("Guinée-Bissau",)),
    Member("GEO", "Georgia", "member_state", "GEO", ("Géorgie",)),
    Member("USA", "United States", "member_state", "USA", ("United States of America",)),
    Member("ALT", "Altenburg Telecom", "sector_member", "DEU", ("Altenburg Telecom AG",)),
    Member("ALTS", "Altenburg Telecom Services", "sector_member", "AUT", ("ATS",)),
    Member("FALS", "Falcon Satellite Inc.", "sector_member", "USA", ("Falcon Sat",)),
    Member("FALC", "Falcon Cloud Ltd", "associate", "IRL", ()),
)
POINTS = (
    FocalPoint("KEN", "T", "designated", "Ana Juma", "ana.juma@gov.ke.example", "en"),
    FocalPoint("KEN", "T", "designated", "Ben Odera", "ben.odera@gov.ke.example", "en"),
    FocalPoint("KEN", "", "ties", "Tom Ties", "tom.ties@gov.ke.example"),
    FocalPoint("KEN", "R", "designated", "Rita Radio", "rita.radio@gov.ke.example"),
    FocalPoint("KEN", "T", "designated", "Old Hand", "old@gov.ke.example", "", None, date(2026, 9, 2)),
    FocalPoint("KEN", "T", "designated", "Last Day", "last@gov.ke.example", "", None, date(2026, 9, 3)),
    FocalPoint("KEN", "T", "designated", "New Hand", "new@gov.ke.example", "", date(2026, 9, 4), None),
    FocalPoint("NER", "T", "designated", "Nina Sani", "nina.sani@gov.ne.example", "fr"),
    FocalPoint("ALT", "T", "designated", "Otto Alt", "otto@altenburg.example", "en"),
    FocalPoint("FALS", "T", "designated", "Fay Sat", "fay@falcon.example", "en"),
)


@pytest.fixture(scope="session")
def wording() -> Wording:
    return load_wording(WORDING)


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.of(MEMBERS, POINTS)


@pytest.fixture(scope="session")
def world(wording: Wording, register: Register) -> Circumstances:
    return Circumstances(
        wording=wording,
        register=register,
        policy=Policy(Trust(frozenset({"mx.example"}))),
        study_period="2025-2028",
    )


@pytest.fixture(scope="session")
def decided(world: Circumstances) -> Callable[[bytes], Decision]:
    """Decides one raw letter in that world."""
    return lambda raw: judge(raw, None, world, NOW).decision
