# SPDX-License-Identifier: Apache-2.0
"""Organisations as a file or a form states them, and the unified social credit code (统一社会信用代码).

The code of GB 32100-2015 has 18 characters: position 1 names the registering authority, 2 the kind, 3 to 8 the division
of registration (GB/T 2260), 9 to 17 the organisation code (GB 11714), 18 checks the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace

from shanhai.kernel.errors import BadInput, Problem
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.registers.organisations.values import OrganisationKind, OrganisationRow

LONGEST_NAME, LONGEST_SHORT_NAME = 120, 40


def checked_organisations(
    rows: Sequence[OrganisationRow], divisions: Collection[str]
) -> tuple[tuple[OrganisationRow, ...], tuple[Problem, ...]]:
    """The rows, with their credit codes in normal form, and all problems.

    ``divisions`` are the known codes among those the rows name.
    """
    good: list[OrganisationRow] = []
    problems: list[Problem] = []
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        checked = _checked(row, divisions, problems)
        keys = {"name": (checked.name, checked.division), "uscc": (checked.uscc,)}
        for column, key in keys.items():
            if key[0] and first.setdefault(key, row.row) != row.row:
                text = message(
                    gettext_noop("“%(value)s”与第 %(row)s 行重复。请只留一行。"), value=key[0], row=first[key]
                )
                problems.append(Problem("organisations.duplicate", text, row.row, column))
        good.append(checked)
    return tuple(good), tuple(problems)


def _checked(row: OrganisationRow, divisions: Collection[str], problems: list[Problem]) -> OrganisationRow:
    def fault(column: str, code: str, text: str, **params: object) -> None:
        problems.append(Problem(f"organisations.{code}", message(text, **params), row.row, column))

    if not row.name:
        fault("name", "name_missing", gettext_noop("缺少名称。请填证书上的全称。"))
    for column, value, longest in (
        ("name", row.name, LONGEST_NAME),
        ("short_name", row.short_name, LONGEST_SHORT_NAME),
    ):
        if len(value) > longest:
            fault(column, "too_long", gettext_noop("超过 %(longest)s 个字符。请缩短。"), longest=longest)
    if row.kind and row.kind not in list(OrganisationKind):
        text = gettext_noop("“%(kind)s”不是已知的类别。请填：%(kinds)s。")
        fault("kind", "kind", text, kind=row.kind[:40], kinds=tuple(f"“{one}”" for one in OrganisationKind))
    if row.division and row.division not in divisions:
        text = gettext_noop("没有登记代码 %(division)s。请检查代码，或先导入行政区划。")
        fault("division", "unknown_division", text, division=row.division[:12])
    uscc = ""
    if row.uscc not in ("", None):
        try:
            uscc = check_uscc(row.uscc)
        except BadInput as error:
            problems.append(Problem(error.code, error.message, row.row, "uscc"))
        doubts = uscc_doubts(uscc) if uscc else ()
        problems += [Problem("organisations.uscc_doubtful", one, row.row, "uscc", blocking=False) for one in doubts]
    return replace(row, uscc=uscc)


# GB 32100-2015, table 2: digits and capitals without I, O, S, V, Z; the place in the row is the value.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NOT_UNDERSTOOD = "organisations.uscc_not_understood"
_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
# GB 11714-1997, 5.3: the weights of the eight characters, whose values are 0 to 9 and A = 10 to Z = 35.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = re.compile(r"1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")


def check_uscc(written: object) -> str:
    """The code in its normal form: half-width capitals, no blanks or hyphens.

    Raises BadInput, which says where the fault is and what to do.
    """
    code = _normal(written)
    if len(code) != 18:
        text = gettext_noop("统一社会信用代码应有 18 位，这里有 %(length)s 位。请对照营业执照或登记证书。")
        raise BadInput(text, _NOT_UNDERSTOOD, length=len(code))
    for position, character in enumerate(code, 1):
        if character not in ALPHABET or (3 <= position <= 8 and not character.isdigit()):
            text = gettext_noop(
                "统一社会信用代码第 %(position)s 位不能是“%(character)s”：代码不用字母 I、O、S、V、Z，"
                "第 3 至 8 位只用数字。请对照证书，看是否把 0 写成 O、1 写成 I、2 写成 Z、5 写成 S。"
            )
            raise BadInput(text, _NOT_UNDERSTOOD, position=position, character=character)
    if code[17] != check_character(code[:17]):
        if code.isdigit() and code.endswith("000"):
            raise _destroyed()
        text = gettext_noop(
            "统一社会信用代码的第 18 位（校验码）与前 17 位不符，其中至少有一位写错了。请对照证书逐位检查。"
        )
        raise BadInput(text, "organisations.wrong_check_character")
    return code


def check_character(first: str) -> str:
    """The eighteenth character for the seventeen ``first`` ones (GB 32100-2015, appendix A)."""
    weighted = sum(ALPHABET.index(character) * weight for character, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[-weighted % 31]


def uscc_doubts(code: str) -> tuple[Message, ...]:
    """What is odd about a code that checks: a division of registration or an organisation code that cannot be."""
    doubts = []
    if not _PROVINCES.match(code[2:4]):
        text = gettext_noop("统一社会信用代码第 3 至 8 位 %(division)s 不是行政区划代码。请对照证书。")
        doubts.append(message(text, division=code[2:8]))
    if code[16] != organisation_check_character(code[8:16]):
        text = gettext_noop("统一社会信用代码第 9 至 17 位 %(part)s 不符合组织机构代码的校验规则。请对照证书。")
        doubts.append(message(text, part=code[8:17]))
    return tuple(doubts)


def organisation_check_character(first: str) -> str:
    """The ninth character of an organisation code for the eight ``first`` ones (GB 11714-1997)."""
    values = [int(character, 36) for character in first]
    rest = -sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _normal(written: object) -> str:
    if isinstance(written, bool | int | float):
        raise _destroyed()
    code = re.sub(r"[\s\-‐–—]", "", unicodedata.normalize("NFKC", str(written))).upper()
    if _SCIENTIFIC.fullmatch(code):
        raise _destroyed()
    return code


def _destroyed() -> BadInput:
    text = gettext_noop(
        "统一社会信用代码被表格软件当成数字，末尾几位已经丢失，不能恢复。请把这一列的格式设为“文本”，再按证书重新填写。"
    )
    return BadInput(text, "organisations.destroyed_by_excel")
