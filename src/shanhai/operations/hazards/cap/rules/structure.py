# SPDX-License-Identifier: Apache-2.0
"""Whether a message has the structure of CAP 1.2: the verdict of the official schema, from a table of our own.

A line of the table is an element with its parts in order: ``?`` may be missing, ``*`` may stand more than once or not
at all, ``+`` at least once; behind a colon the type of its text, or the words of which it is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.xml import Element
from shanhai.kernel.xml_types import FITS
from shanhai.operations.hazards.cap.values import Fault

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_SCHEMA_LOCATIONS = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_BLANK = " \t\r\n"
_SHOWN = 60

_TABLE = """
alert identifier sender sent:instant status:Actual|Exercise|System|Test|Draft msgType:Alert|Update|Cancel|Ack|Error
 source? scope:Public|Restricted|Private restriction? addresses? code* note? references? incidents? info*
info language:language? category:Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other+ event
 responseType:Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None*
 urgency:Immediate|Expected|Future|Past|Unknown severity:Extreme|Severe|Moderate|Minor|Unknown
 certainty:Observed|Likely|Possible|Unlikely|Unknown audience? eventCode* effective:instant? onset:instant?
 expires:instant? senderName? headline? description? instruction? web:anyURI? contact? parameter* resource* area*
eventCode valueName value
parameter valueName value
geocode valueName value
resource resourceDesc mimeType size:integer? uri:anyURI? derefUri? digest?
area areaDesc polygon* circle* geocode* altitude:decimal? ceiling:decimal?
"""


@dataclass(frozen=True, slots=True)
class _Part:
    place: int
    fits: str
    needed: bool
    many: bool


def _read_table() -> dict[str, dict[str, _Part]]:
    table = {}
    for line in _TABLE.strip().replace("\n ", " ").splitlines():
        element, *words = line.split()
        parts = {}
        for place, word in enumerate(words):
            name, _, fits = word.rstrip("?*+").partition(":")
            parts[name] = _Part(place, fits or "string", word[-1] not in "?*", word[-1] in "*+")
        table[element] = parts
    return table


STRUCTURE = _read_table()
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


def is_instant(text: str) -> bool:
    """Whether it is an instant as CAP writes them: to the second, with its distance from UTC, which is never "Z"."""
    return _INSTANT.fullmatch(text) is not None and FITS["dateTime"](text)


_TYPES: dict[str, tuple[Callable[[str], bool], str]] = {
    "string": (lambda text: True, ""),
    "instant": (
        lambda text: is_instant(text.strip(_BLANK)),
        gettext_noop("请写成 2026-11-22T10:00:00+08:00：精确到秒，写明时区，不用 Z，不带小数。"),
    ),
    "language": (FITS["language"], gettext_noop("请写语言代码，例如 zh-CN 或 en。")),
    "anyURI": (FITS["anyURI"], gettext_noop("请写完整的网址，特殊字符要转义。")),
    "integer": (lambda text: _WHOLE.fullmatch(text.strip(_BLANK)) is not None, gettext_noop("请写整数。")),
    "decimal": (FITS["decimal"], gettext_noop("请写成 1234.5 这样的数，不要千分位、单位和指数。")),
}
_ADD = gettext_noop("请补上。")
_REMOVE = gettext_noop("请删去，或者改用标准里的名称。")
_MOVE = gettext_noop("请按标准的顺序排列。")
_ONE_OF = gettext_noop("请从这些词里选一个，一字不差：%(words)s。")


def shown(name: str) -> str:
    """The name of an element or attribute for a person: without the address of its namespace."""
    return name.rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text of an element, around the comments in it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def check_structure(root: Element) -> Iterator[Fault]:
    """The faults of a message against the schema, in the order of the file. The root is an ``alert`` of CAP 1.2."""
    yield from _complex(root, "alert")


def _complex(element: Element, name: str) -> Iterator[Fault]:
    yield from _attributes(element)
    if text_of(element).strip(_BLANK):
        text = gettext_noop("“%(element)s”里不能直接写文字“%(text)s”。")
        said = message(text, element=name, text=text_of(element).strip(_BLANK)[:_SHOWN])
        yield _fault(element, said, gettext_noop("请把文字写在它里面的元素中。"))
    parts, place = STRUCTURE[name], -1
    for child in element.iterchildren("*"):
        if name == "alert" and child.tag.startswith(DSIG):
            yield from _missing(element, name, place + 1, len(parts))
            place = len(parts)
            yield from _foreign(child)
            continue
        own = shown(child.tag)
        part = parts.get(own) if child.tag == CAP + own else None
        if part is None:
            text = gettext_noop("“%(parent)s”里不能有“%(name)s”。")
            yield _fault(child, message(text, parent=name, name=own), _REMOVE)
            continue
        if part.place < place:
            before = next((key for key, one in parts.items() if one.place == place), "Signature")
            text = gettext_noop("“%(name)s”的位置不对：它应在“%(before)s”的前面。")
            yield _fault(child, message(text, name=own, before=before), _MOVE)
        elif part.place == place and not part.many:
            yield _fault(child, message(gettext_noop("“%(name)s”只能有一个。"), name=own), _REMOVE)
        else:
            yield from _missing(element, name, place + 1, part.place)
            place = part.place
        yield from _complex(child, own) if own in STRUCTURE else _simple(child, own, part.fits)
    yield from _missing(element, name, place + 1, len(parts))


def _missing(element: Element, name: str, first: int, before: int) -> Iterator[Fault]:
    for own, part in STRUCTURE[name].items():
        # One that stands too late is told of where it stands.
        if part.needed and first <= part.place < before and element.find(CAP + own) is None:
            said = message(gettext_noop("“%(element)s”里缺少“%(name)s”。"), element=name, name=own)
            yield _fault(element, said, _ADD)


def _simple(element: Element, name: str, fits: str) -> Iterator[Fault]:
    yield from _attributes(element)
    for child in element.iterchildren("*"):
        text = gettext_noop("“%(parent)s”里不能有“%(name)s”。")
        yield _fault(child, message(text, parent=name, name=shown(child.tag)), _REMOVE)
    value, (right, remedy) = text_of(element), _TYPES.get(fits, (None, ""))
    if right is None and value not in fits.split("|"):
        said = message(_ONE_OF, words=tuple(fits.split("|")))
        yield Fault(element, "schema", _misfit(name, value), said)
    elif right is not None and not right(value):
        yield _fault(element, _misfit(name, value), remedy)


def _attributes(element: Element) -> Iterator[Fault]:
    if not len(element.attrib):
        return
    # Of a thousand attributes the first says enough, and lxml takes the square of their number to read them all.
    names = element.keys() if len(element.attrib) <= len(_SCHEMA_LOCATIONS) else element.keys()[:1]
    for name in names:
        if name not in _SCHEMA_LOCATIONS or len(element.attrib) > len(_SCHEMA_LOCATIONS):
            text = gettext_noop("“%(element)s”不能有属性“%(name)s”。")
            yield _fault(element, message(text, element=shown(element.tag), name=shown(name)), _REMOVE)


def _foreign(element: Element) -> Iterator[Fault]:
    """Within a signature what is CAP is checked, the rest is not."""
    for child in element.iterchildren("*"):
        own = shown(child.tag)
        if child.tag == f"{CAP}alert":
            yield from _complex(child, own)
        elif child.tag in (f"{CAP}value", f"{CAP}valueName"):
            yield from _simple(child, own, "string")
        else:
            yield from _foreign(child)


def _misfit(name: str, value: str) -> Message:
    text = gettext_noop("“%(name)s”的值“%(value)s”不合格式。")
    return message(text, name=name, value=value.strip(_BLANK)[:_SHOWN])


def _fault(element: Element, said: Message, remedy: str) -> Fault:
    return Fault(element, "schema", said, message(remedy))
