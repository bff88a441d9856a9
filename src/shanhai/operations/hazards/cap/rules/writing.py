# SPDX-License-Identifier: Apache-2.0
"""Messages of CAP 1.2, written from plain values, and what we wrote read back.

The event is told by the OASIS Event Terms List 1.2. It has no rockfall; a fall of rock is a kind of landslide (Varnes),
so that one who looks for landslides finds it. The colour of GB is a parameter, as CAP has no slot for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from shanhai.kernel.clock import local
from shanhai.kernel.xml import Element
from shanhai.operations.hazards.cap.rules.prose import read_pairs
from shanhai.operations.hazards.cap.rules.structure import CAP, text_of
from shanhai.operations.hazards.cap.values import Area, CapMessage, Info, MessageType, Reference, Status
from shanhai.operations.hazards.values import Level, SiteKind

EVENT_TERMS = "OET:v1.2"
EVENT_CODES = {
    SiteKind.LANDSLIDE: "OET-119",
    SiteKind.DEBRIS_FLOW: "OET-056",
    SiteKind.ROCKFALL: "OET-119",
}
# Urgency, severity, certainty and what to do by level; NONE is the end of an alert.
GRADES: dict[Level, tuple[str, str, str, tuple[str, ...]]] = {
    Level.NONE: ("Past", "Minor", "Unlikely", ("AllClear",)),
    Level.BLUE: ("Future", "Minor", "Possible", ("Monitor",)),
    Level.YELLOW: ("Future", "Moderate", "Possible", ("Prepare", "Monitor")),
    Level.ORANGE: ("Expected", "Severe", "Likely", ("Prepare", "Avoid")),
    Level.RED: ("Immediate", "Extreme", "Likely", ("Evacuate",)),
}
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Six places are a decimetre.
_PLACES = 6


def write(said: CapMessage) -> Element:
    """The root of a message, its elements in the order of the schema."""
    root = etree.Element(f"{CAP}alert", nsmap={None: CAP[1:-1]})
    _texts(root, identifier=said.identifier, sender=said.sender, sent=instant(said.sent), status=said.status)
    _texts(root, msgType=said.message_type, scope="Public", note=said.note)
    _texts(root, references=" ".join(f"{one.sender},{one.identifier},{instant(one.sent)}" for one in said.references))
    _texts(root, incidents=said.incident)
    for info in said.infos:
        _info(root, info, said.sent)
    return root


def to_bytes(root: Element) -> bytes:
    """The file as it is served. What is signed must not be laid out again, so that lines are ended before."""
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def instant(at: datetime) -> str:
    """An instant as CAP wants it, on the clock of Shanghai: to the second, with its distance from UTC."""
    return local(at).isoformat(timespec="seconds")


def polygon(ring: Iterable[tuple[float, float]]) -> str:
    """A ring of (longitude, latitude) as CAP wants it: latitude first."""
    # Adding zero takes the sign from "-0.000000".
    return " ".join(
        f"{round(lat, _PLACES) + 0.0:.{_PLACES}f},{round(lon, _PLACES) + 0.0:.{_PLACES}f}" for lon, lat in ring
    )


def read_back(root: Element) -> CapMessage:
    """What a message says that ``write`` wrote."""
    text = {child.tag.removeprefix(CAP): text_of(child) for child in root.iterchildren(f"{CAP}*")}
    references = [word.split(",") for word in text.get("references", "").split()]
    return CapMessage(
        identifier=text["identifier"],
        sender=text["sender"],
        sent=datetime.fromisoformat(text["sent"]),
        status=Status(text["status"]),
        message_type=MessageType(text["msgType"]),
        infos=tuple(_read_info(info) for info in root.iterchildren(f"{CAP}info")),
        references=tuple(Reference(by, name, datetime.fromisoformat(sent)) for by, name, sent in references),
        incident=text.get("incidents", ""),
        note=text.get("note", ""),
    )


def _info(root: Element, info: Info, sent: datetime) -> None:
    element = etree.SubElement(root, f"{CAP}info")
    _texts(element, language=info.language, category="Geo", event=info.event)
    for response in info.responses:
        _texts(element, responseType=response)
    _texts(element, urgency=info.urgency, severity=info.severity, certainty=info.certainty)
    _named(element, "eventCode", info.event_codes)
    _texts(element, effective=instant(sent), onset=instant(info.onset) if info.onset else "")
    _texts(element, expires=instant(info.expires), senderName=info.sender_name, headline=info.headline)
    _texts(element, description=info.description, instruction=info.instruction, web=info.web, contact=info.contact)
    _named(element, "parameter", info.parameters)
    area = etree.SubElement(element, f"{CAP}area")
    _texts(area, areaDesc=info.area.words, polygon=polygon(info.area.ring))
    _named(area, "geocode", info.area.codes)


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        if text:
            # A name in a register with a sign that no XML holds must not keep an alert from going out.
            etree.SubElement(parent, CAP + name).text = NOT_IN_XML.sub(" ", str(text))


def _named(parent: Element, name: str, pairs: Iterable[tuple[str, str]]) -> None:
    for key, value in pairs:
        element = etree.SubElement(parent, CAP + name)
        etree.SubElement(element, f"{CAP}valueName").text = key
        etree.SubElement(element, f"{CAP}value").text = value


def _read_info(element: Element) -> Info:
    text = {child.tag.removeprefix(CAP): text_of(child) for child in element.iterchildren(f"{CAP}*")}
    area = element.find(f"{CAP}area")
    ring = tuple((lon, lat) for lat, lon in read_pairs(area.findtext(f"{CAP}polygon")) or ())
    return Info(
        language=text["language"],
        event=text["event"],
        responses=tuple(text_of(one) for one in element.iterchildren(f"{CAP}responseType")),
        urgency=text["urgency"],
        severity=text["severity"],
        certainty=text["certainty"],
        expires=datetime.fromisoformat(text["expires"]),
        headline=text.get("headline", ""),
        description=text.get("description", ""),
        instruction=text.get("instruction", ""),
        area=Area(area.findtext(f"{CAP}areaDesc"), ring, _pairs(area, "geocode")),
        event_codes=_pairs(element, "eventCode"),
        parameters=_pairs(element, "parameter"),
        onset=datetime.fromisoformat(text["onset"]) if "onset" in text else None,
        sender_name=text.get("senderName", ""),
        web=text.get("web", ""),
        contact=text.get("contact", ""),
    )


def _pairs(element: Element, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.findtext(f"{CAP}valueName"), one.findtext(f"{CAP}value")) for one in element.iterchildren(CAP + name)
    )
