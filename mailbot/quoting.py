"""Whose words are these? Marks quoted and forwarded text, signatures and legal footers in a letter's text.

Structure first: `mailbot.html` has already marked what clients wrap in quote containers. Here the lines are read: the
attribution above a quote ("On … wrote:"), the header block Outlook pastes ("From: … Sent: …"), separators, `>` marks.
The words clients use are a bounded table for every language they are commonly set to, wider than the six of ITU.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.zones import Text, Zone

_FROM = (
    "from|de|von|da|от|от кого|发件人|發件人|寄件者|من|van|från|fra|lähettäjä|od|kimden|差出人|보낸 사람|"
    "remitente|expéditeur"
)
_SENT = (
    "sent|date|envoyé|envoyé le|fecha|enviado|enviado el|gesendet|datum|inviato|data|отправлено|дата|发送时间|"
    "發送時間|日期|寄件日期|تاريخ الإرسال|التاريخ|تم الإرسال|أرسلت|verzonden|skickat|sendt|lähetetty|wysłano|tarih|"
    "gönderildi|送信日時|日付|보낸 날짜|날짜|дата и время"
)
_TO = "to|à|a|para|an|кому|收件人|إلى|الى|aan|till|til|do|kime|宛先|받는 사람|destinataire|pour|destinatario"
_CC = "cc|copie à|copia|kopie|копия|抄送|副本|نسخة|kopia|kopi"
_SUBJECT = (
    "subject|objet|sujet|asunto|assunto|betreff|oggetto|тема|主题|主題|主旨|الموضوع|onderwerp|ämne|emne|aihe|"
    "temat|konu|件名|제목|re"
)


def _key(words: str) -> re.Pattern[str]:
    return re.compile(rf"^[\s*_>]{{0,6}}(?:{words})[\s*_\u00a0]{{0,3}}[:：]", re.I)


_KEYS = {"from": _key(_FROM), "sent": _key(_SENT), "to": _key(_TO), "cc": _key(_CC), "subject": _key(_SUBJECT)}

_WROTE = re.compile(
    r"\b(?:wrote|writes|a écrit|écrit|escribió|escribio|schrieb|ha scritto|scrisse|escreveu|schreef|skrev|"
    r"kirjoitti|napisał|napisała|yazdı|написал|написала|написал\(а\)|пишет)\b|写道|寫道|写到|كتب|كتبت|書きました|작성",
    re.I,
)
_FORWARD_WORDS = re.compile(
    r"forward|transfér|transmis|reenviad|rinoltr|inoltrat|weitergeleitet|encaminhad|пересыла|переслан|пересылка|"
    r"转发|轉寄|轉發|معاد توجيه|محولة|المعاد|doorgestuurd|vidarebefordrat",
    re.I,
)
_ORIGINAL_WORDS = re.compile(
    r"origin|message|mensaje|nachricht|messaggio|mensagem|сообщени|邮件|郵件|原件|信件|رسالة|الرسالة|bericht|meddelande|メッセージ",
    re.I,
)
_DASHED = re.compile(r"^\s*-{2,}\s?(\S.{1,60}?\S)\s?-{2,}\s*$")
_BEGIN_FORWARD = re.compile(
    r"^\s*(?:begin forwarded message|début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|"
    r"начало переадресованного сообщения|начало пересылаемого сообщения|开始转发的邮件|转发的邮件|"
    r"بداية الرسالة المعاد توجيهها|"
    r"anfang der weitergeleiteten nachricht)\s*[:：]",
    re.I,
)
_RULE = re.compile(r"^\s*[_\-─]{10,}\s*$")
_DATE_AND_ADDRESS = re.compile(
    r"\d.{0,160}<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?\W{0,3}[:：]\s*$|<[^\s<>@]{1,64}@[^\s<>]{1,255}>\s*[:：]\s*$"
)
_SIGNATURE_MARK = re.compile(r"^--\s?$")
_QUOTE_MARK = re.compile(r"^\s{0,3}[>＞|]")
_FOOTER = re.compile(
    r"confidential|privileged|intended recipient|intended (?:only|solely|exclusively)|"
    r"disclaimer|unsubscribe|marketing communications|"
    r"virus|think before (?:you )?print|consider the environment|before printing|"
    r"sent from my|get outlook for|envoyé de mon|envoyé depuis|enviado desde mi|отправлено с (?:моего )?|"
    r"发自我的|從我的|أُرسلت من|"
    r"confidentiel|destinataire(?:s)? (?:désigné|exclusif)|"
    r"strictement (?:personnel|réservé)|avertissement|se désabonner|"
    r"confidencial|destinatario|aviso legal|medio ambiente|darse de baja de|dejar de recibir|"
    r"конфиденциал|предназначен[оа]? исключительно|отписаться|не является офертой|"
    r"保密|机密|仅供收件人|退订|\bسرية?\b|للمرسل إليه|vertraulich",
    re.I,
)


def mark(text: Text, *, letterhead_allowed: bool = False) -> Text:
    """`text` with quoted, forwarded, signature and footer zones marked.

    A header block that opens the text is a forwarded mail in a body, but a memo's letterhead in an attachment
    (`letterhead_allowed`).
    """
    lines = [(start, line) for start, line in text.lines() if not line or text.marks[start] == Zone.OWN]
    return text.marked(_spans(lines, text, letterhead_allowed))


def _spans(lines: Sequence[tuple[int, str]], text: Text, letterhead_allowed: bool) -> Iterator[tuple[int, int, Zone]]:
    """The stretches that are not the sender's own new words; footers come first, so that a quote keeps its footer."""
    end = len(text.content)
    rest: tuple[int, Zone] | None = None
    signature: int | None = None
    for number, (start, line) in enumerate(lines):
        if _QUOTE_MARK.match(line):
            yield start, start + len(line), Zone.QUOTED
            continue
        if rest is None and (opening := _opening(lines, number, letterhead_allowed)):
            zone, only_marked_lines = opening
            if only_marked_lines:
                yield start, start + len(line), zone
            else:
                rest = (start, zone)
                break
        elif signature is None and _SIGNATURE_MARK.match(line):
            signature = start
    last = rest[0] if rest else end
    yield from _footers(lines, last)
    if rest:
        yield rest[0], end, rest[1]
    if signature is not None and signature < last:
        yield signature, last, Zone.SIGNATURE


