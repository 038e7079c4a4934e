"""Spoils letters as mail programs, gateways and enemies do: each mutator takes raw bytes to other raw bytes.

The mutators know the structure of a message (header fields, MIME parts, charsets, documents) and do not care whether
the result is valid. All chance comes from the `Random` that is passed in, so the same seed makes the same letter.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[bytes, Random], bytes]

MOST_BYTES = 200_000  # of what comes out: longer letters only take longer; the floods have tests of their own

_CHARSETS = (
    b"utf-8 us-ascii iso-8859-1 windows-1252 koi8-r windows-1251 iso-8859-6 windows-1256 gb2312 gb18030 big5 hz "
    b"iso-2022-jp iso-2022-kr utf-7 utf-16 utf-16le utf-32 idna punycode rot13 unicode_escape base64 zlib x-unknown"
).split()
_ENCODINGS = (b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable", b"x-uuencode", b"x-junk", b"")
_TYPES = (
    b"text/plain text/html text/rtf text/calendar multipart/mixed multipart/alternative multipart/related "
    b"multipart/report multipart/signed multipart/encrypted message/rfc822 message/partial message/delivery-status "
    b"application/pdf application/pkcs7-mime application/zip application/msword application/octet-stream image/png "
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document "
    b"application/vnd.oasis.opendocument.text text multipart/ /plain"
).split()
_FILES = (
    b"letter.pdf", b"letter.docx", b"letter.odt", b"letter.rtf", b"letter.txt", b"a.zip", b"x.png", b"..", b"",
    b"=?utf-8?B?0L/QuNGB0YzQvNC+?=.pdf",
)  # fmt: skip
_FIELDS = (
    b"From", b"Sender", b"Reply-To", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References",
    b"Return-Path", b"Received", b"Authentication-Results", b"ARC-Authentication-Results", b"ARC-Seal",
    b"DKIM-Signature", b"Auto-Submitted", b"Precedence", b"List-Id", b"Content-Type", b"Content-Transfer-Encoding",
    b"Content-Disposition", b"MIME-Version", b"X-Auto-Response-Suppress",
)  # fmt: skip
_VALUES = (
    b"mx.example; dmarc=pass header.from=gov.ke.example", b"mx.example; dmarc=fail; dkim=pass header.d=x.example",
    b"mx.example (x; dmarc=pass", b'"mx.example" 1; spf=pass smtp.mailfrom=a@gov.af.example', b"mx.example; none",
    b"i=1; mx.example; dmarc=pass", b"v=1; a=rsa-sha256; d=gov.ke.example; s=x; h=from:date; bh=AAAA; b=AAAA",
    b"<>", b"<one@x.example>", b"<" * 40, b'"a" <a@b.example>, <c@d.example>', b"g: a@b.example;", b"a@b@c.example",
    b"=?utf-8?Q?=0D=0AX: y?= <a@b.example>", b"=?utf-8?B?gICA?=", b"=?gb2312?Q?=D1?=", b"=?x?Q?y?=",
    b"Thu, 03 Sep 2026 10:00:00 +0000", b"Thu, 99 Foo 99999 99:99:99 +9999", b"1 Jan 0001 00:00:00 +2359",
    b"31 Dec 9999 23:59:59 -2359", b"Thu, 03 Sep 2026 10:00:00 -0000", b"0", b"auto-replied", b"bulk", b"no", b"",
    b"a@xn--.example", b"a@xn--zzzzzz99999.example", "a@пример.example".encode(), "ана@gov.ke.example".encode(),
    b"a@" + b"b" * 300 + b".example", b"a@[127.0.0.1]", b"(" * 60 + b"a@b.example", b"\xff\xfe\x00",
    b"=?utf-8*en?Q?a?=", b"Re: Re: Fwd: opt out",
)  # fmt: skip
_WORDS = tuple(
    word.encode("utf-8", "surrogatepass")
    for word in (
        "opt in", "opt out", "[opt in / opt out]", "not", "automatic approval of registration requests", "Kenya",
        "Republic of the Niger", "\u202e", "\u2066", "\u200d", "\ufeff", "\ud800", "\x00", "\x1b[2J", "\u0301" * 30,
        "\u2028", "İ", "ß", "ﷺ", "☒", "☐", "[x]", "> ", "-- \n", "\n\n", "\r", "\x0c", "<", "&#0;", "&#xD800;",
        "&#99999999;",
        "<!--", "-->", "<![CDATA[", "<s>", "</s>", "<del>", "<table><tr><td>", "</div></div>", "<blockquote type=cite>",
        "<div class=gmail_quote>", "<p style='display:none'>", "<style>p{display:none}", "<style>@media x{",
        "<svg><title>",
        "<template>", "<math><mi>", "<frameset>", "<plaintext>", "<a href='mailto:x'>", "<input type=checkbox checked>",
        "<font color=#fff size=0>", "<img alt='opt out'>", "<base href=x>", "<meta charset=utf-16>",
        "-----BEGIN PGP MESSAGE-----\n", "-----BEGIN PGP SIGNED MESSAGE-----\n\n", "\n-----BEGIN PGP SIGNATURE-----\n",
        "-----Original Message-----\nFrom: a\nSent: b\n", "On 3 Sep 2026, x wrote:\n> ", "发件人: a\n发送时间: b\n",
        "begin 644 letter.txt\n", "\nend\n", "=3D=\n", "=\n", "=ZZ", "{\\rtf1 \\u-3913? \\bin9999999 ",
    )
)  # fmt: skip
_WIDE = ("utf-8", "utf-16", "utf-7", "gb18030", "koi8-r")


def mutate(raw: bytes, chance: Random, others: Sequence[bytes] = ()) -> bytes:
    """A letter after one to six mutations; `others` are letters whose heads and bodies may be mixed in."""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 6))):
        if others and chance.random() < 0.08:
            raw = crossed(raw, chance.choice(others), chance)
        else:
            raw = chance.choice(MUTATORS)(raw, chance)[:MOST_BYTES]
    return raw


def crossed(one: bytes, other: bytes, chance: Random) -> bytes:
    """The head of one letter with the body of another, or both cut anywhere."""
    if chance.random() < 0.5:
        return _split(one)[0] + _split(other)[1]
    return (one[: _place(one, chance)] + other[_place(other, chance) :])[:MOST_BYTES]


def _place(raw: bytes, chance: Random) -> int:
    return chance.randint(0, len(raw))


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """The header block with the blank line, and the body."""
    found = re.search(rb"\r?\n\r?\n", raw)
    return (raw[: found.end()], raw[found.end() :]) if found else (raw, b"")


def _fields(head: bytes) -> list[bytes]:
    """The header fields, each with its folded lines and its line end."""
    return re.findall(rb"[^\n]*\n(?:[ \t][^\n]*\n)*", head.rstrip(b"\r\n") + b"\r\n")


def _joined(fields: Sequence[bytes], body: bytes) -> bytes:
    return b"".join(fields) + b"\r\n" + body


# -- bytes and lines ---------------------------------------------------------------------------------------------------


def _change_bytes(raw: bytes, chance: Random) -> bytes:
    data = bytearray(raw or b"\n")
    telling = (0, 10, 13, 32, 45, 58, 60, 61, 127, 255, chance.randrange(256))
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.choice(telling)
    return bytes(data)


def _cut(raw: bytes, chance: Random) -> bytes:
    start, end = sorted((_place(raw, chance), _place(raw, chance)))
    return raw[:start] + raw[end:] if chance.random() < 0.5 else raw[:end]


def _insert_word(raw: bytes, chance: Random) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + chance.choice((*_WORDS, *_VALUES)) * chance.choice((1, 1, 1, 2, 50)) + raw[at:]


def _repeat(raw: bytes, chance: Random) -> bytes:
    start = _place(raw, chance)
    piece = raw[start : start + chance.choice((1, 8, 80, 800))]
    return raw[:start] + piece * chance.choice((2, 10, 200, 2000)) + raw[start:]


def _shuffle_lines(raw: bytes, chance: Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    if lines:
        line = lines.pop(chance.randrange(len(lines)))
        for _ in range(chance.randint(0, 2)):
            lines.insert(chance.randint(0, len(lines)), line)
    return b"".join(lines)


def _line_ends(raw: bytes, chance: Random) -> bytes:
    return re.sub(rb"\r?\n", chance.choice((b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\n")), raw)


# -- header fields -----------------------------------------------------------------------------------------------------


def _add_field(raw: bytes, chance: Random) -> bytes:
    head, body = _split(raw)
    fields = _fields(head)
    name, colon = chance.choice(_FIELDS), chance.choice((b": ", b":", b" : ", b":\r\n ", b""))
    fields.insert(chance.choice((0, chance.randint(0, len(fields)))), name + colon + chance.choice(_VALUES) + b"\r\n")
    return _joined(fields, body)


def _duplicate_field(raw: bytes, chance: Random) -> bytes:
    head, body = _split(raw)
    fields = _fields(head)
    if fields:
        field = chance.choice(fields)
        if chance.random() < 0.5:
            field = field.swapcase()
        fields.insert(chance.randint(0, len(fields)), field)
    return _joined(fields, body)


def _drop_field(raw: bytes, chance: Random) -> bytes:
    head, body = _split(raw)
    fields = _fields(head)
    if fields:
        fields.pop(chance.randrange(len(fields)))
    return _joined(fields, body)


def _in_a_field(raw: bytes, chance: Random, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """The letter with one field changed by `change`, which takes its name with the colon, and its value."""
    head, body = _split(raw)
    fields = _fields(head)
    if fields:
        at = chance.randrange(len(fields))
        name, colon, value = fields[at].partition(b":")
        fields[at] = change(name + colon, value.strip()) + b"\r\n"
    return _joined(fields, body)


def _fold(raw: bytes, chance: Random) -> bytes:
    gap = chance.choice((b"\r\n ", b"\n\t", b"\r\n\r\n ", b"\r ", b"\r\n  \r\n ", b"\x0b", b"  "))
    return _in_a_field(raw, chance, lambda name, value: name + gap + value.replace(b" ", gap))


def _encode_field(raw: bytes, chance: Random) -> bytes:
    charset = chance.choice(_CHARSETS)

    def encoded(name: bytes, value: bytes) -> bytes:
        if chance.random() < 0.5:
            word = b"=?%s?B?%s?=" % (charset, base64.b64encode(value))
        else:
            word = b"=?%s?q?%s?=" % (charset, quopri.encodestring(value, header=True).replace(b"=\n", b""))
        return name + b" " + word[: chance.choice((len(word), len(word), 30))]

    return _in_a_field(raw, chance, encoded)


# -- MIME --------------------------------------------------------------------------------------------------------------


def _replace_one(pattern: bytes, choices: Sequence[bytes]) -> Mutator:
    """Another value in place of one of the matches of a pattern (of its first group)."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def replace(raw: bytes, chance: Random) -> bytes:
        matches = list(compiled.finditer(raw))
        if not matches:
            return raw
        start, end = chance.choice(matches).span(1)
        return raw[:start] + chance.choice(choices) + raw[end:]

    return replace


