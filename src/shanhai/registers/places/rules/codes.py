# SPDX-License-Identifier: Apache-2.0
"""The codes of GB/T 2260: two digits each for the province, the prefecture and the county."""

from __future__ import annotations

import re

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.values import Level

# GB/T 2260, table of provinces, autonomous regions, municipalities and special administrative regions.
PROVINCES = frozenset(
    str(number)
    for numbers in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for number in numbers
)
_CODE = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}", re.ASCII)


class UnknownDivisionCode(BadInput):
    """Text that cannot be a code of GB/T 2260, or names no division that is registered."""

    code = "places.unknown_division_code"


def full_code(text: str) -> str:
    """The six digits that ``text`` stands for: 54 is 540000, 5406 is 540600. Raises UnknownDivisionCode."""
    if not _CODE.fullmatch(text) or text[:2] not in PROVINCES:
        raise UnknownDivisionCode(
            gettext_noop("“%(code)s”不是行政区划代码。请填国家标准（GB/T 2260）的六位数字，例如 513301。"),
            code=text[:40],
        )
    return text.ljust(6, "0")


def level_of(code: str) -> Level:
    """The level that a six-digit code names."""
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def parent_codes(code: str) -> tuple[str, ...]:
    """What a six-digit code may lie under, nearest first; none for a province.

    A county may lie straight under its province: those of municipalities and those numbered xx90nn do.
    """
    level = level_of(code)
    if level is Level.PROVINCE:
        return ()
    province = code[:2] + "0000"
    return (province,) if level is Level.PREFECTURE else (code[:4] + "00", province)
