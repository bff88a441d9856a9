# SPDX-License-Identifier: Apache-2.0
"""Whether codes are of the lists of IATI 2.03, and which list belongs where (``codes.txt``: facts of the standard).

A place is a path, an attribute (or the text), its list and the number of the rule; ``@code[vocabulary=1?]`` asks only
where the vocabulary is 1, with ``?`` also where none is given. ``*`` is everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shanhai.insight.iati.rules.schema import XML, shown
from shanhai.insight.iati.values import Fault
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.xml import Element

_DATA = Path(__file__).with_name("codes.txt")
_FEW = 12


@dataclass(frozen=True, slots=True)
class _Rule:
    attribute: str
    linked: str
    value: str
    default: bool
    codelist: str
    number: str

    def applies(self, element: Element) -> bool:
        """Whether this list is the one that the vocabulary beside the code names."""
        return not self.linked or (element.get(self.linked) or (self.value if self.default else "")) == self.value


@dataclass(slots=True)
class _Place:
    rules: list[_Rule] = field(default_factory=list)
    inner: dict[str, _Place] = field(default_factory=dict)


def _read() -> tuple[dict[str, frozenset[str]], _Place, list[_Rule]]:
    lists, tree = {}, _Place()
    everywhere: list[_Rule] = []
    named, _, places = _DATA.read_text("ascii").removeprefix("[lists]\n").partition("[places]\n")
    for line in named.replace("\n  ", " ").splitlines():
        name, _, codes = line.partition(": ")
        lists[name] = frozenset(codes.split())
    for path, what, codelist, number in (line.split() for line in places.splitlines()):
        found = re.fullmatch(r"@?([\w:()-]+)(?:\[(\w+)=(\w+)(\??)\])?", what)
        assert found, what
        attribute, linked, value, default = found.groups()
        attribute = attribute.replace("xml:", XML)
        rule = _Rule(attribute, linked or "", value or "", default == "?", codelist, number)
        place = tree
        for step in () if path == "*" else path.strip("/").split("/"):
            place = place.inner.setdefault(step, _Place())
        (everywhere if path == "*" else place.rules).append(rule)
    return lists, tree, everywhere


LISTS, _TREE, _EVERYWHERE = _read()


def check_codes(root: Element) -> Iterator[Fault]:
    """The codes that are in no list of the standard; a code of a vocabulary that is not the standard's is not asked."""
    yield from _within(root, _TREE.inner[root.tag])
    for rule in _EVERYWHERE:
        for element in root.iter("*"):
            if element.get(rule.attribute):
                yield from _checked(element, rule)


def _within(element: Element, place: _Place) -> Iterator[Fault]:
    for rule in place.rules:
        if rule.applies(element):
            yield from _checked(element, rule)
    if place.inner:
        for child in element:
            inner = place.inner.get(child.tag)
            if inner is not None:
                yield from _within(child, inner)


def _checked(element: Element, rule: _Rule) -> Iterator[Fault]:
    of_text = rule.attribute == "text()"
    code = element.text if of_text else element.get(rule.attribute)
    codes = LISTS[rule.codelist]
    if code is None or code in codes:
        return
    name = shown(element.tag) if of_text else shown(rule.attribute)
    text = gettext_noop("“%(name)s”的代码“%(code)s”不在代码表 %(list)s 里。")
    few = " ".join(sorted(codes)) if len(codes) <= _FEW else ""
    remedy = gettext_noop("可以用的代码：%(codes)s。") if few else gettext_noop("请按代码表 %(list)s 改正。")
    yield Fault(
        element,
        "codelist",
        message(text, name=name, code=code[:60], list=rule.codelist),
        message(remedy, codes=few) if few else message(remedy, list=rule.codelist),
        attribute="" if of_text else rule.attribute,
        code=rule.number,
    )
