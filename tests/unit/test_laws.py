"""Laws that hold for every letter, whatever is done to it on its way (rules 2, 3, 8, 9; decided in bounded time).

Letters are generated: by default few and the same ones each time, so that the tier stays quick. To look further:
`HYPOTHESIS_PROFILE=thorough pytest tests/unit/test_laws.py` tries some thousand other letters of every kind.
"""

from __future__ import annotations

import base64
import html
import os
import quopri
import random
import resource
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mailbot.inflection import base_forms
from mailbot.judgement import Decision
from mailbot.members import Member
from mailbot.names import NameIndex
from mailbot.terms import Action, Intent
from tests.letters import model, raw_letter

Decide = Callable[[bytes], Decision]

_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "quick", max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=_SLOW,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)  # fmt: skip
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=_SLOW)
LAW = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SETTING = frozenset({Action.APPLY, Action.NO_CHANGE})
ANA, NINA = "Ana Juma <ana.juma@gov.ke.example>", "Nina Sani <nina.sani@gov.ne.example>"
STRANGER, TIES = "Otto Nobody <otto@nobody.example>", "Tom Ties <tom.ties@gov.ke.example>"


@dataclass(frozen=True)
class Clear:
    """A letter that no clerk would hesitate over."""

    words: str
    intent: Intent
    sender: str = ANA
    charsets: tuple[str, ...] = ("utf-8", "iso-8859-1", "utf-16")


IN, OUT = Intent.OPT_IN, Intent.OPT_OUT
LETTERS = (
    Clear(model(), IN, charsets=("utf-8", "us-ascii", "iso-8859-1", "utf-7", "koi8-r", "gb18030")),
    Clear(model(choice='"opt out" of'), OUT),
    Clear("Please deactivate automatic approval of registration requests for Kenya, until further notice.", OUT),
    Clear(
        "Au nom du Niger, je veux accepter l'approbation automatique des demandes d'inscription jusqu'à nouvel avis.",
        IN, NINA, ("utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"),
    ),
    Clear(
        "Veuillez désactiver l'approbation automatique des demandes d'inscription pour le Niger.",
        OUT, NINA, ("utf-8", "iso-8859-1", "windows-1252"),
    ),
    Clear(
        "En nombre de Kenya, solicito la activación de la aprobación automática de las solicitudes de inscripción.",
        IN, ANA, ("utf-8", "iso-8859-1", "windows-1252"),
    ),
    Clear(
        "От имени Нигера прошу включить автоматическое утверждение запросов на регистрацию до дальнейшего уведомления.",
        IN, NINA, ("utf-8", "koi8-r", "windows-1251", "iso-8859-5"),
    ),
    Clear(
        "От имени Кении прошу отключить автоматическое утверждение запросов на регистрацию.",
        OUT, ANA, ("utf-8", "koi8-r", "windows-1251"),
    ),
    Clear(
        "我谨代表尼日尔，选择接受对注册申请的自动批准，直至另行通知。",
        IN, NINA, ("utf-8", "gb2312", "gbk", "gb18030"),
    ),
    Clear(
        "باسم النيجر، أرغب في تفعيل الموافقة التلقائية على طلبات التسجيل حتى إشعار آخر.",
        IN, NINA, ("utf-8", "windows-1256", "iso-8859-6"),
    ),
)  # fmt: skip
# Letters that must go to a person, whatever is put below them.
DOUBTFUL = (
    "Kenya does not wish to opt in to automatic approval of registrations.",
    "Kenya opts in to automatic approval, but only for meetings of Study Group 13.",
    "Is automatic approval of registrations switched on for Kenya?",
    model(choice='["opt in" to or "opt out" of]'),
    model("Zephyrine Broadband Oyj"),
    model("Korea"),
    f"{model()}\n\nFurther, Kenya wishes to opt out of automatic approval.",
)


# -- re-encoding -------------------------------------------------------------------------------------------------------


def _encoded(data: bytes, how: str) -> bytes:
    if how == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if how == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def _plain(words: str, charset: str, how: str, width: int) -> bytes:
    wrapped = "\r\n".join(textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False))
    head = f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: {how}\r\n\r\n'
    return head.encode() + _encoded(wrapped.encode(charset), how)


