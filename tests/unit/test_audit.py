"""The chain finds the first entry altered, removed or reordered, and with the head a tail cut off."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailbot.audit import FIRST_PREVIOUS, Head, canonical, entry_of, fingerprint, seal, verify


def chain(count: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        entry: dict[str, Any] = {
            "seq": seq,
            "at": "2026-11-22T12:00:00+00:00",
            "action": "flag:changed",
            "subject": "CÔT",
            "actor": "mailbot",
            "data": {"state": "opted_in", "no": seq},
            "previous": entries[-1]["hash"] if entries else FIRST_PREVIOUS,
        }
        entries.append(entry | {"hash": seal(entry)})
    return entries


def head(entries: list[dict[str, Any]]) -> Head:
    return Head(entries[-1]["seq"], entries[-1]["hash"])


def test_the_hash_is_sha_256_of_the_canonical_json_of_the_rest() -> None:
    """Anyone can check the chain with a dozen lines of another program."""
    (entry,) = chain(1)
    rest = {key: value for key, value in entry.items() if key != "hash"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert "CÔT".encode() in canonical(rest)


def test_a_whole_chain_is_whole() -> None:
    assert verify([]) is None
    assert verify(chain(5), [head(chain(5))]) is None
    assert verify(chain(5), [head(chain(3))]) is None  # the head was kept a while ago


@given(st.integers(1, 8), st.data())
def test_an_altered_entry_is_named(count: int, data: st.DataObject) -> None:
    entries = chain(count)
    victim = data.draw(st.integers(0, count - 1))
    key = data.draw(st.sampled_from(["at", "action", "subject", "actor", "data", "previous", "hash"]))
    entries[victim][key] = "something else"
    fault = verify(entries)
    assert fault is not None
    assert fault.seq == victim + 1
    assert "altered" in fault.what


@given(st.integers(2, 8), st.data())
def test_a_removed_entry_is_named(count: int, data: st.DataObject) -> None:
    entries = chain(count)
    victim = data.draw(st.integers(0, count - 2))
    del entries[victim]
    fault = verify(entries)
    assert fault is not None
    assert (fault.seq, "removed" in fault.what) == (victim + 1, True)


@given(st.integers(2, 8), st.data())
def test_swapped_entries_are_named(count: int, data: st.DataObject) -> None:
    entries = chain(count)
    first, second = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=2)))
    entries[first], entries[second] = entries[second], entries[first]
    fault = verify(entries)
    assert fault is not None
    assert (fault.seq, "reordered" in fault.what) == (first + 1, True)


def test_a_cut_off_tail_shows_only_beside_the_head() -> None:
    entries = chain(5)
    assert verify(entries[:3]) is None
    fault = verify(entries[:3], [head(entries)])
    assert fault is not None
    assert (fault.seq, "removed" in fault.what) == (4, True)


def test_a_chain_made_anew_from_a_changed_entry_on_shows_only_beside_the_head() -> None:
    kept = head(chain(5))
    forged = chain(2)
    forged[1]["data"] = {"state": "opted_out"}
    forged[1]["hash"] = seal(forged[1])
    for seq in (3, 4, 5):
        entry = {**chain(5)[seq - 1], "previous": forged[-1]["hash"]}
        forged.append(entry | {"hash": seal(entry)})
    assert verify(forged) is None
    fault = verify(forged, [kept])
    assert fault is not None
    assert fault.seq == 5


def test_an_entry_put_in_from_another_chain_is_named() -> None:
    entries = chain(3)
    stranger = {**entries[1], "previous": "f" * 64}
    entries[1] = stranger | {"hash": seal(stranger)}
    fault = verify(entries)
    assert fault is not None
    assert fault.seq == 2


def test_a_row_whose_data_is_no_json_any_more_is_an_altered_entry() -> None:
    (entry,) = chain(1)
    fault = verify([entry_of(entry | {"data": "{broken"})])
    assert fault is not None
    assert "altered" in fault.what


def test_a_line_that_is_no_entry_is_named() -> None:
    fault = verify([*chain(2), {}])
    assert fault is not None
    assert fault.seq == 3


@given(st.recursive(st.text(st.characters(codec=None)) | st.integers() | st.none(), st.lists, max_leaves=8))
def test_the_fingerprint_of_a_value_outlives_its_way_through_the_database(value: Any) -> None:
    """Lone surrogates too, which a letter may bring along."""
    assert fingerprint(value) == fingerprint(json.loads(json.dumps(value)))


def test_the_halves_of_a_surrogate_pair_have_the_fingerprint_they_are_stored_with() -> None:
    assert fingerprint("\ud83d\ude00") == fingerprint(json.loads(json.dumps("\ud83d\ude00")))


def test_an_entry_with_a_key_more_is_altered() -> None:
    fault = verify([chain(1)[0] | {"note": "added"}])
    assert fault is not None
    assert "altered" in fault.what
