"""What a reader sees of an HTML part, with the zones its markup tells: quoted, hidden, struck out, ticked.

Quote containers are those of the common clients; hiding is what styles, attributes and colours can do to text. Nothing
is fetched and nothing is run; comments, scripts and style sheets are not text (contract rule 3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from mailbot.zones import Text, Zone

_MAX_NODES = 200_000
_MAX_RULES = 300
_SILENT = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "meta",
        "link",
        "object",
        "embed",
        "svg",
        "math",
        "select",
        "option",
        "textarea",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "blockquote",
        "section",
        "article",
        "header",
        "footer",
        "pre",
        "center",
        "dt",
        "dd",
        "dl",
        "address",
        "form",
        "fieldset",
        "legend",
        "figure",
        "body",
    ]
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote table ul ol hr".split())

# Containers that a client puts around what it quotes, and elements after which everything is quoted.
_QUOTE_CLASSES = frozenset(
    [
        "gmail_quote",
        "gmail_quote_container",
        "yahoo_quoted",
        "protonmail_quote",
        "zmail_extra",
        "tutanota_quote",
        "moz-cite-prefix",
        "gmail_attr",
        "x_gmail_quote",
        "wordsection1_quote",
        "cite",
        "quote",
    ]
)
_QUOTE_FOLLOWS_IDS = frozenset("divrplyfwdmsg appendonsend x_divrplyfwdmsg x_appendonsend stopspelling".split())
_FORWARD_CLASSES = frozenset("moz-forward-container moz-email-headers-table".split())
_OUTLOOK_BORDER = re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#?\w+\s+1", re.I)


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at one place of the tree: what it inherits from the elements around it."""

    zone: Zone = Zone.OWN
    colour: tuple[int, int, int] = (0, 0, 0)
    background: tuple[int, int, int] = (255, 255, 255)
    preformatted: bool = False
    unseen: bool = False  # visibility: hidden, which a descendant may undo


def read_html(markup: str, part: str) -> Text:
    """The text of an HTML part in reading order; table cells are parted by tabs, blocks by line breaks."""
    tree = LexborHTMLParser(markup)
    return _Reader(_hidden_by_sheet(tree)).read(tree.root, part)


class _Reader:
    def __init__(self, sheet: dict[int, str]) -> None:
        self._sheet = sheet
        self._content: list[str] = []
        self._marks = bytearray()
        self._quoted_from_here = False

    def read(self, root: LexborNode | None, part: str) -> Text:
        # An explicit stack: hostile mail nests tags thousands deep. A string on the stack closes a block.
        stack: list[tuple[LexborNode | str, _Look]] = [(root, _Look())] if root is not None else []
        for _ in range(_MAX_NODES):
            if not stack:
                break
            node, look = stack.pop()
            if isinstance(node, str):
                self._break(node)
                continue
            if node.is_text_node:
                self._write(node.text_content or "", look)
                continue
            inner = self._enter(node, look)
            if inner is None:
                continue
            if (node.tag or "") in _BLOCKS:
                self._break("\n\n" if node.tag in _PARAGRAPHS else "\n")
                stack.append(("\n\n" if node.tag in _PARAGRAPHS else "\n", look))
            elif node.tag in ("td", "th"):
                stack.append(("\t", look))
            children = list(node.iter(include_text=True))
            stack.extend((child, inner) for child in reversed(children))
        content = "".join(self._content)
        return Text(part, content, bytes(self._marks))

    def _enter(self, node: LexborNode, look: _Look) -> _Look | None:
        """How the text inside `node` looks; None where nothing in it is text."""
        tag = (node.tag or "").lower()
        if tag in _SILENT or node.is_comment_node:
            return None
        attributes = {name.lower(): value or "" for name, value in (node.attributes or {}).items()}
        if tag == "input" and attributes.get("type", "").lower() in ("checkbox", "radio"):
            self._write("☒ " if "checked" in attributes else "☐ ", look)
            return None
        style = _declarations(attributes.get("style", "") + ";" + self._sheet.get(node.mem_id, ""))
        look = _painted(look, style, attributes)
        if attributes.get("id", "").lower() in _QUOTE_FOLLOWS_IDS or _OUTLOOK_BORDER.search(
            attributes.get("style", "")
        ):
            self._quoted_from_here = bool("".join(self._content).strip())
        zone = _zone(tag, style, attributes, look)
        return replace(look, zone=zone, preformatted=look.preformatted or tag == "pre")

    def _write(self, text: str, look: _Look) -> None:
        if not look.preformatted:
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
            if text.startswith(" ") and (not self._content or self._content[-1][-1:] in " \n\t"):
                text = text[1:]
        if not text:
            return
        zone = look.zone
        if zone is Zone.OWN and (look.unseen or _close(look.colour, look.background)):
            zone = Zone.HIDDEN
        if zone is Zone.OWN and self._quoted_from_here:
            zone = Zone.QUOTED
        self._content.append(text)
        self._marks.extend(bytes([zone]) * len(text))

    def _break(self, separator: str) -> None:
        """End a line or paragraph, without piling up more than one blank line."""
        tail = "".join(self._content[-3:])[-2:]
        if not tail or (separator == "\t" and tail[-1] in "\t\n"):
            return
        for character in separator:
            if not tail.endswith("\n\n") and not (separator == "\n" and tail.endswith("\n")):
                self._content.append(character)
                self._marks.append(self._marks[-1] if self._marks else Zone.OWN)
                tail = (tail + character)[-2:]


