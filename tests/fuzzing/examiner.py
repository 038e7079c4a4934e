"""What must hold of every letter, whatever its bytes: looked at from outside, on the way that a poll takes.

Each letter is handled as a poll would, in a transaction on a real database that is rolled back. It counts as a finding
where the reading raises (which a poll survives by handing the letter to a person), where recording or answering raises
(which it would not survive), where it takes longer than a letter may take, where a flag is set that must not be, or
where a mail goes out that must not.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import Connection, select

from mailbot import pipeline
from mailbot.answering import Writer
from mailbot.asking import Inquiry
from mailbot.authenticity import Trust
from mailbot.case import attached_documents
from mailbot.compose import Letterhead
from mailbot.decide import judge
from mailbot.excerpt import readable_texts
from mailbot.explain import Setting, explain
from mailbot.flags import StudyPeriod
from mailbot.ingest import Arrival
from mailbot.judgement import Policy
from mailbot.judging import keys_for, message_id_of
from mailbot.letter import read_letter
from mailbot.pipeline import Body
from mailbot.polling import is_substitute
from mailbot.register import Register
from mailbot.registry import read_registry
from mailbot.store.engine import Store, open_store
from mailbot.store.tables import flag_changes, letters, outbox
from mailbot.terms import Action, Duration
from mailbot.wording_files import load_wording
from mailbot.world import Filers, World, circumstances_of

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MOST_SECONDS = 5.0  # of processor time, of mailbot and of the programs it starts (contract: "within seconds")

_FLAGS = frozenset({Action.APPLY, Action.NO_CHANGE})
_MAIL_FIELDS = frozenset(
    "from to cc reply-to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress "
    "content-language mime-version content-type content-transfer-encoding".split()
)


class FindingError(Exception):
    """Something that must not be; the message says what, without the letter's words: one message, one kind."""


@dataclass(frozen=True)
class Examiner:
    """An installed mailbot, its database empty but for the schema, in three worlds.

    In `suspicious` no server is trusted, in `orphaned` nobody is designated: no letter may set a flag there.
    """

    store: Store
    world: World
    suspicious: World
    orphaned: World

    def examine(self, raw: bytes) -> Action:
        """What becomes of a letter; raises FindingError where that must not be."""
        begun = _processor_seconds()
        action = self._handled(raw, self.world)
        self._shown(raw)
        took = _processor_seconds() - begun
        if took > MOST_SECONDS:
            raise FindingError("slow")
        for name, world in (("untrusted", self.suspicious), ("undesignated", self.orphaned)):
            # what sets no flag where it could sets none where it could not: only the others are decided again
            if action in _FLAGS and self._handled(raw, world) in _FLAGS:
                raise FindingError(f"flag of an {name} sender")
        return action

    def _handled(self, raw: bytes, world: World) -> Action:
        arrival = Arrival(1, message_id_of(raw), len(raw), NOW)
        is_substitute(raw)
        keys_for(raw, world.policy)
        with self.store.begin() as connection:
            try:
                circumstances = circumstances_of(connection, world, NOW)
                judgement = pipeline.judge(Body(raw), arrival, circumstances, NOW)
                outcome = pipeline.record(connection, "fuzz", 1, arrival, Body(raw), judgement, world, NOW)
                _check(connection, world.register)
            except FindingError:
                raise
            except Exception as error:  # whatever it is, it is what is looked for
                raise FindingError(f"handling raised {_kind(error)}") from error
            finally:
                connection.rollback()
        return outcome.action

    def _shown(self, raw: bytes) -> None:
        """The page that `mailbot check` and the reviewers see; read without the net that a poll has."""
        with self.store.read() as connection:
            circumstances = circumstances_of(connection, self.world, NOW)
            try:
                judgement = judge(raw, NOW, circumstances, NOW)
                letter = read_letter(raw)
                texts = readable_texts(letter, attached_documents(letter))
                setting = Setting(circumstances, self.world.study_period, self.world.default_duration, NOW, NOW)
                explain("letter.eml", judgement, texts, setting)
            except Exception as error:
                raise FindingError(f"reading raised {_kind(error)}") from error


@contextmanager
def examiner() -> Iterator[Examiner]:
    """An examiner with the fixtures' registry, for as long as it is needed."""
    registry = read_registry(FIXTURES / "registry")
    world = World(
        wording=load_wording(ROOT / "config" / "wording"),
        register=Register.of(registry.members, registry.focal_points),
        policy=Policy(Trust(frozenset({"mx.example"}), verify_dkim=True)),
        study_period=StudyPeriod("2025-2028", "WTSA-28", datetime(2028, 10, 1, tzinfo=UTC)),
        programme="TSB Circular 118",
        default_duration=Duration.STUDY_PERIOD,
        writer=Writer(Letterhead("TSB", "mailbot@itu.int", "tsbdir@itu.int")),
        folders={"fuzz": Filers("done", "review")},
        rules="fuzz",
        inquiry=Inquiry(b"k" * 32, timedelta(days=7)),
    )
    nobody = tuple(replace(point, sector="R") for point in registry.focal_points if point.role == "designated")
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        store = open_store(f"sqlite:///{folder}/mailbot.db")
        try:
            yield Examiner(
                store,
                world,
                replace(world, policy=Policy(Trust(frozenset({"nowhere.invalid"})))),
                replace(world, register=Register.of(registry.members, nobody)),
            )
        finally:
            store.close()


def _check(connection: Connection, register: Register) -> None:
    """What was recorded of the one letter: its flag, and the mails it called for."""
    row = connection.execute(select(letters)).one()
    changes = connection.execute(select(flag_changes)).all()
    mails = connection.execute(select(outbox)).all()
    if row.decision is None:
        if changes or mails:
            raise FindingError("an ignored letter had an effect")
        return
    for evidence in row.decision["evidence"]:
        if evidence["part"] == "error":
            raise FindingError(f"reading raised {_shape(evidence['text'])}")
    proven = row.decision["authentication"] == "pass"
    sender = row.decision["sender"]["address"]
    if row.outcome in _FLAGS:
        designated = {point.email for point in register.designated(row.decision["member"]["code"], NOW.date())}
        if not proven:
            raise FindingError("flag without authentication")
        if sender not in designated:
            raise FindingError("flag of an undesignated sender")
        if row.decision["reasons"]:
            raise FindingError("flag in spite of a doubt")
    elif changes:
        raise FindingError("flag changed by a letter in review")
    for mail in mails:
        if not proven and mail.kind != "question":
            raise FindingError(f"{mail.kind} to an unauthenticated sender")
        if row.null_return_path:
            raise FindingError(f"{mail.kind} to a null return path")
        _check_mail(mail.raw)


def _check_mail(raw: bytes) -> None:
    """Nothing in the letter may write fields of our mails (header injection)."""
    names = [name.lower() for name in message_from_bytes(raw)]
    if not _MAIL_FIELDS.issuperset(names) or len(names) != len(set(names)) or "auto-submitted" not in names:
        raise FindingError("a mail with foreign header fields")


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _kind(error: BaseException) -> str:
    """The error and the place in mailbot where it arose."""
    place, step = "?", error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if "/mailbot/" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{code.co_name}"
        step = step.tb_next
    return f"{type(error).__name__} in {place}"


def _shape(words: str) -> str:
    return re.sub(r"\d+|'.*?'|\".*?\"", "*", words)[:80]
