"""What the desk reads and does: the queue page by page, claims, a decision that is shown before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from mailbot.app import App, opened
from mailbot.clarifying import ClarifyingError, draft
from mailbot.compose import LANGUAGES
from mailbot.desk import claims, deciding
from mailbot.desk.claims import ClaimedError
from mailbot.desk.deciding import ChangedError, Choice
from mailbot.desk.letter import letter_view
from mailbot.desk.queue import Filter, Kind, QueueError, next_in_queue, queue_page
from mailbot.errors import ReviewError
from mailbot.judging import judge_letter
from mailbot.polling import Tally
from mailbot.reviewing import Resolution, Step, resolve
from mailbot.store import letter_rows, outbox_rows
from mailbot.store.tables import audit_entries, outbox, waiting_reasons
from mailbot.store.tables import claims as claims_table
from mailbot.terms import Intent, Reason

from ..letters import raw_letter
from .conftest import Site, opt_in_letter

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    for name, value in site.own_environ().items():
        monkeypatch.setenv(name, value)
    with opened(site.config, clock) as app:
        yield app


def poll(site: Site, app: App, *raws: bytes) -> None:
    for number, raw in enumerate(raws):
        site.drop(raw, f"{app.clock().timestamp():.0f}-{number:03}-{hash(raw)}.eml")
    app.poll(lambda _outcome: None, tally=Tally())


def unclear(number: int, member: str = "Ireland", sender: str = "karim.lindt@gov.ie.example") -> bytes:
    """A letter whose wish is unclear, from a designated focal point."""
    return opt_in_letter(number, sender, member).replace(b'I wish to "opt in" to', b"please tell us about")


def stored(app: App, number: int, *, received: datetime = NOW, review: str | None = "open", **values: Any) -> None:
    """A letter in review as a poll would have left it, but with nothing to read in it."""
    reasons = values.pop("reasons", ["unclear_intent"])
    with app.store.begin() as connection:
        letter_rows.add_letter(
            connection,
            {
                "mailbox": "test", "uidvalidity": 1, "uid": number, "sha256": f"{number}", "content_sha256": "",
                "size": 1, "received": received, "decided_at": received, "outcome": "review", "reasons": reasons,
                "reference": f"2026-{number:05}", "review": review, "decision": {"intent": "unclear"}, **values,
            },
        )  # fmt: skip


def page(app: App, **wanted: Any) -> list[str]:
    with app.store.read() as connection:
        return [item.id for item in queue_page(connection, Filter(**wanted), NOW, rows=3).items]


# --- the queue -------------------------------------------------------------------------------------------------------


def test_the_pages_of_the_queue_hold_every_letter_once_in_either_order(app: App) -> None:
    for number in range(1, 11):
        stored(app, number, received=NOW - timedelta(hours=number // 2))
    for sort in ("oldest", "newest"):
        with app.store.read() as connection:
            walked, back, after = [], [], ""
            while True:
                found = queue_page(connection, Filter(sort=sort, after=after), NOW, rows=3)
                walked += [item.id for item in found.items]
                if found.next is None:
                    break
                after = found.next
            while found.previous is not None:
                found = queue_page(connection, Filter(sort=sort, before=found.previous), NOW, rows=3)
                back = [item.id for item in found.items] + back
        assert sorted(walked) == [f"2026-{number:05}" for number in range(1, 11)]
        assert walked[: len(back)] == back
        assert len(back) == 9


def test_a_letter_that_comes_or_goes_moves_no_other_to_another_page(app: App) -> None:
    for number in range(1, 8):
        stored(app, number, received=NOW + timedelta(minutes=number))
    with app.store.read() as connection:
        first = queue_page(connection, Filter(), NOW, rows=3)
    stored(app, 8, received=NOW - timedelta(days=1))
    with app.store.begin() as connection:
        letter_rows.close_review(connection, first.items[0].row.id, NOW, {"as": "reject", "member": None})
    assert page(app, after=first.next) == ["2026-00004", "2026-00005", "2026-00006"]


def test_the_queue_is_filtered_by_reason_member_language_and_age(app: App) -> None:
    stored(app, 1, reasons=["unclear_intent", "sender_unknown"], language="fr", member_code="FRA")
    stored(app, 2, reasons=["sender_unknown"], language="en", received=NOW - timedelta(days=4))
    stored(app, 3, reasons=["encrypted"], language="fr", member_code="IRL")
    stored(app, 4, reasons=["sender_unknown"], language="fr", review=None)
    assert page(app) == ["2026-00002", "2026-00001", "2026-00003"]
    assert page(app, reason="sender_unknown") == ["2026-00002", "2026-00001"]
    assert page(app, reason="sender_unknown", sort="newest") == ["2026-00001", "2026-00002"]
    assert page(app, language="fr") == ["2026-00001", "2026-00003"]
    assert page(app, member="IRL") == ["2026-00003"]
    assert page(app, age="3d") == ["2026-00002"]
    assert page(app, age="7d") == []
    assert page(app, reason="sender_unknown", language="fr") == ["2026-00001"]
    with app.store.read() as connection:
        assert queue_page(connection, Filter(), NOW).reasons == ("encrypted", "sender_unknown", "unclear_intent")


@pytest.mark.parametrize(
    "asked",
    [{"age": "1y"}, {"sort": "best"}, {"after": "x"}, {"after": "2026-01-01T00:00:00~1"}, {"before": f"{NOW}~ "}],
)
def test_nonsense_is_refused_with_a_word(app: App, asked: dict[str, str]) -> None:
    with app.store.read() as connection, pytest.raises(QueueError):
        queue_page(connection, Filter(**asked), NOW)  # type: ignore[arg-type]


def test_a_reason_is_looked_up_only_as_long_as_it_holds(site: Site, app: App) -> None:
    poll(site, app, opt_in_letter(authentication=None))
    assert page(app, reason="awaiting_confirmation") == ["2026-00001"]
    with app.store.begin() as connection:
        letter_rows.drop_reason(connection, "2026-00001", "awaiting_confirmation")
    assert page(app, reason="awaiting_confirmation") == []
    assert page(app, reason="authentication_missing") == ["2026-00001"]
    with app.store.begin() as connection:
        resolve(connection, app.world(connection), "2026-00001", Resolution(None, None, "Ada", "noise"), NOW)
        assert connection.execute(select(func.count()).select_from(waiting_reasons)).scalar_one() == 0
    assert page(app) == []


def test_mails_nobody_got_and_shelved_letters_are_parts_of_the_queue(site: Site, app: App) -> None:
    poll(site, app, opt_in_letter())
    with app.store.begin() as connection:
        for mail in outbox_rows.mail_rows(connection):
            outbox_rows.update_mail(connection, mail.id, status="failed", refused={"a@b.example": "550 no"})
    with app.store.read() as connection:
        found = queue_page(connection, Filter(kind=Kind.MAILS), NOW)
        shelf = queue_page(connection, Filter(kind=Kind.SHELF), NOW)
    assert [item.id for item in found.items] == [f"mail-{item.row.id}" for item in found.items]
    assert found.counts == (0, len(found.items), 0)
    assert found.items
    assert shelf.items == ()


def test_nothing_of_a_letter_s_bytes_is_loaded_for_the_queue(app: App) -> None:
    stored(app, 1, raw=b"x" * 1000)
    asked: list[str] = []
    event.listen(app.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    page(app)
    assert asked
    assert not any("letters.raw" in statement for statement in asked)


# --- claims ----------------------------------------------------------------------------------------------------------


def test_what_one_person_has_claimed_nobody_else_can_claim_until_it_is_over(app: App, clock: Clock) -> None:
    with app.store.begin() as connection:
        claims.claim(connection, "2026-00001", "Ada", clock())
        with pytest.raises(ClaimedError, match="Ada has claimed 2026-00001"):
            claims.claim(connection, "2026-00001", "Bo", clock())
        claims.release(connection, "2026-00001", "Bo", clock())  # not his
        clock.forward(minutes=29)
        with pytest.raises(ClaimedError):
            claims.require_free(connection, "2026-00001", "Bo", clock())
        clock.forward(minutes=2)
        claims.claim(connection, "2026-00001", "Bo", clock())
        assert claims.in_hand(connection, ["2026-00001"], clock())["2026-00001"].by == "Bo"
        claims.release(connection, "2026-00001", "Bo", clock())
        assert claims.in_hand(connection, ["2026-00001"], clock()) == {}
        assert [row.actor for row in log(connection, "review:claimed")] == ["Ada", "Bo"]
        assert [row.actor for row in log(connection, "review:released")] == ["Bo"]


def test_looking_hinders_nobody_and_is_soon_over(app: App, clock: Clock) -> None:
    with app.store.begin() as connection:
        claims.look(connection, "2026-00001", "Ada", clock())
        claims.claim(connection, "2026-00001", "Bo", clock())
        found = claims.in_hand(connection, ["2026-00001"], clock())["2026-00001"]
        assert (found.by, found.lookers) == ("Bo", ("Ada",))
        claims.look(connection, "2026-00001", "Bo", clock())
        clock.forward(minutes=2)
        found = claims.in_hand(connection, ["2026-00001"], clock())["2026-00001"]
        assert (found.by, found.lookers) == ("Bo", ())


def test_the_command_line_respects_a_claim(site: Site, app: App) -> None:
    poll(site, app, unclear(1))
    with app.store.begin() as connection:
        claims.claim(connection, "2026-00001", "Ada", datetime.now(UTC))
    decision = ("review", "resolve", "2026-00001", "--as", "reject", "--reason", "spam", "--by")
    assert "Ada has claimed 2026-00001" in site.complaint(*decision, "Bo", code=1)
    site.say(*decision, "Ada")
    with app.store.read() as connection:
        assert claims.in_hand(connection, ["2026-00001"], datetime.now(UTC)) == {}


def test_an_administrator_ends_another_s_claim_and_the_log_says_whose(app: App) -> None:
    with app.store.begin() as connection:
        claims.claim(connection, "2026-00001", "Ada", NOW)
        claims.release(connection, "2026-00001", "Root", NOW, whose="Ada")
        claims.claim(connection, "2026-00001", "Bo", NOW)
        (entry,) = log(connection, "review:released")
        assert (entry.actor, '"claimed_by":"Ada"' in entry.data) == ("Root", True)


def log(connection: Connection, action: str) -> list[Any]:
    statement = select(audit_entries).where(audit_entries.c.action == action)
    return list(connection.execute(statement.order_by(audit_entries.c.seq)))


# --- a decision is shown, then made ----------------------------------------------------------------------------------

OPT_IN = Choice("2026-00001", "opt_in", None, "they rang")


def show(app: App, choice: Choice = OPT_IN, by: str = "Ada") -> deciding.Preview:
    with app.store.begin() as connection:
        return deciding.preview(connection, app, choice, by, app.clock())


def do(app: App, shown: deciding.Preview, choice: Choice = OPT_IN, by: str = "Ada") -> Step:
    with app.store.begin() as connection:
        return deciding.decide(connection, app, choice, by, app.clock(), at=shown.at, seen=shown.seen)


def mails(app: App) -> list[tuple[str, str, str, str]]:
    with app.store.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.kind != "receipt").order_by(outbox.c.id))
        found = [deciding.shown_mail(row) for row in rows]
    return [(mail.kind, mail.to, mail.subject, mail.text) for mail in found]


def test_what_is_shown_is_what_is_sent_and_showing_it_changes_nothing(site: Site, app: App, clock: Clock) -> None:
    poll(site, app, unclear(1))
    shown = show(app)
    assert (shown.before, shown.after and shown.after.state, shown.member_name) == (None, "opted_in", "Ireland")
    assert [mail.kind for mail in shown.mails][:1] == ["confirmation"]
    assert mails(app) == []
    assert site.json("flags", "list") == []
    clock.forward(seconds=20)
    assert do(app, shown) is Step.RESOLVED
    assert mails(app) == [(mail.kind, mail.to, mail.subject, mail.text) for mail in shown.mails]
    (flag,) = site.json("flags", "list")
    assert flag["state"] == "opted_in"
    site.say("audit", "verify")
    with app.store.read() as connection:
        (entry,) = log(connection, "review:resolved")
        assert entry.actor == "Ada"
        assert connection.execute(select(func.count()).select_from(claims_table)).scalar_one() == 0


def test_the_hour_is_that_of_the_confirmation(site: Site, app: App, clock: Clock) -> None:
    poll(site, app, unclear(1))
    shown = show(app)
    clock.forward(minutes=5)
    do(app, shown)
    assert "09:00 UTC" in shown.mails[0].text
    assert mails(app)[0][3] == shown.mails[0].text.replace("09:00 UTC", "09:05 UTC")


def test_two_people_cannot_decide_the_same_letter(site: Site, app: App, clock: Clock) -> None:
    poll(site, app, unclear(1))
    shown = show(app)
    with pytest.raises(ClaimedError, match="Ada"):
        show(app, by="Bo")
    clock.forward(minutes=31)
    theirs = show(app, by="Bo")  # Ada's claim is over
    with pytest.raises(ClaimedError, match="Bo"):
        do(app, shown)
    do(app, theirs, by="Bo")
    with pytest.raises(ReviewError, match="decided meanwhile: opt_in by Bo"):
        do(app, shown)
    with pytest.raises(ReviewError, match="decided meanwhile"):
        show(app)
    assert len(site.json("flags", "history", "IRL")) == 1


def test_of_many_who_decide_at_the_same_moment_one_does(site: Site, app: App) -> None:
    poll(site, app, unclear(1))
    people = ["Ada", "Bo", "Cleo", "Dan"]
    together = Barrier(len(people))

    def decides(name: str) -> bool:
        together.wait()
        try:
            do(app, show(app, by=name), by=name)
        except (ClaimedError, ReviewError):
            return False
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        assert sorted(pool.map(decides, people)) == [False, False, False, True]
    assert len(site.json("flags", "history", "IRL")) == 1
    with app.store.read() as connection:
        assert len(log(connection, "review:resolved")) == 1


def test_a_decision_that_would_now_do_something_else_is_not_made(site: Site, app: App, clock: Clock) -> None:
    poll(site, app, unclear(1))
    shown = show(app)
    poll(site, app, opt_in_letter(2))  # meanwhile the member has opted in by itself
    with pytest.raises(ChangedError):
        do(app, shown)
    with pytest.raises(ChangedError):
        do(app, show(app), replace(OPT_IN, decision="opt_out"))
    with pytest.raises(ChangedError):
        do(app, show(app), replace(OPT_IN, reason="another"))
    assert len(site.json("flags", "history", "IRL")) == 1
    do(app, show(app))
    assert len(site.json("flags", "history", "IRL")) == 1  # it stood so already


def test_a_rejected_letter_writes_to_nobody(site: Site, app: App) -> None:
    poll(site, app, unclear(1))
    choice = replace(OPT_IN, decision="reject")
    shown = show(app, choice)
    assert shown.mails == ()
    do(app, shown, choice)
    assert page(app) == []


def test_against_the_standing_the_first_of_two_only_proposes(site: Site, clock: Clock) -> None:
    site.configure(more="[review]\nfour_eyes = true")
    with opened(site.config, clock) as app:
        poll(site, app, opt_in_letter(sender="somebody@elsewhere.example"))
        shown = show(app)
        assert (shown.step, shown.mails) == (Step.PROPOSED, ())
        assert "not a designated focal point" in (shown.against or "")
        assert do(app, shown) is Step.PROPOSED
        with pytest.raises(ReviewError, match="another person"):
            show(app)
        second = show(app, by="Bo")
        assert second.step is Step.RESOLVED
        assert do(app, second, by="Bo") is Step.RESOLVED


# --- asking the sender -----------------------------------------------------------------------------------------------


def test_the_sender_is_asked_in_the_person_s_own_words_and_more_than_once(site: Site, app: App, clock: Clock) -> None:
    poll(site, app, unclear(1))
    choice = Choice("2026-00001", "ask", None, "asked", "What do you <b>wish</b>?\n\nPlease say.")
    shown = show(app, choice)
    do(app, shown, choice)
    (mail,) = mails(app)
    assert mail[:2] == ("clarification", '"Karim Lindt" <karim.lindt@gov.ie.example>')
    assert "What do you <b>wish</b>?" in mail[3]
    assert "2026-00001" in mail[3]
    assert "sent automatically" not in mail[3]
    with app.store.read() as connection:
        (item,) = queue_page(connection, Filter(), NOW).items
        assert (item.id, item.asked) == ("2026-00001", NOW)
        assert [row.actor for row in log(connection, "review:asked")] == ["Ada"]
        assert item.hand.by is None
    clock.forward(hours=1)
    do(app, show(app, choice), choice)
    assert len(mails(app)) == 2


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (opt_in_letter(authentication="dmarc=fail"), "the letter is forged"),
        (opt_in_letter(sender="x@elsewhere.example", authentication=None), "does not authenticate"),
        (opt_in_letter(sender="noreply@elsewhere.example"), "belongs to a machine"),
    ],
)
def test_who_may_not_be_written_to_is_not_asked(site: Site, app: App, raw: bytes, why: str) -> None:
    poll(site, app, raw)
    with pytest.raises(ClarifyingError, match=why):
        show(app, Choice("2026-00001", "ask", None, "asked", "What do you wish?"))
    with app.store.read() as connection:
        view = letter_view(connection, app, "2026-00001", NOW)
    assert view is not None
    assert why in view.may_ask.why


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_can_pass_for_a_request_when_it_comes_back(app: App, language: str) -> None:
    """A client may quote it without a mark: then it must not read as the sender's own wish."""
    text = draft(language, list(Reason), None)
    assert len(text) > 200
    with app.store.read() as connection:
        circumstances = app.standing_circumstances(connection, NOW)
    sender = "Karim Lindt <karim.lindt@gov.ie.example>"
    judgement = judge_letter(raw_letter(f"Ireland.\n\n{text}", sender=sender), NOW, circumstances, NOW)
    assert judgement.decision.intent not in (Intent.OPT_IN, Intent.OPT_OUT)


