# SPDX-License-Identifier: Apache-2.0
"""The rules of a ruleset, held against a file.

Where the standard's words leave room: of several dates each is held against each; a year is from a day to the same day
of the next; amounts and percentages are added exactly; an empty text satisfies any regular expression; a text that is
no number or date fails a rule that needs one, except that a date rule is silent where a date is not given.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from shanhai.insight.iati.rules.rulesets import AGENCIES, TODAY, Case, is_reasonable
from shanhai.insight.iati.rules.sentences import SENTENCES, remedy_of
from shanhai.insight.iati.values import Fault
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.xml import Element
from shanhai.kernel.xml_types import day_of

# The form of an identifier of an organisation: country or international agency, register, number there.
_AGENCY = re.compile(r"[A-Z]{2}-[A-Z0-9_]+-.+|X[IMR]-.+", re.DOTALL)
_MOST_SECONDS, _MOST_TEXT = 120, 20_000

# Where a rule is broken: at which nodes (none: the element itself), and what fills its sentence.
Broken = tuple[list[Any], dict[str, str]]


def check_rules(root: Element, ruleset: Iterable[Case], *, at: datetime) -> Iterator[Fault]:
    """What breaks the ruleset on the instant ``at``. Raises BadInput when that takes minutes."""
    ends = time.monotonic() + _MOST_SECONDS
    there = {element.tag for element in root.iter("*")}
    for case in ruleset:
        if case.names and there.isdisjoint(case.names):
            continue
        whole = _Held(case, root, at, ends)
        if case.at_once is not None:
            yield from _held(_Held(case, root, at, ends, nodes=_nodes(whole.result(case.at_once))))
            continue
        for element in _nodes(whole.result(case.where)):
            if not _is_element(element):
                text = gettext_noop("“%(place)s”的上下文选出的不是元素，规则没有东西可查。请改正 XPath。")
                raise BadInput(text, "iati.bad_ruleset", field="ruleset", place=case.place)
            yield from _held(_Held(case, element, at, ends))


class _Held:
    """A case held against an element, or ``nodes`` of the file; ``group`` is the value that a loop stands at."""

    def __init__(
        self,
        case: Case,
        element: Element,
        at: datetime,
        ends: float,
        group: dict[str, str] | None = None,
        nodes: list[Any] | None = None,
    ) -> None:
        self.case, self.element, self.at, self.group, self.found = case, element, at, group or {}, nodes
        self.ends = ends

    def result(self, expression: Any) -> Any:
        if time.monotonic() > self.ends:
            text = gettext_noop("规则集在这个文件上算得太久，已停止。请简化规则或者分开文件。")
            raise BadInput(text, "iati.too_slow", field="ruleset")
        try:
            return expression(self.element, **self.group)
        except etree.XPathError as error:
            text = gettext_noop("“%(place)s”的 XPath 算不出来（%(reason)s）。请改正。")
            raise BadInput(
                text, "iati.bad_ruleset", field="ruleset", place=self.case.place, reason=str(error)[:200]
            ) from error

    def lists(self, name: str) -> list[list[Any]]:
        return [_nodes(self.result(path)) for path in self.case.paths.get(name, ()) if not isinstance(path, str)]

    def nodes(self, name: str = "paths") -> list[Any]:
        if self.found is not None:
            return self.found
        return [node for found in self.lists(name) for node in found]

    def true(self, name: str) -> bool:
        return all(_truth(self.result(path)) for path in self.case.paths.get(name, ()))

    def days(self, name: str) -> list[tuple[Any, date]]:
        """The days that are given under ``name``; today is no node."""
        if self.case.said[name] and self.case.said[name][0] in TODAY:
            return [(None, local_date(self.at))]
        found = [(node, day_of(text_of(node))) for node in self.nodes(name)]
        return [(node, day) for node, day in found if day is not None]


def _held(held: _Held) -> Iterator[Fault]:
    case = held.case
    if "condition" in case.paths and not case.asked and not held.true("condition"):
        return
    if case.kind == "loop":
        for value in dict.fromkeys(text_of(node) for node in held.nodes("foreach")):
            for inner in case.inner:
                yield from _held(_Held(inner, held.element, held.at, held.ends, {"group": value}))
        return
    for nodes, said in _CHECKS[case.kind](held):
        if held.group:
            said = {name: words.replace("$1", held.group["group"][:60]) for name, words in said.items()}
        sentence = message(SENTENCES[case.kind], **said)
        for node in nodes or [held.element]:
            element, attribute = _place(node, held.element)
            words, remedy = case.message or sentence, remedy_of(case.kind)
            # A message from outside may say nothing of what was looked for.
            if case.message and not isinstance(case.message, Message):
                remedy = message(gettext_noop("%(what)s%(todo)s"), what=sentence, todo=remedy)
            yield Fault(element, case.kind, words, remedy, case.severity, attribute, case.code)


def text_of(node: Any) -> str:
    """The text of what an XPath found: of an element all of it, of an attribute its value."""
    if _is_element(node):
        return "".join(node.itertext())
    return node.text or "" if etree.iselement(node) else str(node)


def _is_element(node: Any) -> bool:
    """Whether it is an element; to lxml comments and processing instructions are some, too."""
    return etree.iselement(node) and isinstance(node.tag, str)


def _nodes(result: Any) -> list[Any]:
    return result if isinstance(result, list) else [str(result)]


def _truth(result: Any) -> bool:
    return bool(result) and result == result


def _place(node: Any, element: Element) -> tuple[Element, str]:
    if _is_element(node):
        return node, ""
    parent = node.getparent() if hasattr(node, "getparent") else None
    if parent is None:
        return element, ""
    return parent, node.attrname if getattr(node, "is_attribute", False) else ""


def _decimal(node: Any) -> Decimal | None:
    try:
        found = Decimal(text_of(node).strip())
    except InvalidOperation:
        return None
    return found if is_reasonable(found) else None


def _no_more_than_one(held: _Held) -> Iterator[Broken]:
    nodes = held.nodes()
    if len(nodes) > 1:
        yield nodes[1:2], {"paths": held.case.words("paths"), "count": str(len(nodes))}


def _atleast_one(held: _Held) -> Iterator[Broken]:
    if not held.nodes():
        yield [], {"paths": held.case.words("paths")}


def _only_one_of(held: _Held) -> Iterator[Broken]:
    nodes, excluded = held.nodes(), held.nodes("excluded")
    if (excluded and nodes) or (not excluded and len(nodes) != 1):
        yield nodes[:1], {"paths": held.case.words("paths"), "excluded": held.case.words("excluded")}


def _one_or_all(held: _Held) -> Iterator[Broken]:
    if held.nodes("one"):
        return
    (has,) = held.case.paths["has"]
    for node in held.nodes("each"):
        if not _truth(has(node)):
            yield [node], {"one": held.case.words("one"), "all": held.case.words("all")}


def _dependent(held: _Held) -> Iterator[Broken]:
    found = held.lists("paths")
    if any(found) and not all(found):
        missing = [said for said, nodes in zip(held.case.said["paths"], found, strict=True) if not nodes]
        yield [], {"paths": held.case.words("paths"), "missing": ", ".join(missing)}


def _strict_sum(held: _Held) -> Iterator[Broken]:
    nodes = held.nodes()
    amounts = [_decimal(node) for node in nodes]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts) or sum(known, Decimal()) != held.case.numbers["sum"]:
        total, wanted = format(sum(known, Decimal()), "f"), format(held.case.numbers["sum"], "f")
        yield nodes[:1], {"paths": held.case.words("paths"), "total": total, "sum": wanted}


def _sum(held: _Held) -> Iterator[Broken]:
    if held.nodes():
        yield from _strict_sum(held)


def _date_order(held: _Held) -> Iterator[Broken]:
    later = held.days("more")
    for node, day in held.days("less"):
        for other, last in later:
            if day > last:
                yield [node if node is not None else other], _two(held, "less", day, "more", last)
                break


def _two(held: _Held, first: str, one: date, second: str, two: date) -> dict[str, str]:
    return {
        "less": held.case.words(first),
        "less_day": one.isoformat(),
        "more": held.case.words(second),
        "more_day": two.isoformat(),
    }


def _date_now(held: _Held) -> Iterator[Broken]:
    for node in held.nodes("date"):
        text = text_of(node).strip()
        day = day_of(text)
        if day is not None and _after(text, day, held.at):
            yield [node], {"date": held.case.words("date"), "day": text}


def _after(text: str, day: date, at: datetime) -> bool:
    """Whether a day, or an instant with its zone, lies after ``at``; an instant without a zone is Greenwich's."""
    if "T" not in text:
        return day > local_date(at)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return day > local_date(at)
    return (instant if instant.tzinfo else instant.replace(tzinfo=at.tzinfo)) > at


