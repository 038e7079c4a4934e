"""Reads the words mailbot knows from `config/wording/<lang>.toml`.

A wording file holds one table a concept; each entry is `"phrase" = "an example sentence"`. A phrase is a run of words
with a few marks, all of them linear to match:

    approv*          any word that begins so            request|demand    one of several
    the?             may be missing                     ...               up to four words between
    ,                a comma may stand here             ......            up to fifteen words between
    activ~ar_verb    a stem with each of the endings    =si               spelt just so, accents and all
                     listed under [endings]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mailbot.errors import ConfigurationError
from mailbot.folding import tokenize
from mailbot.wording import ACTS, Concept, Element, Form, Phrase, Run, Wording, WordList

_GAPS = {"...": 4, "......": 15}  # words a gap may hold


def load_wording(folder: Path) -> Wording:
    """Load every `<lang>.toml` in `folder`; raises ConfigurationError naming the file and phrase that is wrong."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise ConfigurationError(f"{folder}: no wording files (<lang>.toml) here; set [wording] folder")
    phrases: list[Phrase] = []
    function_words: dict[str, frozenset[str]] = {}
    lists: dict[WordList, frozenset[str]] = dict.fromkeys(WordList, frozenset())
    for file in files:
        try:
            data = tomllib.loads(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"{file}: not readable as TOML: {error}") from None
        function_words[file.stem] = _word_list(data.pop("function_words", ""))
        for name in WordList:
            lists[name] |= _word_list(data.pop(name, ""))
        endings = data.pop("endings", {})
        if not isinstance(endings, dict) or not all(isinstance(listed, str) for listed in endings.values()):
            raise ConfigurationError(f'{file}: [endings] must hold lists of endings: name = "ar arla en"')
        phrases.extend(_phrases(file, data, endings))
    return Wording(tuple(phrases), function_words, lists)


def _word_list(words: object) -> frozenset[str]:
    return frozenset(token.text for token in tokenize(str(words)) if token.is_word)


def _phrases(file: Path, data: dict[str, object], endings: Mapping[str, str]) -> Iterable[Phrase]:
    for name, table in data.items():
        try:
            concept = Concept(name)
        except ValueError:
            raise ConfigurationError(f"{file}: [{name}] is no concept; known: {', '.join(Concept)}") from None
        if not isinstance(table, dict):
            raise ConfigurationError(f"{file}: [{name}] must be a table of phrases")
        for key, value in table.items():
            if isinstance(value, dict):
                for text, example in value.items():
                    yield _phrase(file, concept, key, text, example, endings)
            else:
                yield _phrase(file, concept, None, key, value, endings)


def _phrase(
    file: Path, concept: Concept, form: str | None, text: str, example: object, endings: Mapping[str, str]
) -> Phrase:
    if not isinstance(example, str) or not example.strip():
        raise ConfigurationError(f'{file}: [{concept}] "{text}" needs an example sentence')
    if (concept in ACTS) != (form is not None) or (form is not None and form not in list(Form)):
        raise ConfigurationError(f'{file}: [{concept}] "{text}": acts, and only acts, stand under {", ".join(Form)}')
    elements: list[Element] = []
    gaps: dict[int, int] = {}
    commas: set[int] = set()
    for word in text.split():
        if word in _GAPS:
            gaps[len(elements)] = _GAPS[word]
        elif word == ",":
            commas.add(len(elements))
        else:
            try:
                elements.append(_element(word, endings))
            except KeyError as error:
                raise ConfigurationError(f'{file}: [{concept}] "{text}": {error} is not among [endings]') from None
    if not elements or elements[0].optional or 0 in gaps or len(elements) in gaps:
        raise ConfigurationError(f'{file}: [{concept}] "{text}" must begin with a word and end with one')
    return Phrase(
        concept, Form(form) if form else None, file.stem, text, example, tuple(elements), gaps, frozenset(commas)
    )


def _element(word: str, endings: Mapping[str, str]) -> Element:
    """One place of a phrase; raises KeyError for endings that are not listed."""
    runs: dict[str, tuple[Run, ...]] = {}
    beginnings: list[str] = []
    for alternative in _alternatives(word.removesuffix("?"), endings):
        spelt = alternative[1:] if alternative.startswith("=") else ""
        words = tuple(token.text for token in tokenize(alternative.removesuffix("*")) if token.is_word)
        begins = alternative.endswith("*")
        if begins and len(words) == 1:
            beginnings.append(words[0])
        elif words:
            runs[words[0]] = (*runs.get(words[0], ()), Run(words, begins, spelt))
    return Element(runs, tuple(beginnings), word.endswith("?"))


def _alternatives(word: str, endings: Mapping[str, str]) -> Iterator[str]:
    for alternative in word.split("|"):
        stem, mark, name = alternative.partition("~")
        if mark:
            yield from (stem + ending for ending in endings[name].split())
        else:
            yield alternative