# --- the letter ------------------------------------------------------------------------------------------------------


def test_the_letter_s_page_knows_its_words_its_grounds_and_what_there_was_before(site: Site, app: App) -> None:
    poll(site, app, opt_in_letter(1))
    poll(site, app, unclear(2), opt_in_letter(3, sender="x@elsewhere.example", member="Falcon"))
    with app.store.read() as connection:
        view = letter_view(connection, app, "2026-00002", NOW)
        other = letter_view(connection, app, "2026-00003", NOW)
        assert letter_view(connection, app, "2026-09999", NOW) is None
    assert view is not None
    assert view.texts is not None
    assert [ground.code for ground in view.grounds] == ["unclear_intent"]
    assert "Ireland" in [run.text for run in view.texts.body.marks]
    shown = "".join(run.text for one in view.texts.body.stretches for run in one.runs)
    assert "please tell us about automatic approval" in shown
    assert view.history is not None
    assert [row.reference for row in view.history.letters] == ["2026-00001"]
    assert view.history.flag is not None
    assert [one.code for one in view.candidates] == ["IRL"]
    assert other is not None
    assert len(other.candidates) > 1  # an ambiguous name: all that it could be
    assert other.history is None


def test_deciding_goes_on_with_the_next_letter_that_is_free(app: App) -> None:
    for number in (1, 2, 3):
        stored(app, number, received=NOW + timedelta(minutes=number))
    with app.store.begin() as connection:
        claims.claim(connection, "2026-00002", "Bo", NOW)
        assert next_in_queue(connection, "2026-00001", NOW, "Ada") == "2026-00003"
        assert next_in_queue(connection, "2026-00003", NOW, "Ada") == "2026-00001"
        assert next_in_queue(connection, "2026-00001", NOW, "Bo") == "2026-00002"


def statements(app: App, work: Callable[[Connection], Any]) -> list[str]:
    asked: list[str] = []
    event.listen(app.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with app.store.read() as connection:
        work(connection)
    return asked


@pytest.mark.parametrize("wanted", [{}, {"reason": "unclear_intent"}, {"member": "IRL"}, {"language": "fr"}])
def test_a_page_of_the_queue_asks_as_much_of_a_full_database_as_of_a_small_one(
    app: App, wanted: dict[str, str]
) -> None:
    def ask(connection: Connection) -> None:
        queue_page(connection, Filter(**wanted), NOW)  # type: ignore[arg-type]

    stored(app, 1, member_code="IRL", language="fr")
    few = len(statements(app, ask))
    for number in range(2, 60):
        stored(app, number, member_code="IRL", language="fr")
    assert len(statements(app, ask)) == few
