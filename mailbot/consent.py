"""Whether a reply says yes, in its own words and with nothing beside it.

A closed list, not a reading: "I confirm that I have received your message and am away" begins like a yes. A reply is a
greeting, one or more of these phrases, thanks, and a signature; with anything else a person reads it. An empty reply
says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailbot.folding import folded
from mailbot.question import without_codes
from mailbot.zones import Text, Zone

_LONGEST = 2000  # characters of a reply's own words; a yes is short

_YES = frozenset(
    folded(phrase)
    for phrase in """
    yes|yes i did|yes i do|yes i confirm|yes we confirm|i confirm|we confirm|i do confirm|i hereby confirm|confirm
    confirmed|i confirm it|i confirm this|i confirm my letter|i confirm my request|i confirm this request|i wrote it
    yes i wrote it|i wrote this letter|yes i wrote this letter|i confirm that i wrote it|yes i confirm my request
    i confirm that i wrote this letter|yes i confirm that i wrote this letter|i confirm that i wrote it
    oui|je confirme|oui je confirme|je le confirme|oui je le confirme|nous confirmons|confirmé|je confirme ma lettre
    je confirme ma demande|oui je confirme ma demande|je confirme avoir écrit cette lettre|c'est bien moi
    sí|confirmo|lo confirmo|sí confirmo|sí lo confirmo|confirmamos|confirmado|confirmo mi carta|confirmo mi solicitud
    sí confirmo mi solicitud|confirmo que escribí esta carta
    да|подтверждаю|да подтверждаю|я подтверждаю|да я подтверждаю|подтверждаем|да подтверждаем|подтверждено
    подтверждаю свой запрос|подтверждаю запрос|подтверждаю что письмо написано мной
    是|是的|确认|我确认|是的我确认|是的确认|已确认|兹确认|我方确认|确认属实|是我写的
    نعم|أؤكد|نعم أؤكد|أؤكد ذلك|نعم أؤكد ذلك|نؤكد|نعم نؤكد|أؤكد طلبي|أؤكد أنني كتبت هذه الرسالة
    """.replace("\n", "|").split("|")
    if phrase.strip()
)


def _beginnings(phrases: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(re.escape(folded(phrase)) for phrase in phrases.split("|")) + ")")


_GREETING = _beginnings(
    "dear|hello|hi|good morning|good afternoon|good day|madam|sir|director|to whom|bonjour|madame|monsieur|cher|chère|"
    "estimad|señor|buenos días|buenas tardes|hola|уважаем|здравствуйте|добрый|尊敬|您好|你好|السلام|حضرة|السيد|تحية"
)
_THANKS = _beginnings("thank|many thanks|merci|gracias|muchas gracias|спасибо|благодар|谢谢|感谢|شكر")
_CLOSING = _beginnings(
    "regards|best|kind|warm|sincerely|respectfully|yours|with best|with kind|cordialement|bien à vous|salutations|"
    "veuillez|atentamente|saludos|un saludo|cordialmente|с уважением|с наилучшими|此致|敬礼|顺颂|祝好|مع |"
    "تفضلوا|وتفضلوا"
)
_DOUBT = frozenset(
    folded(
        "no not never didn don doesn wasn isn cannot but however unless if instead wrong mistake error forged fake "
        "cancel withdraw ignore disregard stop ps except only "
        "non ne pas jamais mais sauf erreur annuler ignorer seulement "
        "nunca pero salvo excepto anular ignorar solo "
        "нет не никогда но если ошибка кроме только отменить "
        "لا لم ليس لن لكن إلا خطأ فقط"
    ).split()
) | frozenset("不没未否勿但仅")
_PIECES = re.compile(r"[\n.,;:!?。，；：！？、؟،؛()]+")


def says_yes(body: Text, names: Iterable[str]) -> bool:
    """Whether the own words of a reply are a plain yes; `names` are how its writer may sign."""
    own = without_codes(body.only(frozenset({Zone.OWN})).replace("\x00", "\n"))
    if len(" ".join(own.split())) > _LONGEST or re.search("[?？؟]", own):
        return False
    signs = [frozenset(folded(name).split()) for name in names if name.strip()]
    agreed = signed = False
    for piece in filter(None, map(folded, _PIECES.split(own))):
        words = set(piece.split())
        if piece in _YES:
            agreed = True
        elif words & _DOUBT:
            return False
        elif not agreed:
            if not _GREETING.match(piece):
                return False
        elif not signed and not _THANKS.match(piece):
            signed = bool(_CLOSING.match(piece)) or any(words <= name for name in signs)
            if not signed:
                return False
    return agreed