def _rich(words: str, charset: str, how: str, tag: str) -> bytes:
    opening, closing = f"<{tag}>", f"</{tag.split()[0]}>"
    page = (
        f"<html><head><style>p {{ margin: 0 }}</style></head><body>{opening}{html.escape(words)}{closing}</body></html>"
    )
    head = f"Content-Type: text/html; charset={charset.upper()}\r\nContent-Transfer-Encoding: {how.upper()}\r\n\r\n"
    return head.encode() + _encoded(page.encode(charset), how)


def _nested(part: bytes, depth: int) -> bytes:
    for number in range(depth):
        edge = b"=_%d_edge" % number
        part = b'Content-Type: multipart/mixed;\r\n boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            edge,
            edge,
            part,
            edge,
        )
    return part


def _alternative(one: bytes, other: bytes) -> bytes:
    return b"Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n%s\r\n--alt\r\n%s\r\n--alt--\r\n" % (
        one,
        other,
    )


def _head(letter: Clear, names: Callable[[str], str], fold: str) -> bytes:
    domain = letter.sender.rpartition("@")[2].rstrip(">")
    name, _, address = letter.sender.rpartition(" ")
    fields = {
        "Authentication-Results": f"mx.example;{fold}dmarc=pass{fold}header.from={domain}",
        "Received": f"from x by mx.example;{fold}Thu, 03 Sep 2026 10:00:00 +0000",
        "From": f"{name}{fold}{address}",
        "To": f"tsbdir@itu.int,{fold}other@itu.int",
        "Subject": f"Circular{fold}118",
        "Date": "Thu, 03 Sep 2026 10:00:00 +0000",
        "Message-ID": "<one@x.example>",
        "MIME-Version": "1.0",
    }
    return "".join(f"{names(field)}: {value}\r\n" for field, value in fields.items()).encode()


@st.composite
def re_encoded(draw: st.DrawFn) -> tuple[Clear, bytes]:
    """A clear letter as some mail program might have written it."""
    letter = draw(st.sampled_from(LETTERS))
    charset = draw(st.sampled_from(letter.charsets))
    # The line ends of UTF-16 survive base64 only.
    how = draw(st.sampled_from(["base64"] if charset == "utf-16" else ["base64", "quoted-printable", "8bit"]))
    plain = _plain(letter.words, charset, how, draw(st.sampled_from([68, 72, 76, 900])))
    rich = _rich(
        letter.words, charset, how, draw(st.sampled_from(["p", "div", "div dir=auto", "span", "font size=2", "td"]))
    )
    body = draw(st.sampled_from([plain, rich, _alternative(plain, rich)]))
    names = draw(st.sampled_from([str, str.upper, str.lower, str.title]))
    raw = _head(letter, names, draw(st.sampled_from([" ", "\r\n ", "\r\n\t"]))) + _nested(body, draw(st.integers(0, 4)))
    return letter, raw.replace(b"\r\n", b"\n") if draw(st.booleans()) else raw


@LAW
@given(re_encoded())
def test_re_encoding_never_changes_the_decision(decided: Decide, generated: tuple[Clear, bytes]) -> None:
    letter, raw = generated
    plain, decision = decided(raw_letter(letter.words, sender=letter.sender)), decided(raw)
    assert plain.action in SETTING
    assert decision.intent is letter.intent
    assert (decision.action, decision.intent, decision.member, decision.duration, decision.reasons) == (
        plain.action, plain.intent, plain.member, plain.duration, plain.reasons
    )  # fmt: skip


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.words[:24])
def test_clear_letters_are_decided_without_a_person(decided: Decide, letter: Clear) -> None:
    decision = decided(raw_letter(letter.words, sender=letter.sender))
    assert (decision.action in SETTING, decision.intent, decision.reasons) == (True, letter.intent, ())


@pytest.mark.parametrize("letter", LETTERS[:8], ids=lambda letter: letter.words[:24])
def test_case_does_not_matter(decided: Decide, letter: Clear) -> None:
    decision = decided(raw_letter(letter.words.upper(), sender=letter.sender))
    assert decision.intent is letter.intent
    assert decision.action in SETTING


# -- what stands below -------------------------------------------------------------------------------------------------


def _marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


