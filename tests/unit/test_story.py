"""Each entry of the audit log in plain words, and one that was altered without a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.story import sentence


def entry(action: Any, data: Any, subject: str = "2026-00031", actor: str = "Ana") -> dict[str, Any]:
    return {"action": action, "subject": subject, "actor": actor, "data": data}


@pytest.mark.parametrize(
    ("action", "data", "said"),
    [
        ("letter:received", {"mailbox": "imap://x", "size": 9}, "The letter arrived in imap://x (9 bytes)."),
        ("letter:shelved", {}, "The letter 2026-00031 was shelved."),
        ("mail:released", {"message_id": "<1@x>"}, "Ana let the mail <1@x> go that was withheld."),
        ("mail:resumed", {}, "Ana let mail be sent again."),
        ("review:resolved", {"as": "reject", "member": None, "reason": "noise"}, "Ana decided to reject it: noise."),
        ("review:claimed", {}, "Ana took the letter to decide it."),
        ("session:begun", {"with": "password"}, "Ana signed in."),
        ("session:ended", {}, "Ana signed out."),
        ("user:added", {"role": "viewer"}, "Ana added 2026-00031 as viewer."),
        ("token:revoked", {}, "Ana revoked the token 2026-00031."),
        ("study_period:set", {"ends": "2028-11-01T00:00:00+00:00"}, "was set to end on 2028-11-01."),
        ("something:new", {}, "something new: 2026-00031 (Ana)."),
    ],
)
def test_an_entry_is_told_in_plain_words(action: str, data: dict[str, Any], said: str) -> None:
    assert sentence(entry(action, data)).endswith(said)


_ACTIONS = st.sampled_from(
    ["letter:received", "letter:decided", "flag:changed", "mail:queued", "mail:failed", "review:resolved", "user:added"]
)
_JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(_ACTIONS | st.text(), _JSON)
def test_an_altered_entry_is_told_too(action: str, data: Any) -> None:
    assert isinstance(sentence(entry(action, data)), str)
