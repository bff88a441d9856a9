# SPDX-License-Identifier: Apache-2.0
"""The unified social credit code of GB 32100-2015 (统一社会信用代码): 18 characters, the last one checks the others.

Position 1 names the registering authority, 2 the kind, 3 to 8 the division of registration (GB/T 2260), 9 to 17 the
organisation code (GB 11714), 18 is the check character.
"""

from __future__ import annotations

import re
import unicodedata

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message

# GB 32100-2015, table 2: digits and capitals without I, O, S, V, Z; the place in the row is the value.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
# GB 11714-1997, 5.3: the weights of the eight characters, whose values are 0 to 9 and A = 10 to Z = 35.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = re.compile(r"1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")


class UsccNotUnderstood(BadInput):
    """Not eighteen characters of the alphabet, or letters where the division's digits stand."""

    code = "organisations.uscc_not_understood"


class WrongCheckCharacter(BadInput):
    """The eighteenth character does not fit the seventeen before it: at least one of them is wrong."""

    code = "organisations.wrong_check_character"


class DestroyedByExcel(BadInput):
    """A spreadsheet took the code for a number and rounded it: the last digits are lost."""

    code = "organisations.destroyed_by_excel"


def check_uscc(written: object) -> str:
    """The code in its normal form: half-width capitals, no blanks or hyphens.

    Raises DestroyedByExcel, UsccNotUnderstood or WrongCheckCharacter; each says where and what to do.
    """
    code = _normal(written)
    if len(code) != 18:
        text = gettext_noop("统一社会信用代码应有 18 位，这里有 %(length)s 位。请对照营业执照或登记证书。")
        raise UsccNotUnderstood(text, length=len(code))
    for position, character in enumerate(code, 1):
        if character not in ALPHABET or (3 <= position <= 8 and not character.isdigit()):
            text = gettext_noop(
                "统一社会信用代码第 %(position)s 位不能是“%(character)s”：代码不用字母 I、O、S、V、Z，"
                "第 3 至 8 位只用数字。请对照证书，看是否把 0 写成 O、1 写成 I、2 写成 Z、5 写成 S。"
            )
            raise UsccNotUnderstood(text, position=position, character=character)
    if code[17] != check_character(code[:17]):
        if code.isdigit() and code.endswith("000"):
            raise _destroyed()
        text = gettext_noop(
            "统一社会信用代码的第 18 位（校验码）与前 17 位不符，其中至少有一位写错了。请对照证书逐位检查。"
        )
        raise WrongCheckCharacter(text)
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


def _destroyed() -> DestroyedByExcel:
    return DestroyedByExcel(
        gettext_noop(
            "统一社会信用代码被表格软件当成数字，末尾几位已经丢失，不能恢复。请把这一列的格式设为“文本”，再按证书重新填写。"
        )
    )
