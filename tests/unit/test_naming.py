"""Rule 7: which member a letter names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbot.judgement import Decision
from mailbot.terms import Reason
from tests.letters import model, raw_letter

Decide = Callable[[bytes], Decision]

ASK = "{member} opts in to automatic approval of registration requests, until further notice."


def named(decided: Decide, text: str, **letter: str) -> str | None:
    decision = decided(raw_letter(text, **letter))  # type: ignore[arg-type]
    return decision.member.code if decision.member else None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kenya", "KEN"),
        ("the Republic of Kenya", "KEN"),
        ("KENYA", "KEN"),
        ("KNA", "KEN"),
        ("the Kenya Networks Authority (KNA)", "KEN"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("the Federal Republic of Nigeria", "NGA"),
        ("Korea (Rep. of)", "KOR"),
        ("the Republic of Korea", "KOR"),
        ("the Democratic People's Republic of Korea", "PRK"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Guinea Bissau", "GNB"),
        ("Austria", "AUT"),
        ("Australia", "AUS"),
        ("Altenburg Telecom", "ALT"),
        ("Altenburg Telecom AG", "ALT"),
        ("Altenburg Telecom Services GmbH", "ALTS"),
        ("Falcon Satellite", "FALS"),
        ("Satellite Falcon Inc", "FALS"),
    ],
)
def test_members_of_similar_name_are_told_apart(decided: Decide, name: str, code: str) -> None:
    assert named(decided, ASK.format(member=name), subject="x") == code


@pytest.mark.parametrize(
    ("genitive", "code"),
    [("Кении", "KEN"), ("Нигера", "NER"), ("Нигерии", "NGA"), ("Нигерию", "NGA"), ("Нигером", "NER")],
)
def test_russian_cases_lead_to_their_own_name(decided: Decide, genitive: str, code: str) -> None:
    assert named(decided, f"От имени {genitive} прошу включить автоматическое утверждение запросов.") == code


def test_a_small_typing_error_in_a_long_name_is_forgiven(decided: Decide) -> None:
    assert named(decided, ASK.format(member="Austrailia")) == "AUS"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Korea", Reason.MEMBER_AMBIGUOUS),
        ("Falcon", Reason.MEMBER_AMBIGUOUS),
        ("Zephyrine Broadband Oyj", Reason.MEMBER_UNKNOWN),
    ],
)
def test_a_name_that_is_not_one_members_goes_to_review(decided: Decide, name: str, reason: Reason) -> None:
    decision = decided(raw_letter(model(name)))
    assert decision.member is None
    assert reason in decision.reasons


def test_no_name_is_not_named_even_where_the_sender_serves_one_member_only(decided: Decide) -> None:
    decision = decided(raw_letter("We opt in to automatic approval of registration requests.", subject="x"))
    assert Reason.MEMBER_NOT_NAMED in decision.reasons


def test_two_members_asked_for_are_several(decided: Decide) -> None:
    decision = decided(raw_letter(model("Kenya and of Niger")))
    assert Reason.SEVERAL_MEMBERS in decision.reasons


def test_a_name_in_the_request_against_one_in_the_signature_is_several(decided: Decide) -> None:
    decision = decided(raw_letter(model("Kenya") + "\n\nAna Juma\nAustralia"))
    assert Reason.SEVERAL_MEMBERS in decision.reasons


def test_a_country_in_a_postal_address_names_nobody(decided: Decide) -> None:
    text = model("Kenya") + "\n\nAna Juma\n14 Custom Street, 1010 Vienna, Austria"
    assert named(decided, text) == "KEN"


def test_the_home_country_of_a_company_is_its_address(decided: Decide) -> None:
    text = model("Falcon Satellite Inc.") + "\n\nFay Sat\nFalcon Satellite\nUnited States"
    assert named(decided, text, sender="Fay Sat <fay@falcon.example>") == "FALS"


def test_the_senders_own_name_names_nobody(decided: Decide) -> None:
    text = model("Kenya") + "\n\nGeorgia Chad"
    assert named(decided, text, sender="Georgia Chad <ana.juma@gov.ke.example>") == "KEN"


def test_a_country_inside_a_companys_name_is_not_the_member_state(decided: Decide) -> None:
    decision = decided(raw_letter(model("Niger Telecom Holding")))
    assert decision.member is None


def test_look_alike_letters_of_another_script_never_make_a_match(decided: Decide) -> None:
    decision = decided(raw_letter(model("Kеnyа")))  # two of the letters are Cyrillic
    assert decision.member is None
    assert Reason.MEMBER_UNKNOWN in decision.reasons


def test_lower_case_words_are_no_acronyms(decided: Decide) -> None:
    assert named(decided, "On behalf of Kenya we opt in to automatic approval; ats and kna mean nothing.") == "KEN"
