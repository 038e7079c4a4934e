"""One bad letter never stops the others: it is tried again, shelved with its error, seen, and can be retried."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from mailbot import pipeline
from mailbot.ingest import MailboxError
from mailbot.maildir import UID_LIST, MaildirMailbox
from mailbot.shelf import TRIES

from .conftest import Site, opt_in_letter

BAD = "<letter-2@gov.ie.example>"


def drop_three(site: Site) -> None:
    for number in (1, 2, 3):
        site.drop(opt_in_letter(number), f"letter{number}")


def break_second(patch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the transaction of the second letter fail, however far mailbot gets with it."""
    real = pipeline.record

    def record(*arguments: object) -> pipeline.Outcome:
        if arguments[3].arrival_id == BAD:  # type: ignore[attr-defined]
            raise error
        return real(*arguments)  # type: ignore[arg-type]

    patch.setattr("mailbot.deciding.record", record)


def shelve_second(site: Site, patch: pytest.MonkeyPatch) -> str:
    """Three letters, the second of which ends on the shelf; its id there."""
    drop_three(site)
    break_second(patch, KeyError("a word of the letter"))
    for _ in range(TRIES):
        site.json("poll")
    (item,) = site.json("shelf", "list")
    return str(item["id"])


@pytest.mark.parametrize(
    "error",
    [KeyError("a word of the letter"), DataError("INSERT", {}, ValueError("a word of the letter"))],
    ids=["fault", "refused by the database"],
)
def test_a_letter_that_breaks_is_passed_and_shelved_after_its_tries(
    error: Exception, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_three(site)
    break_second(monkeypatch, error)
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["no_change"]) == (1, 1)  # the letter behind it does not wait
    for _ in range(TRIES - 1):
        assert site.json("shelf", "list") == []
        site.json("poll")
    (item,) = site.json("shelf", "list")
    assert (item["id"], item["tries"], item["message_id"], item["exportable"]) == ("shelf-1", TRIES, BAD, True)
    assert item["error"].startswith(f"{type(error).__name__} at ")
    assert item["first_at"] < item["last_at"]
    assert (site.folder / "in" / "new" / "letter2").read_bytes() == opt_in_letter(2)  # untouched


def test_a_shelved_letter_waits_in_the_queue_without_its_words_and_the_log_tells_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = shelve_second(site, monkeypatch)
    (waiting,) = site.json("review", "list")
    assert (waiting["id"], waiting["reasons"], waiting["message_id"]) == (item, ["shelved"], BAD)
    (entry,) = [entry for entry in site.json("audit", "export") if entry["action"] == "letter:shelved"]
    assert (entry["subject"], entry["data"]["tries"], entry["data"]["message_id"]) == (item, TRIES, BAD)
    assert "a word of the letter" not in str((waiting, entry))
    site.say("audit", "verify")
    said, complained = site.say("poll")
    assert ("shelf" in said, complained) == (False, "")  # what is on the shelf is not tried any more