def _transcode(raw: bytes, chance: Random) -> bytes:
    """The body's characters in another charset, announced or not."""
    head, body = _split(raw)
    charset = chance.choice(_WIDE)
    head = re.sub(rb'charset="?[\w-]+', b"charset=" + charset.encode(), head)
    return head + body.decode("utf-8", "replace").encode(charset, "replace")


def _encode_body(raw: bytes, chance: Random) -> bytes:
    head, body = _split(raw)
    how = chance.choice((b"base64", b"quoted-printable"))
    coded = base64.encodebytes(body) if how == b"base64" else quopri.encodestring(body)
    head = re.sub(rb"(?im)^content-transfer-encoding:[^\n]*\n", b"", head)
    return b"Content-Transfer-Encoding: " + how + b"\r\n" + head + coded


def _moved(raw: bytes) -> tuple[bytes, bytes]:
    """The fields that stay on top, and the letter's content as a MIME part with its own Content fields."""
    head, body = _split(raw)
    fields = _fields(head)
    content = [field for field in fields if field[:8].lower() == b"content-"]
    return b"".join(field for field in fields if field not in content), _joined(content, body)


def _multipart(kind: bytes, edge: bytes, *parts: bytes) -> bytes:
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, edge)
    return head + b"".join(b"--%s\r\n%s\r\n" % (edge, part) for part in parts) + b"--%s--\r\n" % edge