def _time_limit(held: _Held) -> Iterator[Broken]:
    for _, start in held.days("start"):
        last = start.replace(year=min(start.year + 1, 9999), day=min(start.day, 28 if start.month == 2 else 31))
        for node, end in held.days("end"):
            if end > last:
                yield [node], _two(held, "start", start, "end", end)


def _between_dates(held: _Held) -> Iterator[Broken]:
    starts, ends = [day for _, day in held.days("start")], [day for _, day in held.days("end")]
    for node, day in held.days("date"):
        if (starts and day < min(starts)) or (ends and day > max(ends)):
            said = {"start": _shown(starts), "end": _shown(ends)}
            yield [node], {"date": held.case.words("date"), "day": day.isoformat(), **said}


def _shown(days: list[date]) -> str:
    return days[0].isoformat() if days else "—"


def _regex(held: _Held, *, wanted: bool) -> Iterator[Broken]:
    pattern = held.case.regex
    assert pattern is not None
    for node in held.nodes():
        text = text_of(node)[:_MOST_TEXT]
        if text and (pattern.search(text) is not None) != wanted:
            yield [node], {"paths": held.case.words("paths"), "text": text[:60], "regex": pattern.pattern[:200]}


def _startswith(held: _Held) -> Iterator[Broken]:
    by_form = AGENCIES in held.case.said.get("prefix", ())
    starts = [text_of(node) + held.case.separator for name in ("prefix", "start") for node in held.nodes(name)]
    for node in held.nodes():
        text = text_of(node)
        if any(map(text.startswith, starts)) or (by_form and _AGENCY.fullmatch(text)):
            continue
        yield (
            [node],
            {"paths": held.case.words("paths"), "text": text[:60], "starts": held.case.words("prefix", "start")},
        )


