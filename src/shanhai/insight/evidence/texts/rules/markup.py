# SPDX-License-Identifier: Apache-2.0
"""The text of an HTML page, each stretch with its place in the page.

A reader of its own, since each character must lead back to the source and no page may take longer than its length.
What an entity stands for, and the ends of lines and cells that blocks make, stand in the copy outside of every run.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from shanhai.insight.evidence.texts.values import Cut, Run

_TOKEN = re.compile(
    r"<!--|<[!?]|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)(?P<more>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>?"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,20});"
)
_RAW = frozenset(["script", "style", "noscript", "template", "iframe", "textarea", "select", "svg", "object", "title"])
_APART = {"nav": Cut.NAVIGATION, "header": Cut.NAVIGATION, "aside": Cut.NEIGHBOUR, "footer": Cut.COPYRIGHT}
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"])
_BLOCKS = frozenset(
    ["p", "div", "br", "tr", "li", "ul", "ol", "table", "section", "article", "hr", "dt", "dd", "blockquote", "pre"]
) | frozenset(f"h{level}" for level in range(1, 7))
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:[\s=/]|$)|display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass
class Copy:
    """A text under way: what has been taken of the original, and where it stood."""

    parts: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    cuts: list[tuple[int, int, Cut]] = field(default_factory=list)
    length: int = 0

    def take(self, text: str, start: int | None) -> None:
        """Add ``text``, which stands in the original from ``start``, or nowhere."""
        if start is not None:
            self.runs.append(Run(self.length, start, start + len(text)))
        self.parts.append(text)
        self.length += len(text)


def text_of(page: str) -> Copy:
    """The visible text of a page; scripts, styles and hidden parts are cut."""
    copy, at = Copy(), 0
    while found := _TOKEN.search(page, at):
        _data(copy, page, at, found.start())
        at = found.end()
        if found[0].startswith("&"):
            copy.take(html.unescape(found[0]), None)
        elif not found["name"]:
            closing = "-->" if found[0] == "<!--" else ">"
            stop = page.find(closing, at)
            at = len(page) if stop < 0 else stop + len(closing)
        else:
            at = _tag(copy, page, found)
    _data(copy, page, at, len(page))
    return copy


def _data(copy: Copy, page: str, start: int, end: int) -> None:
    if start < end:
        copy.take(page[start:end], start)


def _tag(copy: Copy, page: str, found: re.Match[str]) -> int:
    name = found["name"].lower()
    if not found["end"] and name not in _VOID:
        why = Cut.SCRIPT if name in _RAW or _HIDDEN.search(found["more"]) else _APART.get(name)
        if why and not found["more"].endswith("/"):
            stop = _end_of(page, name, found.end(), nested=name not in _RAW)
            copy.cuts.append((found.start(), stop, why))
            copy.take("\n", None)
            return stop
    if name in _BLOCKS:
        copy.take("\n", None)
    elif name in ("td", "th") and found["end"]:
        copy.take("\t", None)
    return found.end()


def _end_of(page: str, name: str, at: int, *, nested: bool) -> int:
    """Where the element that began before ``at`` ends; the end of the page where it is never closed."""
    depth = 1
    for found in re.compile(rf"<(/?){name}(?![a-zA-Z0-9])[^>]*+>?", re.IGNORECASE).finditer(page, at):
        depth += -1 if found[1] else nested
        if not depth:
            return found.end()
    return len(page)