QUOTES: tuple[Callable[[str], str], ...] = (
    lambda below: f"On Thu, 3 Sep 2026 at 10:00, TSB <tsb@itu.int> wrote:\n{_marked(below)}",
    lambda below: f"Le 3 sept. 2026 à 10:00, TSB <tsb@itu.int> a écrit :\n\n{_marked(below)}",
    lambda below: f"El jue, 3 sept 2026 a las 10:00, TSB (<tsb@itu.int>) escribió:\n\n{_marked(below)}",
    lambda below: f"3 сентября 2026 г., 10:00, TSB <tsb@itu.int> написал(а):\n{_marked(below)}",
    lambda below: f"-----Original Message-----\nFrom: TSB\nSent: 3 September 2026\nTo: Ana\nSubject: x\n\n{below}",
    lambda below: f"From: TSB <tsb@itu.int>\nSent: Thursday, 3 September 2026\nTo: Ana\nSubject: x\n\n{below}",
    lambda below: f"De : TSB\nEnvoyé : jeudi 3 septembre 2026\nÀ : Ana\nObjet : x\n\n{below}",
    lambda below: (
        f"________________________________\nОт: TSB\nОтправлено: 3 сентября 2026\nКому: Ana\nТема: x\n\n{below}"
    ),
    lambda below: f"发件人: TSB\n发送时间: 2026年9月3日\n收件人: Ana\n主题: x\n\n{below}",
    lambda below: f"---------- Forwarded message ---------\nFrom: TSB\nDate: today\nSubject: x\n\n{below}",
    _marked,
)


@LAW
@given(st.sampled_from(LETTERS), st.sampled_from(QUOTES), st.sampled_from([*LETTERS, *DOUBTFUL]), st.booleans())
def test_a_quote_below_never_changes_the_decision_above_it(
    decided: Decide, letter: Clear, quote: Callable[[str], str], below: Clear | str, twice: bool
) -> None:
    quoted = below.words if isinstance(below, Clear) else below
    quoted = quote(f"{quoted}\n\n{quote(quoted)}") if twice else quote(quoted)
    alone = decided(raw_letter(letter.words, sender=letter.sender))
    decision = decided(raw_letter(f"{letter.words}\n\nAna\n\n{quoted}", sender=letter.sender))
    assert (decision.action, decision.intent, decision.member, decision.reasons) == (
        alone.action, alone.intent, alone.member, alone.reasons
    )  # fmt: skip


FOOTERS = (
    "CONFIDENTIAL. To stop receiving marketing communications you may opt out at any time.",
    "This e-mail is intended only for the addressee. If you wish to opt in to our newsletter, click here.",
    "Sent from my iPhone",
    "Ce message est confidentiel. Pour vous désabonner, cliquez ici.",
    "Aviso legal: este mensaje es confidencial. Puede darse de baja de la lista cuando lo desee.",
    "Это сообщение конфиденциально. Чтобы отписаться, нажмите здесь.",
    "本邮件内容保密，仅供收件人使用。如需退订请点击此处。",
    "هذه الرسالة سرية وموجهة للمرسل إليه فقط.",
)


@LAW
@given(
    st.sampled_from(DOUBTFUL),
    st.lists(st.sampled_from(FOOTERS), min_size=1, max_size=3),
    st.sampled_from(["", "-- \n"]),
)
def test_a_footer_never_turns_a_doubt_into_a_flag(decided: Decide, words: str, footers: list[str], mark: str) -> None:
    assert decided(raw_letter(words)).action is Action.REVIEW
    assert decided(raw_letter(f"{words}\n\n{mark}Ana Juma\n\n" + "\n\n".join(footers))).action is Action.REVIEW


@LAW
@given(st.sampled_from(LETTERS), st.sampled_from(LETTERS), st.sampled_from(["\n\n", "\n", " "]))
def test_two_opposite_wishes_never_set_a_flag(decided: Decide, one: Clear, other: Clear, gap: str) -> None:
    if one.intent is not other.intent:
        decision = decided(raw_letter(f"{one.words}{gap}{other.words}", sender=one.sender))
        assert decision.action is Action.REVIEW


# -- damage, and letters of others -------------------------------------------------------------------------------------


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12)


def _damaged(raw: bytes, changes: list[tuple[float, int]], kept: float) -> bytes:
    """A letter with some bytes changed, of which only the share `kept` has arrived."""
    data = bytearray(raw)
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    return bytes(data[: int(len(data) * kept)])


