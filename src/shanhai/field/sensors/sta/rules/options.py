# SPDX-License-Identifier: Apache-2.0
"""Query options (18-088, clause 9.3), of an address or within $expand, as values. Names are not looked up here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from shanhai.field.sensors.sta.values import Expansion, Options
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST_EXPANSIONS = 20
MOST_LEVELS = 6
MOST_ORDERS = 20
# Of a number that is given for $top or $skip.
_MOST_DIGITS = 12
_NAME = re.compile(r"[A-Za-z@][\w.]*")
_SEPARATOR = "/"


def parse_options(given: Iterable[tuple[str, str]]) -> Options:
    """The options of an address, as pairs of decoded names and values. Raises BadInput."""
    read: dict[str, str] = {}
    for name, value in given:
        if not name.startswith("$"):
            continue
        if name in read:
            text = gettext_noop("%(option)s 写了两次。请只写一次。")
            raise BadInput(text, "sta.option_twice", option=name)
        read[name] = value
    options = _options(read, level=0)
    if sum(1 for _one in _all(options)) > MOST_EXPANSIONS:
        text = gettext_noop("一次最多展开 %(most)s 处。请分几次读。")
        raise BadInput(text, "sta.too_many_expansions", most=MOST_EXPANSIONS)
    return options


def _all(options: Options) -> Iterator[Expansion]:
    for one in options.expand:
        yield one
        yield from _all(one.options)


def _options(read: Mapping[str, str], *, level: int) -> Options:
    options = Options()
    for name, value in read.items():
        match name:
            case "$top":
                options = replace(options, top=_number(name, value))
            case "$skip":
                options = replace(options, skip=_number(name, value))
            case "$count":
                options = replace(options, count=_truth(name, value))
            case "$filter":
                options = replace(options, filter=value.strip())
            case "$select":
                names = tuple(dict.fromkeys(one.strip() for one in value.split(",") if one.strip()))
                options = replace(options, select=names)
            case "$orderby":
                options = replace(options, orderby=_orders(value))
            case "$expand":
                options = replace(options, expand=_expansions(value, level=level + 1))
            case "$skiptoken" if level == 0:
                options = replace(options, after=value)
            case "$resultFormat" if level == 0:
                options = replace(options, format=value)
            case _:
                text = gettext_noop("不认识查询选项 %(option)s。")
                raise BadInput(text, "sta.option_unknown", option=name[:40])
    return options


def _expansions(text: str, *, level: int) -> tuple[Expansion, ...]:
    """Those of one level; paths that begin alike are of one. Raises BadInput."""
    if level > MOST_LEVELS:
        deep = gettext_noop("展开最多嵌套 %(most)s 层。")
        raise BadInput(deep, "sta.expand_too_deep", most=MOST_LEVELS)
    found: dict[str, Expansion] = {}
    for part in split(text, ","):
        one = _expansion(part, level=level)
        before = found.get(one.name)
        found[one.name] = one if before is None else _together(before, one)
    return tuple(found.values())


def _expansion(text: str, *, level: int) -> Expansion:
    match = _NAME.match(text)
    name, rest = (match[0], text[match.end() :].strip()) if match else ("", text)
    if name and not rest:
        return Expansion(name)
    if name and rest.startswith(_SEPARATOR):
        return Expansion(name, Options(expand=_expansions(rest[1:], level=level + 1)))
    if not name or rest[0] != "(" or rest[-1] != ")":
        wrong = gettext_noop("看不懂要展开的 %(given)s。写法如 Datastreams($top=1;$select=name)。")
        raise BadInput(wrong, "sta.expand_unreadable", given=text[:80])
    read: dict[str, str] = {}
    for part in split(rest[1:-1], ";"):
        option, _, value = part.partition("=")
        read[option.strip()] = value.strip()
    return Expansion(name, _options(read, level=level))


def _together(one: Expansion, other: Expansion) -> Expansion:
    merged = {sub.name: sub for sub in one.options.expand}
    for sub in other.options.expand:
        merged[sub.name] = _together(merged[sub.name], sub) if sub.name in merged else sub
    asked = one.options if one.options != replace(Options(), expand=one.options.expand) else other.options
    return Expansion(one.name, replace(asked, expand=tuple(merged.values())))


def written(options: Options) -> list[tuple[str, str]]:
    """The options as pairs that ``parse_options`` reads as the same."""
    order = ",".join(f"{one} desc" if last else one for one, last in options.orderby)
    pairs = {
        "$select": ",".join(options.select),
        "$expand": ",".join(_written(one) for one in options.expand),
        "$filter": options.filter,
        "$orderby": order,
        "$top": "" if options.top is None else str(options.top),
        "$skip": str(options.skip or ""),
        "$count": "true" if options.count else "",
        "$resultFormat": options.format,
        "$skiptoken": options.after,
    }
    return [(name, value) for name, value in pairs.items() if value]


def address(path: str, options: Options) -> str:
    """The address of what is asked so at a path."""
    query = urlencode(written(options), quote_via=quote, safe="$(),/:@'*")
    return f"{path}?{query}" if query else path


def _written(one: Expansion) -> str:
    inside = ";".join(f"{name}={value}" for name, value in written(one.options))
    return f"{one.name}({inside})" if inside else one.name


def split(text: str, sign: str) -> list[str]:
    """The parts between signs that stand outside of brackets and of quoted texts, without empty ones."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, one in enumerate(text):
        if one == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif one == "(":
            depth += 1
        elif one == ")":
            depth -= 1
        elif one == sign and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
    parts.append(text[begin:])
    return [one.strip() for one in parts if one.strip()]


def _orders(value: str) -> tuple[tuple[str, bool], ...]:
    found = tuple(_order(one) for one in split(value, ","))
    if len(found) > MOST_ORDERS:
        text = gettext_noop("最多按 %(most)s 项排序，这里有 %(count)s 项。")
        raise BadInput(text, "sta.too_many_orders", most=MOST_ORDERS, count=len(found))
    return found


def _order(text: str) -> tuple[str, bool]:
    head, _, tail = text.rpartition(" ")
    if head and tail.lower() in ("asc", "desc"):
        return head.strip(), tail.lower() == "desc"
    return text, False


def _number(name: str, value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        return int(value)
    text = gettext_noop("%(option)s 要写成不小于 0 的整数，现在是 %(given)s。")
    raise BadInput(text, "sta.not_a_number", option=name, given=value[:40])


def _truth(name: str, value: str) -> bool:
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    text = gettext_noop("%(option)s 要写成 true 或 false，现在是 %(given)s。")
    raise BadInput(text, "sta.not_a_truth", option=name, given=value[:40])