def _nest(raw: bytes, chance: Random) -> bytes:
    top, part = _moved(raw)
    for depth in range(chance.choice((1, 2, 5, 40))):
        edge = b"%d-%d" % (depth, chance.randrange(9))
        kind = chance.choice((b"mixed", b"alternative", b"related", b"signed", b"report", b"digest"))
        part = _multipart(kind, edge, part)
    return top + part


def _forward(raw: bytes, chance: Random) -> bytes:
    top, _ = _moved(raw)
    return top + b"Content-Type: message/rfc822\r\n\r\n" + raw


def _attach(raw: bytes, chance: Random) -> bytes:
    top, part = _moved(raw)
    name, kind = chance.choice(_FILES), chance.choice(_TYPES)
    payload = base64.encodebytes(_change_bytes(raw[: _place(raw, chance)], chance))
    disposition = chance.choice((b"attachment", b"inline", b"x"))
    head = b'Content-Type: %s; name="%s"\r\nContent-Disposition: %s; filename="%s"\r\n' % (
        kind,
        name,
        disposition,
        name,
    )
    parts = [part, head + b"Content-Transfer-Encoding: base64\r\n\r\n" + payload]
    chance.shuffle(parts)
    return top + _multipart(b"mixed", b"attach", *parts)


def _as_html(raw: bytes, chance: Random) -> bytes:
    top, part = _moved(raw)
    words = _split(part)[1].split(b" ")
    for _ in range(chance.choice((1, 4, 30))):
        words.insert(chance.randint(0, len(words)), chance.choice(_WORDS))
    return top + b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>" + b" ".join(words)


