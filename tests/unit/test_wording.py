"""The wording files: every phrase is found in its own example, and mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.desk.phrases import ABOUT
from mailbot.errors import ConfigurationError
from mailbot.folding import tokenize
from mailbot.wording import Concept, Wording
from mailbot.wording_files import load_wording

FILES = sorted((Path(__file__).resolve().parents[2] / "config" / "wording").glob("*.toml"))


@pytest.mark.parametrize("language", [file.stem for file in FILES])
def test_every_phrase_stands_in_its_example(wording: Wording, language: str) -> None:
    missing = [
        f"[{phrase.concept}] {phrase.text}: {phrase.example}"
        for phrase in wording.phrases
        if phrase.language == language and not any(h.phrase is phrase for h in wording.hits(tokenize(phrase.example)))
    ]
    assert missing == []


def _loaded(folder: Path, text: str) -> Wording:
    (folder / "xx.toml").write_text(text, "utf-8")
    return load_wording(folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[topick]\n"a" = "a."', "topick"),
        ('[topic]\n"a" = ""', "needs an example"),
        ('[topic]\n"... a" = "b a."', "must begin with a word"),
        ('[enable]\n"activate" = "activate."', "stand under"),
        ("[topic\n", "not readable as TOML"),
        ('[topic]\n"activ~ar" = "activar"', "'ar' is not among"),
        ("[endings]\nar = 3", "must hold lists of endings"),
    ],
)
def test_a_mistake_in_a_wording_file_is_named_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        _loaded(tmp_path, text)
    assert "xx.toml" in str(caught.value)


def test_a_gap_takes_up_to_four_words_and_no_comma(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[topic]\n"switch ... on" = "switch it on"')
    assert wording.hits(tokenize("switch this very useful thing on"))
    assert not wording.hits(tokenize("switch this very useful little thing on"))
    assert not wording.hits(tokenize("switch, please, on"))


def test_a_long_gap_takes_up_to_fifteen_words(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[topic]\n"switch ...... on" = "switch it on"')
    assert wording.hits(tokenize(f"switch {'very ' * 14}thing on"))
    assert not wording.hits(tokenize(f"switch {'very ' * 15}thing on"))


def test_a_comma_may_stand_where_a_phrase_allows_it(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[topic]\n"members , whose requests" = "members, whose requests"')
    assert wording.hits(tokenize("members, whose requests"))
    assert wording.hits(tokenize("members whose requests"))
    assert not wording.hits(tokenize("members whose, requests"))


def test_a_stem_stands_with_each_of_its_endings(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[topic]\n"cancel~verb it" = "cancelar it"\n[endings]\nverb = "ar arl* o"')
    for word in ("cancelar", "cancelarlo", "cancelo"):
        assert wording.hits(tokenize(f"{word} it")), word
    assert not wording.hits(tokenize("cancela it"))


def test_a_word_spelt_just_so_is_no_other_word_with_an_accent(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[condition]\n"=si" = "si acepta"')
    assert wording.hits(tokenize("Si acepta"))
    assert wording.hits(tokenize("SI ACEPTA"))
    assert not wording.hits(tokenize("Sí acepta"))


def test_marks_between_the_words_of_a_phrase_do_not_matter(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[circular]\n"opt in" = "opt in"')
    for text in ('"opt-in"', "OPT IN", "opt\u00adin"[:3] + "-in", "[opt in]", "ｏｐｔ ｉｎ"):
        assert [hit.concept for hit in wording.hits(tokenize(text))] == [Concept.CIRCULAR], text


def test_arabic_particles_may_stand_before_a_word(tmp_path: Path) -> None:
    wording = _loaded(tmp_path, '[topic]\n"موافقة تلقائية" = "موافقة تلقائية"')
    assert wording.hits(tokenize("والموافقة التلقائية"))
    assert wording.hits(tokenize("للموافقة التلقائية"))


def test_a_joined_particle_never_hides_a_negation(wording: Wording) -> None:
    for word in ("لم", "ولم", "فلم", "لا", "ولا", "فلا", "لن", "ولن"):
        assert Concept.NEGATION in {hit.concept for hit in wording.hits(tokenize(word))}, word


def test_every_concept_is_explained_to_people() -> None:
    assert set(ABOUT) == set(Concept)