def _unique(held: _Held) -> Iterator[Broken]:
    seen: set[str] = set()
    for node in held.nodes():
        text = text_of(node)
        if text in seen:
            yield [node], {"paths": held.case.words("paths"), "text": text[:60]}
        seen.add(text)


def _evaluates_to_true(held: _Held) -> Iterator[Broken]:
    if not held.true("eval"):
        yield [], {"eval": held.case.words("eval")}


def _if_then(held: _Held) -> Iterator[Broken]:
    if held.true("if") and not held.true("then"):
        yield held.nodes()[:1], {"if": held.case.words("if"), "then": held.case.words("then")}


def _range(held: _Held) -> Iterator[Broken]:
    least, most = held.case.numbers.get("min"), held.case.numbers.get("max")
    for node in held.nodes():
        value = _decimal(node)
        if value is None or (least is not None and value < least) or (most is not None and value > most):
            said = {"min": "—" if least is None else f"{least:f}", "max": "—" if most is None else f"{most:f}"}
            yield [node], {"paths": held.case.words("paths"), "text": text_of(node)[:60], **said}


def _texts(held: _Held, bad: Callable[[str], bool]) -> Iterator[Broken]:
    for node in held.nodes():
        if bad(text_of(node)):
            yield [node], {"paths": held.case.words("paths"), "text": text_of(node).strip()[:60]}


_CHECKS: dict[str, Callable[[_Held], Iterator[Broken]]] = {
    "no_more_than_one": _no_more_than_one,
    "atleast_one": _atleast_one,
    "only_one_of": _only_one_of,
    "one_or_all": _one_or_all,
    "dependent": _dependent,
    "sum": _sum,
    "strict_sum": _strict_sum,
    "date_order": _date_order,
    "date_now": _date_now,
    "time_limit": _time_limit,
    "between_dates": _between_dates,
    "regex_matches": lambda held: _regex(held, wanted=True),
    "regex_no_matches": lambda held: _regex(held, wanted=False),
    "startswith": _startswith,
    "unique": _unique,
    "evaluates_to_true": _evaluates_to_true,
    "if_then": _if_then,
    "range": _range,
    "no_percent": lambda held: _texts(held, lambda text: "%" in text),
    "no_spaces": lambda held: _texts(held, lambda text: text != text.strip()),
}