_CODED = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/=]*")


def _spoil_document(raw: bytes, chance: Random) -> bytes:
    """Changes within an attached document, below its base64."""
    found = list(_CODED.finditer(raw))
    if not found:
        return raw
    match = chance.choice(found)
    try:
        document = base64.b64decode(match[0])
    except binascii.Error:
        return raw
    spoilt = chance.choice((_change_bytes, _cut, _insert_word, _repeat))(document, chance)
    return raw[: match.start()] + base64.encodebytes(spoilt[:MOST_BYTES]) + raw[match.end() :]


MUTATORS: tuple[Mutator, ...] = (
    _change_bytes, _cut, _insert_word, _insert_word, _repeat, _shuffle_lines, _line_ends,
    _add_field, _add_field, _duplicate_field, _drop_field, _fold, _encode_field,
    _replace_one(rb"charset=\"?([\w-]+)", _CHARSETS),
    _replace_one(rb"content-transfer-encoding:[ \t]*([\w-]+)", _ENCODINGS),
    _replace_one(rb"content-type:[ \t]*([\w/.-]+)", _TYPES),
    _replace_one(rb"boundary=\"?([^\"\r\n;]+)", (b"", b"x", b" ", b"-", b"a" * 300, b"0-1")),
    _replace_one(rb"(?:^|\n)[\w-]+:[ \t]*([^\r\n]*)", _VALUES),
    _transcode, _encode_body, _nest, _forward, _attach, _as_html, _spoil_document,
)  # fmt: skip
