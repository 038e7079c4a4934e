"""The words of DOCX and ODT documents as a reader sees them: ZIP containers of XML, read within a budget.

Left out is what is struck out, hidden or deleted under tracked changes, by the text's own formatting or by its style;
tracked insertions are kept. Text boxes and notes follow the paragraph they are anchored in, so that they do not cut
its sentence in two. Elements are told by their local names: Word writes two namespaces for the same format.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

_MAX_UNPACKED = 16_000_000  # bytes of all parts read; the document part of a long letter has some 100,000
_MAX_PARTS = 4_000
TICKED, EMPTY = "☒", "☐"  # how a box is written in the text (mailbot.choices)


class Container:
    """A ZIP file whose parts unpack to no more than the budget, together."""

    def __init__(self, payload: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(payload))
        self._left = _MAX_UNPACKED
        self.names = frozenset(self._archive.namelist())
        if len(self.names) > _MAX_PARTS:
            raise ValueError("holds too many parts")

    def tree(self, name: str) -> Element | None:
        """The XML of one part; None where there is no such part."""
        if name not in self.names:
            return None
        with self._archive.open(name) as part:
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("unpacks to too much")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(data, parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise ValueError("declares a document type")  # office programs never do; bombs must
        return root


def local_name(node: Element) -> str:
    """An element's local name; empty for comments, processing instructions and entities."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(node: Element, attribute: str) -> str | None:
    """An attribute by its local name."""
    for name, value in node.attrib.items():
        if str(name).rpartition("}")[2] == attribute:
            return str(value)
    return None


def child(node: Element | None, *path: str) -> Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if node is None:
            return None
        node = next((child for child in node if local_name(child) == name), None)
    return node


def joined(paragraphs: Iterable[str]) -> str:
    """Paragraphs parted by blank lines; only by a line break where a sentence plainly runs on into the next one."""
    text = ""
    for paragraph in paragraphs:
        paragraph = paragraph.strip()
        if paragraph:
            runs_on = text and text[-1] not in ".!?:;。" and paragraph[0].islower()
            text += ("\n" if runs_on else "\n\n" if text else "") + paragraph
    return text


@dataclass(frozen=True, slots=True)
class Style:
    parent: str | None
    settings: Mapping[str, bool]


def inherited(styles: Mapping[str, Style], name: str | None, setting: str) -> bool | None:
    """What a style says of one setting, or the nearest style it is based on does."""
    for _ in range(20):
        style = styles.get(name) if name is not None else None
        if style is None:
            return None
        if setting in style.settings:
            return style.settings[setting]
        name = style.parent
    return None
