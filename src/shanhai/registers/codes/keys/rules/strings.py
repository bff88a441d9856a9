# SPDX-License-Identifier: Apache-2.0
"""Element strings: with brackets, as people read them, and with separators, as scanners hand them over."""

from __future__ import annotations

import re

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.elements import arranged, filled, judge
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS, KEYS, LENGTHS
from shanhai.registers.codes.keys.values import Identifier

SEPARATOR = "\x1d"
# What scanners put before the data of a symbol of GS1.
_SYMBOLOGY = re.compile(r"\](?:C1|e[0-3]|d2|Q3|J1)")


def read_elements(text: str) -> Identifier:
    """The identifier of an element string: ``(01)…(10)…``, or with separators (FNC1, as GS). Raises BadInput."""
    if "<GS>" in text:
        said = gettext_noop("分隔符成了文字 <GS>。请让扫码程序交出原始字节，或改用带括号的写法。")
        raise BadInput(said, "codes.separator_as_text", field="text")
    text = _SYMBOLOGY.sub("", text, count=1) if text.startswith("]") else text
    pairs = _in_brackets(text) if text.startswith("(") else _separated(text)
    return arranged([judge(ai, value) for ai, value in pairs])


def with_brackets(identifier: Identifier) -> str:
    """The element string as people read it. A bracket in a value that looks like an identifier has a ``\\`` before."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in identifier)


def with_separators(identifier: Identifier) -> str:
    """The element string as a symbol holds it after its FNC1: those of known length first, GS between others."""
    # The first key is the key: where another is among the attributes, their order is kept.
    several = any(one.ai in KEYS for one in identifier.attributes)
    whole = sorted(identifier, key=lambda one: not several and not IDENTIFIERS[one.ai].fixed)
    said = "".join(f"{ai}{value}{'' if IDENTIFIERS[ai].fixed else SEPARATOR}" for ai, value in whole)
    return said.removesuffix(SEPARATOR)


def _in_brackets(text: str) -> list[tuple[str, str]]:
    pieces = re.split(r"(?<!\\)\(([0-9]{2,4})\)", text)
    if pieces[0]:
        said = gettext_noop("“%(piece)s”不是应用标识符。请写成 (01)… 的样子；值里的左括号写成 \\(。")
        raise BadInput(said, "codes.brackets", field="text", piece=pieces[0][:40])
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    return [(ai, filled(ai, value.replace("\\(", "("))) for ai, value in pairs]


def _separated(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    rest = text.lstrip(SEPARATOR)
    while rest or not found:
        ai = rest[: LENGTHS.get(rest[:2], 2)]
        known = IDENTIFIERS.get(ai)
        if known is None:
            said = gettext_noop("“%(rest)s”不以应用标识符开头。前一个值之后可能少了分隔符，请核对原码。")
            raise BadInput(said, "codes.no_identifier", field="text", rest=rest[:40])
        value, rest = rest[len(ai) :], ""
        if known.fixed:
            value, rest = value[: known.parts[0].most], value[known.parts[0].most :]
        else:
            value, _, rest = value.partition(SEPARATOR)
        found.append((ai, value))
        rest = rest.lstrip(SEPARATOR)
    return found