def test_a_retried_letter_is_decided_once_what_broke_it_is_put_right(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        item = shelve_second(site, patch)
        assert site.say("shelf", "retry", item)[0] == "1 letter will be tried again with the next poll\n"
        site.json("poll")
        assert site.json("shelf", "list") == []  # it has all its tries again
        for _ in range(TRIES - 1):
            site.json("poll")
        assert [one["id"] for one in site.json("shelf", "list")] == [item]
    site.say("shelf", "retry", "--all")
    assert site.json("poll")[0]["no_change"] == 1
    assert site.json("shelf", "list") == site.json("review", "list") == []
    assert site.json("poll")[0]["fetched"] == 0
    site.say("audit", "verify")


def test_a_letter_that_cannot_be_read_at_all_can_be_handed_to_a_person(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        item = shelve_second(site, patch)
    site.say("shelf", "retry", item, "--unread")
    assert site.json("poll")[0]["review"] == 1
    (waiting,) = site.json("review", "list")
    assert (waiting["reasons"], waiting["message_id"]) == (["malformed_message"], BAD)
    assert "KeyError at " in site.json("review", "show", waiting["id"])[0]["evidence"][0]["text"]
    resolution = ("--as", "opt_out", "--member", "IRL", "--by", "A. Clerk", "--reason", "read by eye")
    site.say("review", "resolve", waiting["id"], *resolution)
    assert site.json("flags", "list")[0]["state"] == "opted_out"


def test_a_shelved_letter_is_exported_byte_for_byte_even_after_it_has_left_the_mailbox(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        item = shelve_second(site, patch)
    (site.folder / "in" / "new" / "letter2").unlink()
    site.say("shelf", "export", item, str(tmp_path / "out.eml"))
    assert (tmp_path / "out.eml").read_bytes() == opt_in_letter(2)
    site.say("shelf", "retry", item)
    assert site.json("poll")[0]["no_change"] == 1


def test_a_person_may_drop_a_shelved_letter_and_it_does_not_come_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        item = shelve_second(site, patch)
    by = ("--by", "A. Clerk", "--reason", "answered by phone")
    assert "has not been read" in site.complaint("review", "resolve", item, "--as", "opt_in", *by, code=1)
    site.say("review", "resolve", item, "--as", "reject", *by)
    (site.folder / "in" / UID_LIST).unlink()
    assert site.json("poll")[0]["fetched"] == 0
    assert site.json("shelf", "list") == site.json("review", "list") == []


def test_the_bytes_on_the_shelf_are_held_about_whoever_they_name_until_the_letter_is_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        item = shelve_second(site, patch)

    def held() -> list[str]:
        return [one["id"] for one in site.json("forget", "karim.lindt@gov.ie.example") if one["kind"] == "shelf"]

    assert held() == [item]
    site.say("review", "resolve", item, "--as", "reject", "--by", "A. Clerk", "--reason", "not a request")
    assert held() == []


def test_a_shelved_letter_is_known_again_after_a_renumbering(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    item = shelve_second(site, monkeypatch)
    site.drop(opt_in_letter(4), "letter0")  # so that the numbers are others
    (site.folder / "in" / UID_LIST).unlink()
    for _ in range(TRIES):
        site.json("poll")
    assert [one["id"] for one in site.json("shelf", "list")] == [item]


def test_a_letter_on_which_the_server_cuts_the_connection_keeps_nobody_waiting(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each poll ends with it, but begins with what is new; then it is shelved, and the polls go through."""
    real = MaildirMailbox.fetch

    def fetch(self: MaildirMailbox, uid: int) -> bytes | None:
        if uid == 2:
            raise MailboxError("mail.example:993 cannot be reached (EOF)")
        return real(self, uid)

    monkeypatch.setattr(MaildirMailbox, "fetch", fetch)
    drop_three(site)
    for _ in range(TRIES):
        assert "cannot be reached" in site.say("poll", code=1)[1].splitlines()[-1]
    assert len(site.json("audit", "export")) > 0
    assert len(site.sent()) == 2  # the answers to the first and the third
    (item,) = site.json("shelf", "list")
    assert item["exportable"] is False
    said = site.complaint("shelf", "export", item["id"], str(site.folder / "x"), code=1)
    assert "could never be fetched: look at letter 2 of maildir://" in said
    site.json("poll")


def test_a_database_out_of_reach_is_no_fault_of_the_letter(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_three(site)
    with monkeypatch.context() as patch:
        patch.setattr("mailbot.polling.place_rows.is_known", _out_of_reach)
        for _ in range(TRIES + 1):
            assert "cannot be used: gone" in site.complaint("poll", code=1)
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["no_change"]) == (1, 2)


def _out_of_reach(*_: object) -> bool:
    raise OperationalError("SELECT", {}, RuntimeError("gone"))


@pytest.mark.parametrize("item", ["shelf-7", "7", "seven", "-1"])
def test_an_id_that_is_not_on_the_shelf_is_one_line(item: str, site: Site) -> None:
    said = site.complaint("shelf", "retry", "--", item, code=1)
    assert said == f"mailbot: there is no letter {item} on the shelf: see mailbot shelf list"


def test_retry_wants_ids_or_all(site: Site) -> None:
    assert "Name the letters to try again, or give --all" in site.complaint("shelf", "retry", code=2)
