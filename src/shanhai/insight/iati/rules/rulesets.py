# SPDX-License-Identifier: Apache-2.0
"""Rulesets in the language of the IATI standard, read and refused as a whole: what is not understood is never skipped.

A ruleset from outside is a program: the number of its cases, the length of its expressions and the time it may take are
bounded, and its XPath knows no functions but those of XPath 1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from shanhai.insight.iati.values import Severity
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop

MOST_CASES, MOST_LETTERS, MOST_DIGITS = 2_000, 2_000, 100
# What each rule needs; ``paths`` and the like are lists of XPaths, ``less`` and the like one XPath.
KINDS: dict[str, tuple[str, ...]] = {
    "no_more_than_one": ("paths",),
    "atleast_one": ("paths",),
    "only_one_of": ("excluded", "paths"),
    "one_or_all": ("one", "all"),
    "dependent": ("paths",),
    "sum": ("paths", "sum"),
    "strict_sum": ("paths", "sum"),
    "date_order": ("less", "more"),
    "date_now": ("date",),
    "time_limit": ("start", "end"),
    "between_dates": ("date", "start", "end"),
    "regex_matches": ("paths", "regex"),
    "regex_no_matches": ("paths", "regex"),
    "startswith": ("paths",),
    "unique": ("paths",),
    "evaluates_to_true": ("eval",),
    "if_then": ("if", "then"),
    "range": ("paths",),
    "no_percent": ("paths",),
    "no_spaces": ("paths",),
    "loop": ("foreach", "do"),
}
_LISTS, _ONES = (
    ("paths", "excluded", "prefix", "foreach"),
    ("condition", "less", "more", "date", "eval", "one", "if", "then"),
)
_NUMBERS, _OTHER_NAMES = ("sum", "min", "max"), {"at_least_one": "atleast_one", "starts_with": "startswith"}
_KNOWN = {
    *_LISTS,
    *_ONES,
    *_NUMBERS,
    "regex",
    "separator",
    "all",
    "start",
    "end",
    "do",
    "subs",
    "idCondition",
    "ruleInfo",
}
TODAY = {"NOW", "TODAY"}
# What must be there for a rule to be broken.
NEEDED = {
    "date_order": ("less", "more"),
    "time_limit": ("start", "end"),
    "between_dates": ("date",),
    "loop": ("foreach",),
}
# Rules that judge each node by itself, and what names the nodes.
BY_NODE = {
    **dict.fromkeys(("regex_matches", "regex_no_matches", "range", "no_percent", "no_spaces"), "paths"),
    "date_now": "date",
    "date_order": "less",
}
AGENCIES = "ORG-ID-PREFIX"
ALL = {
    "lang": ("descendant::narrative", "@xml:lang"),
    "sector": ("transaction", "sector"),
    "currency": ("descendant::value | descendant::forecast | descendant::loan-status", "@currency"),
    "recipient-country|recipient-region": ("transaction", "recipient-country | recipient-region"),
}
_XML = {"xml": "http://www.w3.org/XML/1998/namespace"}


@dataclass(slots=True)
class Case:
    """One rule to be held against an element: its expressions compiled, and in ``said`` as they were written.

    A rule that judges node by node is held against all of a file together: ``at_once`` finds what it judges. For
    others ``where`` finds the elements of the context that may break it, in one expression; ``asked`` tells that it has
    the condition in it. Of a plain context ``names`` are those of the elements it finds.
    """

    kind: str
    place: str
    paths: dict[str, list[Any]] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    regex: re.Pattern[str] | None = None
    separator: str = ""
    inner: list[Case] = field(default_factory=list)
    at_once: Any = None
    where: Any = None
    names: frozenset[str] = frozenset()
    asked: bool = False
    code: str = ""
    severity: Severity = "error"
    message: Message | str = ""

    def words(self, *names: str) -> str:
        """The expressions as they were written."""
        return ", ".join(one for name in names for one in self.said.get(name, ()))


def read_ruleset(content: bytes, *, most_bytes: int = 5 * 2**20) -> list[Case]:
    """A ruleset as JSON. Raises BadInput (field ``ruleset``) for anything not understood, naming the place."""
    if len(content) > most_bytes:
        text = gettext_noop("规则集超过 %(most)s MB。请分成几个文件。")
        raise _bad(text, most=str(most_bytes // 2**20))
    try:
        given = json.loads(content, parse_float=Decimal, object_pairs_hook=_object)
        # Half a surrogate pair, which JSON can spell, is no text.
        json.dumps(given, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError) as error:
        text = gettext_noop("规则集不是 JSON：%(reason)s。请用 JSON 编辑器改正，存为 UTF-8。")
        raise _bad(text, reason=str(error)[:200]) from error
    return ruleset_of(given)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # JSON keeps the last and forgets the others without a word.
            raise _at(name, gettext_noop("规则集里“%(place)s”在一处写了两次。请合在一起。"))
        found[name] = value
    return found


def ruleset_of(given: Any) -> list[Case]:
    """The cases of a ruleset, each with where it is asked. Raises BadInput naming the place."""
    if not isinstance(given, dict):
        raise _bad(gettext_noop("规则集的最外层应是对象：上下文的 XPath 对应它的规则。请改正。"))
    found: list[Case] = []
    for xpath, rules in given.items():
        if not isinstance(rules, dict):
            raise _at(xpath, gettext_noop("“%(place)s”应是对象：规则名对应它的 cases。请改正。"))
        _xpath(xpath, xpath)
        if xpath.strip() == "/":
            raise _at(xpath, gettext_noop("“%(place)s”的上下文选出的不是元素，规则没有东西可查。请改正 XPath。"))
        for case in _cases(rules, xpath):
            case.names, case.at_once = _names(xpath), _at_once(xpath, case)
            case.where, case.asked = _where(xpath, case)
            found.append(case)
    if len(found) > MOST_CASES:
        raise _bad(gettext_noop("规则集的规则超过 %(most)s 条。请分成几个文件。"), most=str(MOST_CASES))
    return found


def _cases(rules: dict[str, Any], place: str, group: tuple[str, ...] = (), looped: bool = False) -> Iterator[Case]:
    for name, rule in rules.items():
        kind = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
        kind, here = _OTHER_NAMES.get(kind, kind), f"{place} › {name}"
        if kind not in KINDS or (looped and kind == "loop"):
            raise _at(here, gettext_noop("“%(place)s”：没有这种规则。请核对规则名。"))
        cases = rule.get("cases") if isinstance(rule, dict) else None
        if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
            raise _at(here, gettext_noop("“%(place)s”应有 cases，它是一列对象。请改正。"))
        for number, case in enumerate(cases, 1):
            yield _case(kind, case, f"{here}[{number}]", group)


def _case(kind: str, given: dict[str, Any], place: str, group: tuple[str, ...]) -> Case:
    unknown, missing = set(given) - _KNOWN, [key for key in KINDS[kind] if given.get(key) in (None, [])]
    if kind == "startswith" and not (given.get("prefix") or given.get("start")):
        missing.append("prefix")
    if unknown or missing:
        text = gettext_noop("“%(place)s”：缺少 %(missing)s，不认得 %(unknown)s。请对照标准改正。")
        raise _at(place, text, missing=tuple(missing) or "—", unknown=tuple(sorted(unknown)) or "—")
    case = Case(kind, place)
    info = given.get("ruleInfo")
    if isinstance(info, dict):
        said = info.get("message", "")
        case.code, case.message = str(info.get("id", "")), said if isinstance(said, Message) else str(said)
        case.severity = "error" if str(info.get("severity", "error")) in {"error", "critical"} else "warning"
    for key in (*_LISTS, *_ONES, "start", "end"):
        if key in given:
            case.said[key] = [*_texts(given[key], key in _LISTS or key == "start", f"{place}.{key}")]
            grouped = key in group
            case.paths[key] = [_expression(one, f"{place}.{key}", grouped) for one in case.said[key]]
    for key in _NUMBERS:
        if key in given:
            case.numbers[key] = _number(given[key], f"{place}.{key}")
    if kind == "one_or_all":
        (case.said["all"],) = ([*_texts(given["all"], False, f"{place}.all")],)
        each, has = ALL.get(given["all"], (".", given["all"]))
        case.paths["each"], case.paths["has"] = [_xpath(each, place)], [_xpath(has, place)]
    case.regex = _regex(given.get("regex"), f"{place}.regex")
    case.separator = str(given.get("separator", ""))
    if kind == "loop":
        if not isinstance(given["do"], dict):
            raise _at(f"{place}.do", gettext_noop("“%(place)s”应是对象：规则名对应它的 cases。请改正。"))
        subs = tuple(_texts(given.get("subs", []), True, f"{place}.subs"))
        case.inner = list(_cases(given["do"], f"{place}.do", subs, looped=True))
    return case


def _at_once(context: str, case: Case) -> Any:
    key = BY_NODE.get(case.kind, "")
    today = case.kind != "date_order" or case.said["more"][0] in TODAY
    relative = all(path[0].isalpha() or path[0] == "@" for path in case.said.get(key, ()) if path)
    if not key or not today or not relative or "condition" in case.said or any("|" in one for one in case.said[key]):
        return None
    paths = [f"({context})/{path}" for path in case.said[key] if path not in TODAY]
    return _xpath(" | ".join(paths), case.place) if paths else None


def _names(context: str) -> frozenset[str]:
    paths = [path.strip() for path in context.split("|")]
    plain = all(re.fullmatch(r"/?(/[A-Za-z_][\w-]*)+", path) for path in paths)
    return frozenset(path.rpartition("/")[2] for path in paths) if plain else frozenset()


def _where(context: str, case: Case) -> tuple[Any, bool]:
    asked = [f"boolean({one})" for one in case.said.get("condition", ())]
    for key in NEEDED.get(case.kind, ()):
        asked += [f"boolean({one})" for one in case.said.get(key, ()) if one not in TODAY]
    if case.kind == "atleast_one":
        asked += [f"not({one})" for one in case.said["paths"]]
    if case.kind == "if_then":
        asked += [f"boolean({case.said['if'][0]})", f"not({case.said['then'][0]})"]
    if case.kind == "no_more_than_one":
        asked.append(" + ".join(f"count({one})" for one in case.said["paths"]) + " > 1")
    # Where an element stands in the context is not where it stands by itself.
    if any(word in one for one in asked for word in ("position", "last", "$")):
        asked = []
    return _xpath(f"({context})" + "".join(f"[{one}]" for one in asked), case.place), bool(asked)


def _texts(given: Any, many: bool, place: str) -> Iterator[str]:
    found = given if many and isinstance(given, list) else [given]
    for one in found:
        if not isinstance(one, str) or len(one) > MOST_LETTERS:
            text = gettext_noop("“%(place)s”应是文字，最长 %(most)s 个字符。请改正。")
            raise _at(place, text, most=str(MOST_LETTERS))
        yield one


def _expression(text: str, place: str, grouped: bool) -> Any:
    if text in TODAY or text == AGENCIES:
        return text
    if grouped:
        # The value of the group is bound as a variable: what a file says never becomes part of an expression.
        text = re.sub(r"'\$1'|\"\$1\"|\$1", "$group", text)
    return _xpath(text, place)


def _xpath(text: str, place: str) -> Any:
    try:
        return etree.XPath(text, namespaces=_XML, regexp=False, smart_strings=True)
    except (etree.XPathSyntaxError, ValueError) as error:
        raise _at(place, gettext_noop("“%(place)s”的 XPath 读不懂：%(text)s。请改正。"), text=text[:200]) from error


def _regex(given: Any, place: str) -> re.Pattern[str] | None:
    if given is None:
        return None
    (text,) = _texts(given, False, place)
    try:
        # Classes of POSIX would be read as a set of the letters of their name.
        if not re.search(r"\[:\w+:\]", text):
            return re.compile(text)
    except (re.error, RecursionError, OverflowError):
        pass
    raise _at(place, gettext_noop("“%(place)s”的正则表达式读不懂：%(text)s。请改正。"), text=text[:200])


def _number(given: Any, place: str) -> Decimal:
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        found = Decimal("NaN")
    if not is_reasonable(found):
        raise _at(place, gettext_noop("“%(place)s”应是数。请改正。"))
    return found


def is_reasonable(number: Decimal) -> bool:
    """Whether it is a number that can be added up and written out: no NaN, nothing of thousands of digits."""
    return number.is_finite() and len(number.as_tuple().digits) <= MOST_DIGITS and abs(number.adjusted()) <= MOST_DIGITS


def _bad(text: str, /, **params: Any) -> BadInput:
    return BadInput(text, "iati.bad_ruleset", field="ruleset", **params)


def _at(place: str, says: str, /, **params: Any) -> BadInput:
    return _bad(says, place=place[:300], **params)
