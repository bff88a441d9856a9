# SPDX-License-Identifier: Apache-2.0
"""Whether a file has the structure of IATI 2.03: the verdict of the official schema, from a table of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shanhai.insight.iati.rules.structure import STRUCTURE
from shanhai.insight.iati.values import Fault
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.xml import Element
from shanhai.kernel.xml_types import FITS

XML, XSI = "{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/2001/XMLSchema-instance}"
_LANG = f"{XML}lang"
_EVERYWHERE = {_LANG: "language", f"{XML}base": "anyURI"}
_SHOWN = 60
# lxml takes the square of their number to read them; the standard knows of no element with more than nine.
MOST_ATTRIBUTES = 1_000
_BLANK = " \t\r\n"

ADD = gettext_noop("请补上。")
REMOVE = gettext_noop("请删去，或者改用标准里的名称。")
MOVE = gettext_noop("请按标准的顺序排列。")
TYPES = {
    "date": gettext_noop("请写成 2026-03-01 这样的日期，不带时区。"),
    "dateTime": gettext_noop("请写成 2026-03-01T08:00:00Z 这样的时刻。"),
    "decimal": gettext_noop("请写成 1234.50 这样的数，不要千分位、单位和指数。"),
    "boolean": gettext_noop("请写 1 或 0。"),
    "int": gettext_noop("请写整数。"),
    "nonNegativeInteger": gettext_noop("请写零或者正整数。"),
    "positiveInteger": gettext_noop("请写正整数。"),
    "language": gettext_noop("请写语言代码，例如 zh 或 en。"),
    "anyURI": gettext_noop("请写完整的网址，特殊字符要转义。"),
    "NMTOKEN": gettext_noop("请只用字母、数字和 . - _ :。"),
}


@dataclass(slots=True)
class Kind:
    """What an element of a kind holds: parts in order (kind, needed, many), the type of its text, its attributes."""

    text: str = ""
    parts: dict[str, tuple[int, str, bool, bool]] = field(default_factory=dict)
    attributes: dict[str, tuple[bool, str]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    others_at: int = -1
    closed: bool = False


def _read(words: list[str]) -> Kind:
    kind = Kind()
    for place, word in enumerate(words):
        if word == "~":
            kind.others_at = place
        elif word == "closed":
            kind.closed = True
        elif word[0] == "#":
            kind.text = word[1:]
        elif word[0] == "@":
            name, _, type_ = word[1:].replace("xml:", XML).partition("=")
            kind.attributes[name.rstrip("?")] = (not name.endswith("?"), type_ or "string")
        else:
            name, _, other = word.rstrip("?+*").partition("=")
            kind.parts[name] = (place, other or name, word[-1] not in "?*", word[-1] in "+*")
    kind.needed = tuple(name for name, (needed, _type) in kind.attributes.items() if needed)
    return kind


def _read_table() -> dict[str, dict[str, Kind]]:
    tables: dict[str, dict[str, Kind]] = {}
    table: dict[str, Kind] = {}
    for line in STRUCTURE.strip().replace("\n  ", " ").splitlines():
        if line[0] == "[":
            table = tables[line[1:-1]] = {**tables.get("both", {})}
        else:
            name, _, words = line.partition(": ")
            table[name] = _read(words.split())
    return tables


_TABLES = _read_table()
ROOTS = tuple(name for name in _TABLES if name != "both")


def check_structure(root: Element) -> Iterator[Fault]:
    """The faults of a file against the schema of its root, in the order of the file."""
    yield from _Checker(_TABLES[root.tag]).element(root, root.tag)


class _Checker:
    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds, self.anywhere = kinds, kinds["anywhere"].parts

    def element(self, element: Element, name: str) -> Iterator[Fault]:
        kind = self.kinds[name]
        if kind.text == "any":
            yield from self.foreign(element)
            return
        yield from self.attributes(element, kind)
        if kind.text:
            yield from self.text(element, kind)
        else:
            yield from self.children(element, kind)

    def attributes(self, element: Element, kind: Kind) -> Iterator[Fault]:
        given = element.attrib
        if len(given) > MOST_ATTRIBUTES:
            yield _crowded(element)
            return
        for name in kind.needed:
            if name not in given:
                text = message(gettext_noop("“%(element)s”缺少属性“%(name)s”。"), element=element.tag, name=shown(name))
                yield _fault(element, text, ADD)
        for name, value in given.items():
            if name in kind.attributes:
                type_ = kind.attributes[name][1]
            elif name[0] == "{" and (not kind.closed or name.startswith(XSI)):
                type_ = _EVERYWHERE.get(name, "string")
            else:
                text = message(
                    gettext_noop("“%(element)s”不能有属性“%(name)s”。"), element=element.tag, name=shown(name)
                )
                yield _fault(element, text, REMOVE, name)
                continue
            if not FITS[type_](value):
                yield _misfit(element, type_, value, name)

    def text(self, element: Element, kind: Kind) -> Iterator[Fault]:
        if len(element):
            for child in element.iterchildren("*"):
                yield self._unknown(child)
        value = "".join(element.itertext())
        if not FITS[kind.text](value):
            yield _misfit(element, kind.text, value)

    def children(self, element: Element, kind: Kind) -> Iterator[Fault]:
        yield from self._stray_text(element)
        place, parts = -1, kind.parts
        for child in element:
            name = child.tag
            if not isinstance(name, str):
                continue
            if name[0] == "{" and kind.others_at >= 0:
                here, known, many = kind.others_at, "", True
            elif name in parts:
                here, known, _needed, many = parts[name]
            else:
                yield self._unknown(child)
                continue
            if here < place:
                text = gettext_noop("“%(name)s”的位置不对：它应在“%(before)s”的前面。")
                yield _fault(child, message(text, name=shown(name), before=_at(kind, place)), MOVE)
            elif here == place and not many:
                yield _fault(child, message(gettext_noop("“%(name)s”只能有一个。"), name=name), REMOVE)
            else:
                yield from self._missing(element, kind, place + 1, here)
                place = here
            yield from self.element(child, known) if known else self.foreign(child)
        yield from self._missing(element, kind, place + 1, 10_000)

    def _missing(self, element: Element, kind: Kind, first: int, before: int) -> Iterator[Fault]:
        if first >= before:
            return
        for name, (place, _known, needed, _many) in kind.parts.items():
            # One that stands too late is told of where it stands.
            if needed and first <= place < before and (element.find(name) is None):
                text = message(gettext_noop("“%(element)s”里缺少“%(name)s”。"), element=element.tag, name=name)
                yield _fault(element, text, ADD)

    def foreign(self, element: Element) -> Iterator[Fault]:
        """Within other namespaces what is known by name is checked, the rest is not."""
        if len(element.attrib) > MOST_ATTRIBUTES:
            yield _crowded(element)
            return
        for name, value in element.attrib.items():
            if name in _EVERYWHERE and not FITS[_EVERYWHERE[name]](value):
                yield _misfit(element, _EVERYWHERE[name], value, name)
        for child in element.iterchildren("*"):
            known = self.anywhere.get(child.tag)
            yield from self.element(child, known[1]) if known else self.foreign(child)

    def _stray_text(self, element: Element) -> Iterator[Fault]:
        texts = [element.text, *(child.tail for child in element)]
        stray = next((text for text in texts if text and text.strip(_BLANK)), None)
        if stray is not None:
            text = gettext_noop("“%(element)s”里不能直接写文字“%(text)s”。")
            found = message(text, element=shown(element.tag), text=stray.strip()[:_SHOWN])
            yield _fault(element, found, gettext_noop("请把文字写在 narrative 里。"))

    def _unknown(self, child: Element) -> Fault:
        parent = shown(child.getparent().tag)
        text = gettext_noop("“%(parent)s”里不能有“%(name)s”。")
        return _fault(child, message(text, parent=parent, name=shown(child.tag)), REMOVE)


def shown(name: str) -> str:
    """The name of an element or attribute for a person: without the address of its namespace."""
    return name.replace(XML, "xml:").rpartition("}")[2] if name.startswith(("{", XML)) else name


def _at(kind: Kind, place: int) -> str | Message:
    names = [name for name, part in kind.parts.items() if part[0] == place]
    return names[0] if names else message(gettext_noop("其他命名空间的内容"))


def _misfit(element: Element, type_: str, value: str, attribute: str = "") -> Fault:
    text = gettext_noop("“%(name)s”的值“%(value)s”不合格式。")
    name = shown(attribute or element.tag)
    return _fault(element, message(text, name=name, value=value.strip()[:_SHOWN]), TYPES[type_], attribute)


def _crowded(element: Element) -> Fault:
    text = message(
        gettext_noop("“%(name)s”的属性超过 %(most)s 个。"), name=shown(element.tag), most=str(MOST_ATTRIBUTES)
    )
    return _fault(element, text, REMOVE)


def _fault(element: Element, text: Message, remedy: str, attribute: str = "") -> Fault:
    return Fault(element, "schema", text, message(remedy), "critical", attribute)
