"""What mailbot would make of a message and why, changing nothing: for `mailbot check` and the console."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from mailbot.app import App
from mailbot.case import attached_documents
from mailbot.excerpt import Readable, nothing_readable, readable_texts
from mailbot.explain import Explanation, Setting, explanation
from mailbot.judgement import Circumstances, Judgement
from mailbot.judging import guarded, header_block, judge_begun, words_of
from mailbot.letter import read_headers, read_letter
from mailbot.terms import Action


def check_message(app: App, circumstances: Circumstances, start: bytes, rest: BinaryIO, now: datetime) -> Explanation:
    """Decide a message of which `start` has been read: all of it, or one byte more than the size limit allows."""
    judgement = judge_begun(start, rest, circumstances, now)
    texts, received = _texts(start, circumstances.policy.max_message_bytes, judgement, now)
    period, default = app.settings.study_period.value, app.settings.flags.default_duration
    return explanation(judgement, texts, Setting(circumstances, period, default, received, now))


def _texts(raw: bytes, limit: int, judgement: Judgement, now: datetime) -> tuple[Readable, datetime]:
    """The letter's texts read once more for the page, and its day of reception as `check` takes it (section 4).

    Attachments are only opened again where a decision on them was made.
    """

    def read() -> tuple[Readable, datetime]:
        letter = read_letter(raw) if len(raw) <= limit else read_headers(header_block(raw))
        documents = () if judgement.decision.action is Action.IGNORE else attached_documents(letter)
        return readable_texts(letter, documents), letter.received or letter.date or now

    return guarded(read, lambda error: (nothing_readable(words_of(error)), now))
