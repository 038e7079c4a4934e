"""A letter's HTML made harmless: only known elements, without styles, scripts, links that work, and remote content.

This is the second of three walls. What comes out is shown in a frame that is sandboxed by its attribute and by its own
Content-Security-Policy, and its policy lets nothing load or run. Even so nothing that could do anything is kept.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_KEPT = frozenset(
    "a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em "
    "font footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark ol p pre q s samp section small span strike strong "
    "sub sup table tbody td tfoot th thead tr tt u ul var wbr".split()
)
_VOID = frozenset("br col hr wbr".split())
_DROPPED = frozenset(  # with all that is in them
    "script style head title template noscript noembed noframes iframe frame frameset object embed applet svg math "
    "audio video canvas select option textarea button input form map base link meta portal dialog".split()
) - {"form"}
_DIRECTIONS = frozenset({"ltr", "rtl", "auto"})
_MOST_NODES = 50_000
_DEEPEST = 200

STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;color:#1a2330;background:#fff;margin:16px;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;max-width:100%}td,th{padding:4px 8px;vertical-align:top;border:1px solid #dde2e8}"
    "blockquote{border-inline-start:3px solid #dde2e8;margin-inline:0;padding-inline-start:12px;color:#556070}"
    ".gone{color:#556070;border:1px dashed #7c8795;border-radius:4px;padding:0 4px;font-size:.85em}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'self'; sandbox"


def clean_page(source: str) -> str:
    """A whole HTML page that shows what `source` says and does nothing."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>The letter as it was sent</title>'
        f'<style>{STYLE}</style></head><body dir="auto">{clean(source)}</body></html>'
    )


def clean(source: str) -> str:
    """The known elements of `source` and its text, everything else left out; pictures and links leave a note."""
    body = LexborHTMLParser(source).body
    return "".join(_written(body)) if body is not None else ""


def _written(body: LexborNode) -> Iterator[str]:
    """Without recursion: a letter may nest its elements as deep as it likes."""
    stack: list[tuple[LexborNode | None, str]] = [(child, "") for child in reversed(_children(body))]
    open_elements = seen = 0
    while stack:
        node, closing = stack.pop()
        if node is None:
            open_elements -= 1
            yield closing
            continue
        seen += 1
        if seen > _MOST_NODES:
            yield '<p class="gone">the rest is not shown</p>'
            return
        name = node.tag or ""
        if name == "-text":
            yield html.escape(node.text_content or "")
        elif name == "img":
            yield _picture(node)
        elif name in _VOID:
            yield f"<{name}>"
        elif name not in _DROPPED and not name.startswith(("-", "!", "_")):
            if name in _KEPT and open_elements < _DEEPEST:
                open_elements += 1
                yield f"<{name}{_attributes(name, node)}>"
                stack.append((None, f"</{name}>{_link(name, node)}"))
            stack.extend((child, "") for child in reversed(_children(node)))


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _attributes(name: str, node: LexborNode) -> str:
    """Direction, the spans of a cell, the numbers of a list: values that are known, never the letter's own text."""
    given = node.attributes
    kept = []
    if (direction := (given.get("dir") or "").strip().lower()) in _DIRECTIONS:
        kept.append(f' dir="{direction}"')
    for attribute in ("colspan", "rowspan") if name in ("td", "th") else ("start",) if name == "ol" else ():
        value = (given.get(attribute) or "").strip()
        if value.isascii() and value.isdecimal() and 0 < int(value[:4]) <= 1000:
            kept.append(f' {attribute}="{int(value[:4])}"')
    return "".join(kept)


def _picture(node: LexborNode) -> str:
    said = " ".join((node.attributes.get("alt") or "").split())[:200]
    return f'<span class="gone">picture{": " if said else ""}<bdi>{html.escape(said)}</bdi></span>'


def _link(name: str, node: LexborNode) -> str:
    """Where a link leads, to be read: it cannot be followed."""
    target = " ".join((node.attributes.get("href") or "").split())[:300] if name == "a" else ""
    if not target or target == (node.text_content or node.text() or "").strip():
        return ""
    return f' <span class="gone"><bdi>{html.escape(target)}</bdi></span>'