@LAW
@given(
    st.sampled_from(LETTERS),
    st.sampled_from([(None, False), (STRANGER, True), (STRANGER, False), (TIES, True)]),
    st.sampled_from(["plain", "html", "attached"]),
    CHANGES,
    st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damage_never_makes_a_flag_of_a_letter_nobody_may_act_on(
    decided: Decide,
    letter: Clear,
    by: tuple[str | None, bool],
    form: str,
    changes: list[tuple[float, int]],
    kept: float,
) -> None:
    """Whether forged, from nobody known, or from a TIES focal point."""
    raw = raw_letter(
        "See the attached letter." if form == "attached" else letter.words,
        sender=by[0] or letter.sender,
        authenticated=by[1],
        html=f"<p>{letter.words}</p>" if form == "html" else None,
        attachments={"letter.txt": letter.words.encode()} if form == "attached" else None,
    )
    assert decided(_damaged(raw, changes, kept)).action not in SETTING


@LAW
@given(st.binary(max_size=2000), st.booleans())
def test_bytes_of_any_kind_are_decided_and_set_no_flag(decided: Decide, noise: bytes, headed: bool) -> None:
    head = raw_letter("x", sender=STRANGER).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if headed else b""
    assert decided(head + noise).action not in SETTING


@LAW
@given(st.sampled_from(LETTERS), CHANGES, st.floats(0.75, 1))
def test_damage_never_turns_a_wish_round(
    decided: Decide, letter: Clear, changes: list[tuple[float, int]], kept: float
) -> None:
    decision = decided(_damaged(raw_letter(letter.words, sender=letter.sender), changes, kept))
    assert not (decision.action in SETTING and decision.intent is not letter.intent)


_PIECES = (
    "opt in", "opt out", "[", "]", "(", ">", "\n", "\n\n", "not", "no longer", "or", "/", "\t", "we wish to", "118",
    "On 3 Sep 2026 x wrote:", "From: a@b", "Kenya", "Нигер", "尼日尔", "автоматическое утверждение", "自动批准",
    "?", ".", "الموافقة التلقائية", "☒", "☐", "automatic approval", "of registration requests", "\u202e", "\u200d",
    "<s>", "-- ",
)  # fmt: skip


@LAW
@given(
    st.lists(st.sampled_from(_PIECES), max_size=60), st.sampled_from(["", "html"]), st.sampled_from([STRANGER, TIES])
)
def test_no_words_of_an_undesignated_sender_set_a_flag(
    decided: Decide, pieces: list[str], form: str, sender: str
) -> None:
    words = " ".join(pieces)
    raw = raw_letter("x" if form else words, sender=sender, html=words if form else None)
    assert decided(raw).action not in SETTING


# -- names -------------------------------------------------------------------------------------------------------------

_LETTERS = st.text("abcd", min_size=5, max_size=13).map(lambda text: f"x{text}")


@LAW
@given(st.lists(_LETTERS, min_size=1, max_size=60, unique=True), st.data())
def test_the_index_finds_every_word_within_reach_of_a_typing_error(names: list[str], data: st.DataObject) -> None:
    """The marks the index looks under are a short cut; comparing with every word is the definition."""
    from rapidfuzz.distance import OSA

    from mailbot.folding import tokenize

    index = NameIndex.of(Member(f"M{number}", name, "associate") for number, name in enumerate(names))
    word = data.draw(st.one_of(_LETTERS, st.sampled_from(names).flatmap(_one_off)))
    if word in names or len(word) < 6 or set(base_forms(word)) & set(names):
        return
    allowed = 2 if len(word) >= 10 else 1
    within = {name for name in names if len(name) >= 6 and OSA.distance(word, name) <= allowed}
    expected = {f"M{number}" for number, name in enumerate(names) if name in within}
    assert index.share(tokenize(word.capitalize())[0]) == expected


def _one_off(name: str) -> st.SearchStrategy[str]:
    places = st.integers(1, len(name) - 1)
    return st.one_of(
        places.map(lambda at: name[:at] + name[at + 1 :]),
        places.map(lambda at: name[:at] + "b" + name[at:]),
        places.map(lambda at: name[:at] + "c" + name[at + 1 :]),
        places.map(lambda at: name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :] if at > 1 else name + "a"),
    )


# -- floods ------------------------------------------------------------------------------------------------------------


