# SPDX-License-Identifier: Apache-2.0
"""Feeds of alerts: Atom (RFC 4287) and RSS 2.0. An entry leads to the alert as a file of CAP, and to its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from shanhai.kernel.xml import Element
from shanhai.operations.hazards.cap.rules.structure import CAP
from shanhai.operations.hazards.cap.rules.writing import instant
from shanhai.operations.hazards.cap.values import CapMessage, Info

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA_TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told of a feed itself. ``site`` is the address of the product, ``path`` that of the feed within it."""

    site: str
    path: str
    title: str
    subtitle: str
    author: str
    language: str
    updated: datetime


def write_atom(feed: Feed, messages: Sequence[CapMessage]) -> bytes:
    """The feed as Atom, with urgency, severity and certainty of each alert beside its title."""
    root = etree.Element(f"{ATOM}feed", nsmap={None: ATOM[1:-1], "cap": CAP[1:-1]})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", feed.language)
    _add(root, f"{ATOM}id", feed.site + feed.path)
    _add(root, f"{ATOM}title", feed.title)
    _add(root, f"{ATOM}subtitle", feed.subtitle)
    _add(root, f"{ATOM}updated", instant(feed.updated))
    _add(_add(root, f"{ATOM}author"), f"{ATOM}name", feed.author)
    _link(root, rel="self", type="application/atom+xml", href=feed.site + feed.path)
    _link(root, rel="alternate", type="text/html", href=f"{feed.site}/alerts/")
    for said in messages:
        info, entry = said.info(feed.language), _add(root, f"{ATOM}entry")
        _add(entry, f"{ATOM}id", file_of(feed.site, said))
        _add(entry, f"{ATOM}title", info.headline)
        _add(entry, f"{ATOM}updated", instant(said.sent))
        _add(entry, f"{ATOM}published", instant(said.sent))
        _add(entry, f"{ATOM}summary", _summary(info))
        _link(entry, rel="alternate", type=MEDIA_TYPE, href=file_of(feed.site, said))
        _link(entry, rel="related", type="text/html", href=info.web)
        for name, text in _capped(said, info):
            _add(entry, CAP + name, text)
    return _bytes(root)


def write_rss(feed: Feed, messages: Sequence[CapMessage]) -> bytes:
    """The feed as RSS 2.0."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM[1:-1]})
    channel = _add(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", f"{feed.site}/alerts/")
    _add(channel, "description", feed.subtitle)
    _add(channel, "language", feed.language)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    _link(channel, rel="self", type="application/rss+xml", href=feed.site + feed.path)
    for said in messages:
        info, item = said.info(feed.language), _add(channel, "item")
        _add(item, "title", info.headline)
        _add(item, "link", file_of(feed.site, said))
        _add(item, "description", _summary(info))
        _add(item, "category", info.event)
        _add(item, "pubDate", format_datetime(said.sent))
        _add(item, "guid", file_of(feed.site, said))
    return _bytes(root)


def file_of(site: str, said: CapMessage) -> str:
    """Where a message is served as it was published."""
    return f"{site}/cap/{said.identifier}.xml"


def _capped(said: CapMessage, info: Info) -> tuple[tuple[str, str], ...]:
    """What programs choose by, in the order of CAP."""
    return (
        ("status", said.status),
        ("msgType", said.message_type),
        ("event", info.event),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
        ("expires", instant(info.expires)),
        ("areaDesc", info.area.words),
    )


def _summary(info: Info) -> str:
    return "\n".join((info.description, info.instruction))


def _add(parent: Element, tag: str, text: str = "") -> Element:
    element = etree.SubElement(parent, tag)
    element.text = str(text) or None
    return element


def _link(parent: Element, **attributes: str) -> None:
    etree.SubElement(parent, f"{ATOM}link", attributes)


def _bytes(root: Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written