def _zone(tag: str, style: dict[str, str], attributes: dict[str, str], look: _Look) -> Zone:
    """The zone of an element's text; what is hidden stays hidden, what is quoted stays quoted."""
    if look.zone is not Zone.OWN:
        return look.zone
    if "hidden" in attributes or _is_hidden(style):
        return Zone.HIDDEN
    classes = frozenset(attributes.get("class", "").lower().split())
    if classes & _FORWARD_CLASSES:
        return Zone.FORWARDED
    if classes & _QUOTE_CLASSES or (tag == "blockquote" and not _is_indent(style)):
        return Zone.QUOTED
    if tag in ("s", "strike", "del") or "line-through" in style.get("text-decoration", "") + style.get(
        "text-decoration-line", ""
    ):
        return Zone.STRUCK
    return Zone.OWN


def _is_indent(style: dict[str, str]) -> bool:
    """Gmail's and Outlook's *indent* button makes a blockquote without border; a quote has one or says `cite`."""
    return "margin" in "".join(style) and ("none" in style.get("border", "") or "40px" in style.get("margin", ""))


def _declarations(style: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in style[:4000].lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


_LENGTH = re.compile(r"^(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|cm|mm|in|vw|vh)?$")
_SMALLEST = {"em": 0.2, "rem": 0.2, "ex": 0.3, "%": 20.0, "cm": 0.05, "mm": 0.5, "in": 0.02}  # else pixels or points


def _tiny(value: str, limit: float = 2.0) -> bool:
    """Whether a CSS length is too small to read: at most two pixels or points."""
    match = _LENGTH.match(value)
    return match is not None and float(match[1]) <= _SMALLEST.get(match[2] or "px", limit)


def _is_hidden(style: dict[str, str]) -> bool:
    """Whether declarations make an element's text invisible to a reader."""
    if style.get("display") == "none" or style.get("mso-hide") == "all":
        return True
    if _tiny(style.get("font-size", "12px")) or _tiny(style.get("opacity", "1"), 0.1):
        return True
    clipped = "hidden" in style.get("overflow", "") + style.get("overflow-y", "") + style.get("overflow-x", "")
    if clipped and any(_tiny(style.get(name, "99px")) for name in ("height", "max-height", "width", "max-width")):
        return True
    if any(
        _far_away(style.get(name, "")) for name in ("left", "top", "right", "text-indent", "margin-left", "margin-top")
    ):
        return True
    return "rect(0" in style.get("clip", "") or "scale(0" in style.get("transform", "")


def _far_away(value: str) -> bool:
    match = _LENGTH.match(value)
    return match is not None and float(match[1]) <= -300


def _painted(look: _Look, style: dict[str, str], attributes: dict[str, str]) -> _Look:
    """`look` with the colours and visibility an element sets for what is inside it."""
    colour = _colour(style.get("color") or attributes.get("color", ""), look.background)
    paint = style.get("background-color") or style.get("background") or attributes.get("bgcolor", "")
    background = next((found for word in paint.split() if (found := _colour(word, look.background))), None)
    visibility = style.get("visibility")
    return replace(
        look,
        colour=colour or look.colour,
        background=background or look.background,
        unseen=look.unseen if visibility is None else visibility in ("hidden", "collapse"),
    )


_NAMED = {
    "white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "window": (255, 255, 255), "windowtext": (0, 0, 0),
    "navy": (0, 0, 128), "blue": (0, 0, 255), "red": (255, 0, 0), "green": (0, 128, 0), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "silver": (192, 192, 192), "yellow": (255, 255, 0),
}  # fmt: skip
_HEX = re.compile(r"^#([0-9a-f]{3}|[0-9a-f]{6})$")
_RGB = re.compile(r"^rgba?\(([^)]{1,60})\)$")


def _colour(value: str, background: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """A CSS colour as RGB; a transparent one shows the background. None for what is no colour known here."""
    value = value.strip().lower()
    if value == "transparent":
        return background
    if match := _HEX.match(value):
        digits = match[1] if len(match[1]) == 6 else "".join(d * 2 for d in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.match(value):
        numbers = re.findall(r"\d*\.?\d+", match[1])
        if len(numbers) == 4 and float(numbers[3]) < 0.1:
            return background
        if len(numbers) >= 3:
            red, green, blue = (min(255, int(float(number))) for number in numbers[:3])
            return red, green, blue
    return _NAMED.get(value)


def _close(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether text of one colour cannot be read on the other."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 24


_SHEET_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{1,2000})\}")
_CONCEALING = re.compile(r"display|visibility|font-size|opacity|height|width|color|text-indent|left|line-through", re.I)


def _hidden_by_sheet(tree: LexborHTMLParser) -> dict[int, str]:
    """The declarations of embedded style sheets that could hide or strike text, by the node they apply to.

    Rules inside `@media` are left out: they speak of other screens than the reader's.
    """
    found: dict[int, str] = {}
    sheets = " ".join(node.text() for node in tree.css("style"))[:100_000]
    sheets = re.sub(r"/\*.*?\*/|<!--|-->", " ", sheets, flags=re.S)
    sheets = re.sub(r"@media[^{}]{0,300}\{(?:[^{}]{0,300}\{[^{}]{0,2000}\}){0,100}[^{}]{0,300}\}", " ", sheets)
    for number, match in enumerate(_SHEET_RULE.finditer(sheets)):
        if number >= _MAX_RULES:
            break
        selector, body = match[1].strip(), match[2]
        if not _CONCEALING.search(body) or ":" in selector:
            continue
        try:
            nodes = tree.css(selector)
        except (SelectolaxError, UnicodeEncodeError):  # no selector, or one with half a character
            continue
        for node in nodes[:2000]:
            found[node.mem_id] = found.get(node.mem_id, "") + ";" + body
    return found