def _lines(piece: str, size: int = 400_000) -> str:
    line = (piece * 80)[:70]
    return "\n".join([line] * (size // 71))


FLOODS = {
    "brackets": _lines("((((("),
    "dashes": "-" * 400_000,
    "spaces": " " * 400_000,
    "digits": _lines("118 "),
    "joiners": "\u200d" * 400_000,
    "accents": "a" + "\u0301" * 400_000,
    "line breaks": "\n" * 100_000,
    "choices": _lines("opt in, opt out, "),
    "wishes": "we wish to opt in or opt out of automatic approval for Kenya and Niger, not " * 5_000,
    "small words": _lines("a@a@"),
    "fields": _lines("a:\n"),
    "header fields": "From: a\nSent: b\nTo: c\n" * 15_000,
    "attributions": "2 a b c d e f\n" * 25_000,
    "boxes": "☐ opt in ☒ opt out\n" * 20_000,
    "names": "Kenya Nigeria Falcon Altenburg Telecom " * 10_000,
    "misspelt names": "Nigeeria Austrailia Altenburgg Telecomm " * 10_000,
    "one Chinese sentence": "我谨代表尼日尔选择接受对注册申请的自动批准" * 20_000,
    "one Arabic sentence": "باسم النيجر أرغب في قبول الموافقة التلقائية " * 8_000,
    "one Russian sentence": "От имени Кении прошу включить автоматическое утверждение " * 7_000,
}
RICH_FLOODS = {
    "tags": "<b>x</b>" * 100_000,
    "nested": "<div>" * 100_000 + "opt in" + "</div>" * 100_000,
    "struck": "<s>opt in</s> opt out " * 15_000,
    "hidden": "<span style='color:#fff'>opt in </span>" * 25_000,
    "open quotes": "<blockquote>" * 25_000,
    "open comments": "<!--" * 100_000,
    "angles": "<" * 400_000,
    "attributes": "<p " + "a=b " * 100_000 + ">x",
    "rules": "<style>" + "p{color:red}" * 30_000 + "</style><p>x",
    "selectors": "<style>" + "* * * * p{display:none}" * 300 + "</style>" + "<p><b>x</b></p>" * 20_000,
    "media": "<style>" + "@media x{p{a:b}" * 20_000 + "</style><p>x",
    "declarations": "<p style='" + "a:b;" * 100_000 + "'>x",
    "entities": "&amp;" * 100_000,
}
HEADER_FLOODS = {
    "Subject": "=?utf-8?Q?a?= " * 20_000,
    "From": "a, " * 100_000 + "<a@b.example>",
    "To": "a@b, " * 80_000,
    "X-Long": "<a@b> " * 60_000,
    "References": "<" * 300_000,
    "Received": "(" * 300_000,
    "Authentication-Results": "mx.example; " + "dkim=pass header.d=x; " * 20_000,
}


def _within_five_seconds(decided: Decide, raw: bytes) -> None:
    start = time.process_time()
    assert decided(raw).action not in SETTING
    assert time.process_time() - start < 5


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_text_is_decided_within_five_seconds(decided: Decide, name: str) -> None:
    _within_five_seconds(decided, raw_letter(FLOODS[name], subject=FLOODS[name][:2000].replace("\n", " ")))


@pytest.mark.parametrize("name", RICH_FLOODS)
def test_a_flood_of_markup_is_decided_within_five_seconds(decided: Decide, name: str) -> None:
    _within_five_seconds(decided, raw_letter("x", html=RICH_FLOODS[name], subject="x"))


@pytest.mark.parametrize("name", HEADER_FLOODS)
def test_a_flood_in_a_header_is_decided_within_five_seconds(decided: Decide, name: str) -> None:
    fields, _, body = raw_letter("x", sender=STRANGER).partition(b"\r\n\r\n")
    kept = [field for field in fields.split(b"\r\n") if not field.startswith(name.encode() + b":")]
    raw = f"{name}: {HEADER_FLOODS[name]}".encode() + b"\r\n" + b"\r\n".join(kept) + b"\r\n\r\n" + body
    _within_five_seconds(decided, raw)


_MEASURE = """
import re, sys
from pathlib import Path
from mailbot.decide import judge
from mailbot.judgement import Circumstances, Policy
from mailbot.wording_files import load_wording
from tests.unit.conftest import MEMBERS, NOW, POINTS, WORDING
from mailbot.register import Register
world = Circumstances(load_wording(WORDING), Register.of(MEMBERS, POINTS), Policy(), "2025-2028")
judge(sys.stdin.buffer.read(), None, world, NOW)
# not ru_maxrss: across exec that still counts what the parent held
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.parametrize("name", ["tags", "open quotes", "20 MB"])
def test_a_flood_takes_less_than_300_mb(name: str) -> None:
    noise = {"noise.bin": random.Random(1).randbytes(20_000_000)}
    flood = (
        raw_letter("see attached", attachments=noise) if name == "20 MB" else raw_letter("x", html=RICH_FLOODS[name])
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE], input=flood, capture_output=True, check=True, cwd=root, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (30, 30)),
    )  # fmt: skip
    assert int(done.stdout) < 300
