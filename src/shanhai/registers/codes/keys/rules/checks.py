# SPDX-License-Identifier: Apache-2.0
"""What parts of a value must be, beyond their signs and length; check digits and check characters.

Not judged: the content of North American coupons (8110, 8112), and whether a company prefix was ever given out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable

from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.lists import COUNTRY_LETTERS, COUNTRY_NUMBERS, CURRENCIES, PACKAGES

_SIGNS82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SIGNS32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SIGNS36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def check_digit(digits: str) -> str:
    """The check digit of GS1 (modulo 10, weights 3 and 1 from the right) that follows ``digits``."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def check_pair(text: str) -> str:
    """The two check characters of a GMN that follow ``text``, of 23 signs at most."""
    total = sum(_SIGNS82.index(one) * prime for one, prime in zip(reversed(text), _PRIMES, strict=False)) % 1021
    return _SIGNS32[total >> 5] + _SIGNS32[total & 31]


def check_character(text: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 that follows ``text``, of 0-9 and A-Z."""
    product = 36
    for one in text:
        product = ((product + _SIGNS36.index(one)) % 36 or 36) * 2 % 37
    return _SIGNS36[(37 - product) % 36]


def _is_date(text: str, *, whole_month: bool = False) -> bool:
    # In a century that is not said: 29 February is where the year can be divided by four in both.
    year, month, day = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= 12:
        return False
    # The year 0 is a leap year as the year 4 is, and the calendar begins with 1.
    return (0 if whole_month else 1) <= day <= calendar.monthrange(year or 4, month)[1]


def _is_piece(text: str) -> bool:
    return 1 <= int(text[:2]) <= int(text[2:])


def _is_iban(text: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{9,32}", text) or text[:2] not in COUNTRY_LETTERS:
        return False
    return int("".join(str(_SIGNS36.index(one)) for one in text[4:] + text[:4])) % 97 == 1


def _is_place(text: str) -> bool:
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    return found is not None and int(found[1]) <= int(found[2])


# What a part must be, and how that is said.
CHECKS: dict[str, tuple[Callable[[str], object], str]] = {
    "digit": (lambda text: text[-1] == check_digit(text[:-1]), gettext_noop("以正确的校验位结尾")),
    "pair": (
        lambda text: len(text) > 2 and text[-2:] == check_pair(text[:-2]),
        gettext_noop("以正确的两个校验字符结尾"),
    ),
    "prefix": (re.compile("[0-9]{4}").match, gettext_noop("以厂商识别代码（至少四位数字）开头")),
    "prefix2": (re.compile(".[0-9]{4}").match, gettext_noop("第二位起是厂商识别代码（至少四位数字）")),
    "date": (_is_date, gettext_noop("日期（年月日各两位）")),
    "date0": (lambda text: _is_date(text, whole_month=True), gettext_noop("日期（年月日各两位，日可为 00）")),
    "day": (_is_date, gettext_noop("日期（年四位，月日各两位）")),
    "time": (re.compile("([01][0-9]|2[0-3])[0-5][0-9]").fullmatch, gettext_noop("时刻（0000 至 2359）")),
    "hour": (re.compile("[01][0-9]|2[0-3]").fullmatch, gettext_noop("小时（00 至 23）")),
    "sixty": (re.compile("[0-5][0-9]").fullmatch, gettext_noop("分或秒（00 至 59）")),
    "country": (COUNTRY_NUMBERS.__contains__, gettext_noop("ISO 3166 的国家数字代码")),
    "country999": ((COUNTRY_NUMBERS | {"999"}).__contains__, gettext_noop("ISO 3166 的国家数字代码或 999")),
    "letters": (COUNTRY_LETTERS.__contains__, gettext_noop("ISO 3166 的国家字母代码")),
    "currency": (CURRENCIES.__contains__, gettext_noop("ISO 4217 的货币数字代码")),
    "package": (PACKAGES.__contains__, gettext_noop("包装类型代码")),
    "percent": (re.compile("(?:[^%]|%[0-9A-Fa-f]{2})*").fullmatch, gettext_noop("文字，每个百分号后有两位十六进制数")),
    "latitude": (lambda text: int(text) <= 1_800_000_000, gettext_noop("纬度（0000000000 至 1800000000）")),
    "longitude": (lambda text: int(text) <= 3_600_000_000, gettext_noop("经度（0000000000 至 3600000000）")),
    "yes": (re.compile("[01]").fullmatch, gettext_noop("0 或 1")),
    "minus": (re.compile("-").fullmatch, gettext_noop("减号")),
    "importer": (re.compile(r"[0-9A-Za-z_\-]").fullmatch, gettext_noop("数字、字母、- 或 _")),
    "medium": (re.compile("0[1-9]|10|[89][0-9]").fullmatch, gettext_noop("介质类型（01 至 10 或 80 至 99）")),
    "sex": (re.compile("[0129]").fullmatch, gettext_noop("0、1、2 或 9")),
    "place": (_is_place, gettext_noop("次序/总数")),
    "some": (re.compile(".*[1-9].*").fullmatch, gettext_noop("大于零的数")),
    "winding": (re.compile("[019]").fullmatch, gettext_noop("卷向（0、1 或 9）")),
    "zero": (re.compile("0").fullmatch, gettext_noop("0")),
    "piece": (_is_piece, gettext_noop("件号和总件数（各两位，件号不大于总数）")),
    "iban": (_is_iban, gettext_noop("国际银行账号（IBAN）")),
    "natural": (re.compile("[1-9].*").fullmatch, gettext_noop("不以 0 开头的数")),
    "mixed": (re.compile(".*[^0-9].*").fullmatch, gettext_noop("至少含一个非数字字符")),
}
