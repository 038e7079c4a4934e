"""The language a letter is written in: what the phrases found in it say, the script, and only then a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mailbot.clauses import Sentence
from mailbot.wording import Wording
from mailbot.zones import OWN_WORDS, Text

_SCRIPTS = (("ar", "\u0600", "\u06ff"), ("ru", "\u0400", "\u04ff"), ("zh", "\u3400", "\u9fff"))


def language_of(body: Text, found: Sequence[Sentence], subject: Sequence[Sentence], wording: Wording) -> str | None:
    """The ISO 639-1 code of the letter's main language, one of the six of ITU; None where nothing tells."""
    own = body.only(OWN_WORDS)
    scripts = Counter(_script(character) for character in own if character.isalpha())
    best, count = max(((code, scripts[code]) for code, _, _ in _SCRIPTS), key=lambda pair: pair[1])
    weight = 3 if best == "zh" else 1  # one Chinese character says as much as a few letters
    if count * weight > scripts["latin"]:
        return best
    for candidates in (found, subject):
        scores = _scores(candidates, wording)
        if scores:
            return max(sorted(scores), key=lambda language: scores[language])
    return best if count else _guessed(own)


def _script(character: str) -> str:
    return next((code for code, first, last in _SCRIPTS if first <= character <= last), "latin")


def _scores(found: Sequence[Sentence], wording: Wording) -> Counter[str]:
    scores: Counter[str] = Counter()
    for sentence in found:
        for hit in sentence.hits:
            scores[hit.language] += len(hit.places)
        for token in sentence.tokens:
            for language, known in wording.function_words.items():
                scores[language] += token.text in known
    return +scores


def _guessed(text: str) -> str | None:
    if not any(character.isalpha() for character in text):
        return None
    from lingua import Language, LanguageDetectorBuilder  # loads slowly, and the phrases nearly always tell

    detector = (
        LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.FRENCH, Language.SPANISH)
        .with_low_accuracy_mode()
        .build()
    )
    language = detector.detect_language_of(text[:2000])
    return language.iso_code_639_1.name.lower() if language is not None else None
