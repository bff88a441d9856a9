# SPDX-License-Identifier: Apache-2.0
"""Elements, each an application identifier with its value, judged and put into the order of a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import first_of, gettext_noop, message
from shanhai.registers.codes.keys.rules.checks import CHECKS, check_digit
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS, KEYS
from shanhai.registers.codes.keys.values import Element, Identifier

# The sorts of signs, as a form is written: n6, x..20.
_SORTS = gettext_noop("n 为数字，x 为字母、数字和常用标点，y 为大写字母、数字和 # - /，z 为 base64url；.. 后为最多位数")

# Keys whose serial is the end of their value, and how long that is without one.
_BARE = {"253": 13, "255": 13, "8003": 14}


def judge(ai: str, value: str) -> Element:
    """The element, if its value is what its identifier asks for. Raises BadInput, with the identifier as its field."""
    known = IDENTIFIERS.get(ai)
    if known is None:
        text = gettext_noop("没有应用标识符 (%(ai)s)。请对照 GS1 应用标识符表。")
        raise BadInput(text, "codes.ai_unknown", field=ai, ai=ai)
    found = known.pattern.fullmatch(value)
    if not found:
        text = gettext_noop("(%(ai)s) 的值“%(value)s”应为 %(form)s（%(sorts)s）。请核对长度和字符。")
        raise BadInput(text, "codes.form", field=ai, ai=ai, value=value[:100], form=known.form, sorts=message(_SORTS))
    for part, signs in zip(known.parts, found.groups(), strict=True):
        for name in part.checks if signs else ():
            check, what = CHECKS[name]
            if check(signs):
                continue
            if name == "digit":
                text = gettext_noop("(%(ai)s) 的校验位不对：%(part)s 应以 %(digit)s 结尾。请对照原码重录。")
                digit = check_digit(signs[:-1])
                raise BadInput(text, "codes.check_digit", field=ai, ai=ai, part=signs, digit=digit)
            text = gettext_noop("(%(ai)s) 的值里，“%(part)s”应当是%(what)s。请对照原码重录。")
            raise BadInput(text, f"codes.{name}", field=ai, ai=ai, part=signs, what=message(what))
    return Element(ai, value)


def filled(ai: str, value: str) -> str:
    """The value, a GTIN of 8, 12 or 13 digits filled up to 14: not for scans, of which a digit may be missing."""
    return value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value


def judge_together(elements: Iterable[Element]) -> list[Element]:
    """The elements, each once, if they may stand together. Raises BadInput."""
    found: dict[str, Element] = {}
    for one in elements:
        if found.setdefault(one.ai, one) != one:
            text = gettext_noop("(%(ai)s) 有两个不同的值：%(one)s 和 %(other)s。请只留一个。")
            raise BadInput(text, "codes.repeated", field=one.ai, ai=one.ai, one=found[one.ai].value, other=one.value)
    whole, present = list(found.values()), found.keys()
    for ai in present:
        known = IDENTIFIERS[ai]
        if barred := sorted(known.excludes & present):
            text = gettext_noop("(%(ai)s) 不能与 (%(other)s) 同在一个码里。请去掉其中一个。")
            raise BadInput(text, "codes.excluded", field=ai, ai=ai, other=barred[0])
        for demand in known.needs:
            if not any(all(not one.isdisjoint(present) for one in group) for group in demand):
                text = gettext_noop("(%(ai)s) 要与 %(needed)s 之一同在一个码里。请补上，或去掉 (%(ai)s)。")
                needed = first_of(["+".join(f"({min(one)})" for one in group) for group in demand], 5)
                raise BadInput(text, "codes.needs", field=ai, ai=ai, needed=needed)
    if "8030" in present and (bare := [one for one in whole if _BARE.get(one.ai) == len(one.value)]):
        text = gettext_noop("签名 (8030) 只能跟着有序列号的码，(%(ai)s) 没有序列号。请补上序列号，或去掉 (8030)。")
        raise BadInput(text, "codes.signed_class", field="8030", ai=bare[0].ai)
    return whole


def in_order(path: Sequence[Element], rest: Iterable[Element], *, other: Iterable[tuple[str, str]] = ()) -> Identifier:
    """The identifier of a path, whose first element is a key, and of a query. Raises BadInput, as for wrong order."""
    key, *qualifiers = path
    whole = judge_together((*path, *rest))
    orders, codes = IDENTIFIERS[key.ai].orders, [one.ai for one in qualifiers]
    if not any(_within(codes, order) for order in orders):
        raise _wrong_order(key.ai, codes)
    attributes = [one for one in whole if one not in path]
    for ai, _ in attributes:
        if any(ai in order and _within(codes, order) for order in orders):
            text = gettext_noop("(%(ai)s) 是 (%(key)s) 的限定符，不能放在问号后。请写进路径，顺序为 %(orders)s。")
            raise BadInput(text, "codes.belongs_in_path", field=ai, ai=ai, key=key.ai, orders=_orders(key.ai))
        if not IDENTIFIERS[ai].attribute:
            text = gettext_noop("(%(ai)s) 不能作为 (%(key)s) 的属性写在链接里。请去掉，或改用元素串。")
            raise BadInput(text, "codes.no_attribute", field=ai, ai=ai, key=key.ai)
    return Identifier(key, tuple(qualifiers), tuple(sorted(attributes)), other=tuple(other))


def arranged(elements: Iterable[Element]) -> Identifier:
    """The identifier of elements in any order: the first key, those that qualify it, the others as attributes.

    Raises BadInput.
    """
    whole = judge_together(elements)
    key = next((one for one in whole if one.ai in KEYS), None)
    if key is None:
        text = gettext_noop("没有主键：%(found)s 只说明别的东西。请补上它所属的码，例如 (01)、(00) 或 (414)。")
        found = first_of([f"({one.ai})" for one in whole], 5)
        raise BadInput(text, "codes.no_key", field=whole[0].ai, found=found)
    orders = IDENTIFIERS[key.ai].orders
    by_ai = {one.ai: one for one in whole}
    order = max(orders, key=lambda one: len(by_ai.keys() & set(one)))
    path = [key, *(by_ai[ai] for ai in order if ai in by_ai)]
    rest = [one for one in whole if one not in path]
    beyond = [one for one in rest if not IDENTIFIERS[one.ai].attribute]
    if any(one.ai in codes for one in beyond for codes in orders):
        raise _wrong_order(key.ai, [one.ai for one in (*path[1:], *beyond)])
    attributes = sorted(one for one in rest if one not in beyond)
    return Identifier(key, tuple(path[1:]), tuple(attributes), tuple(sorted(beyond)))


def _within(codes: Sequence[str], order: Sequence[str]) -> bool:
    rest = iter(order)
    return all(one in rest for one in codes)


def _orders(key: str) -> tuple[str, ...]:
    return tuple("".join(f"/{ai}/…" for ai in (key, *order)) for order in IDENTIFIERS[key].orders)


def _wrong_order(key: str, codes: list[str]) -> BadInput:
    text = gettext_noop("路径 %(path)s 的顺序不对。(%(key)s) 后只能依次有：%(orders)s（可缺，不可换位或混用）。")
    path = "".join(f"/{ai}/…" for ai in (key, *codes))
    return BadInput(text, "codes.order", field=codes[0], path=path, key=key, orders=_orders(key))
