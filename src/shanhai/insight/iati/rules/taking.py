# SPDX-License-Identifier: Apache-2.0
"""A file taken apart into its activities; put together again it is the same file, as canonical XML.

Nothing is left out: comments, processing instructions, text and elements of other namespaces between and around
activities stay where they were. What comes out is UTF-8, whatever went in; taken in again it changes no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from shanhai.kernel.xml import Element

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ACTIVITIES = {"iati-activity", "iati-organisation"}
_SHOWN = 300


@dataclass(slots=True)
class Part:
    """An activity or organisation: what is shown of it, its XML, and what follows ``after`` it up to the next."""

    identifier: str
    title: str
    reporter: str
    budgets: int
    transactions: int
    xml: str
    after: str


def taken_apart(root: Element) -> tuple[str, list[Part], str]:
    """What stands before the first activity, the activities, what stands behind the last. Leaves ``root`` empty."""
    begin = "".join(f"{_xml(one)}\n" for one in reversed([*root.itersiblings(preceding=True)]))
    end = "".join(f"\n{_xml(one)}" for one in root.itersiblings())
    first, parts = "", list[Part]()
    for child in root:
        if child.tag in _ACTIVITIES:
            parts.append(_part(child))
        elif parts:
            parts[-1].after += _xml(child, with_tail=True)
        else:
            first += _xml(child, with_tail=True)
    del root[:]
    # An empty text keeps the end tag of an element without children.
    root.text = root.text or ""
    closing = f"</{root.tag}>"
    return f"{_DECLARATION}{begin}{_xml(root).removesuffix(closing)}{first}", parts, closing + end


def put_together(head: str, parts: Iterable[tuple[str, str]], foot: str) -> Iterator[bytes]:
    """The file again, in pieces; of each part its XML, and what follows."""
    yield head.encode()
    for xml, after in parts:
        yield f"{xml}{after}".encode()
    yield foot.encode()


def _part(child: Element) -> Part:
    return Part(
        identifier=_text(child.find("iati-identifier"), child.find("organisation-identifier")),
        title=_text(child.find("title/narrative"), child.find("name/narrative")),
        reporter=_text(child.find("reporting-org/narrative")) or child.xpath("string(reporting-org/@ref)")[:_SHOWN],
        # Of an organisation there are several kinds of budgets.
        budgets=sum(isinstance(one.tag, str) and one.tag.endswith("budget") for one in child),
        transactions=len(child.findall("transaction")),
        xml=_xml(child),
        after=escape(child.tail or "", {"\r": "&#13;"}),
    )


def _text(*elements: Element) -> str:
    texts = (" ".join("".join(one.itertext()).split()) for one in elements if one is not None)
    return next((text for text in texts if text), "")[:_SHOWN]


def _xml(element: Element, *, with_tail: bool = False) -> str:
    written: str = etree.tostring(element, encoding="unicode", with_tail=with_tail)
    return written