def _opening(lines: Sequence[tuple[int, str]], number: int, letterhead_allowed: bool) -> tuple[Zone, bool] | None:
    """Whether the quoted part of a letter opens at this line, and whether only `>` lines below belong to it."""
    line = lines[number][1]
    if _BEGIN_FORWARD.match(line):
        return Zone.FORWARDED, False
    if match := _DASHED.match(line):
        if _FORWARD_WORDS.search(match[1]):
            return Zone.FORWARDED, False
        if _ORIGINAL_WORDS.search(match[1]):
            return Zone.QUOTED, False
    if _RULE.match(line) and _is_header_block(lines, _next_filled(lines, number + 1)):
        return Zone.QUOTED, False
    if _is_header_block(lines, number):
        above = any(other.strip() for _, other in lines[:number])
        if above or not letterhead_allowed:
            return (Zone.QUOTED if above else Zone.FORWARDED), False
    if attribution_end := _attribution(lines, number):
        below = _next_filled(lines, attribution_end)
        marked = below < len(lines) and bool(_QUOTE_MARK.match(lines[below][1]))
        return Zone.QUOTED, marked
    return None


def _next_filled(lines: Sequence[tuple[int, str]], number: int) -> int:
    while number < len(lines) and not lines[number][1].strip():
        number += 1
    return number


def _is_header_block(lines: Sequence[tuple[int, str]], number: int) -> bool:
    """Whether pasted header fields start here: at least three kinds within eight lines, the sender and a date or
    subject among them. Two fields only ("To: … From: …") are a memo's heading, not a quote."""
    if number >= len(lines) or not any(key.match(lines[number][1]) for key in _KEYS.values()):
        return False
    seen: set[str] = set()
    for _, line in lines[number : number + 8]:
        if len(line) < 1000:
            seen.update(name for name, key in _KEYS.items() if key.match(line))
    return "from" in seen and len(seen) >= 3 and bool(seen & {"sent", "subject"})


def _attribution(lines: Sequence[tuple[int, str]], number: int) -> int:
    """The number of the line after an attribution ("On …, X wrote:") that starts here; 0 where none does.

    Clients wrap it, so up to three lines are read as one.
    """
    joined = ""
    for following in range(number, min(number + 3, len(lines))):
        line = lines[following][1].strip()
        if not line or (joined and joined[-1] in ".!?。"):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > 400:
            return 0
        if joined[-1] in ":：" and any(character.isdigit() for character in joined):
            told = _WROTE.search(joined) or (_DATE_AND_ADDRESS.search(joined) and following == number)
            return following + 1 if told else 0
    return 0


def _footers(lines: Sequence[tuple[int, str]], end: int) -> Iterator[tuple[int, int, Zone]]:
    """Paragraphs in the lower part of the text that speak as a legal notice or a mail program does."""
    paragraph: list[tuple[int, str]] = []
    for start, line in [*((s, ln) for s, ln in lines if s < end), (end, "")]:
        if line.strip():
            paragraph.append((start, line))
            continue
        if paragraph and paragraph[0][0] > 0 and _FOOTER.search(" ".join(ln for _, ln in paragraph)[:600]):
            yield paragraph[0][0], paragraph[-1][0] + len(paragraph[-1][1]), Zone.FOOTER
        paragraph = []
