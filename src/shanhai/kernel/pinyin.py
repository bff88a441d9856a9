# SPDX-License-Identifier: Apache-2.0
"""Pinyin, in full and by its initials, by which people find a long name, whichever way they read its characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from math import prod

# Characters of places, units and works whose readings begin with different letters, each with all of these letters. A
# dictionary knows more, but the rare ones would make a search find what nobody looked for.
SEVERAL = {
    char: letters
    for letters, chars in {
        "cz": "藏朝重长曾传种查圳枞幢椎",
        "jx": "系校浚降解陉",
        "sx": "厦省宿歙莘",
        "jq": "且圈茄稽奇",
        "bp": "泊堡便扁屏",
        "dt": "洞调弹提",
        "gj": "革贾夹给",
        "fp": "番繁否冯",
        "wy": "尉蔚尾",
        "xy": "叶盱吁",
        "hx": "行巷",
        "cs": "盛参",
        "dz": "堆翟",
        "bm": "泌秘",
        "qx": "茜券",
        "cds": "单",
        "ly": "乐",
        "hk": "会",
        "lt": "漯",
        "cj": "车",
        "ls": "率",
        "gjq": "伽",
        "kq": "卡",
        "gw": "涡",
        "qy": "铅",
        "cq": "仇",
        "sz": "折",
        "cx": "畜",
        "hj": "虹",
        "ln": "弄",
        "nz": "粘",
        "gyz": "轧",
        "gq": "乾",
        "jz": "祭",
        "wx": "圩",
        "gl": "纶",
        "kw": "隗",
    }.items()
    for char in chars
}
# The same in full, for names of places: how those who live there say a character, and how others read it.
READINGS = {
    char: syllables.split()
    for syllables, chars in {
        "le lao yue": "乐",
        "da dai": "大",
        "bao bu pu": "堡",
        "pu bu": "埔",
        "dong tong": "洞",
        "jun xun": "浚",
        "luo ta": "漯",
        "dan shan chan": "单",
        "guo wo": "涡",
        "mi bi": "泌",
        "mian sheng": "渑",
        "zang cang": "藏",
        "chong zhong": "重",
        "chang zhang": "长",
        "chao zhao": "朝",
        "zeng ceng": "曾",
        "liu lu": "六",
        "wei yu": "尉蔚",
        "xing ying": "荥",
        "xing jing": "陉",
        "yan qian": "铅",
        "jian qian": "犍",
        "dang tan": "宕",
        "zha zuo": "柞",
        "bai bo": "百柏",
        "ju gou": "句",
        "xing hang": "行",
        "hui kuai": "会",
        "pan fan": "番",
        "fan po": "繁",
        "pi bei po": "陂",
        "jun yun": "筠",
        "shi zhi": "氏峙",
        "xia sha": "厦",
        "su xiu": "宿",
        "gai ge": "盖",
        "che ju": "车",
        "qie ju": "且",
        "ye xie": "叶",
        "jia qie": "伽茄",
        "sha suo": "莎",
        "cheng chen": "称",
        "mou mu": "牟",
        "shen xin": "莘",
        "qin tan": "覃",
        "du dou": "都",
        "a e": "阿",
        "bo po": "泊",
        "beng bang": "蚌",
        "se shai": "色",
        "ka qia": "卡",
        "zong cong": "枞",
        "xu wei": "圩",
        "hun hui": "珲",
        "she xi": "歙",
        "le lei": "勒",
        "shi shen": "什",
        "di chi": "坻",
        "tong dong": "峒",
        "lv lu": "绿",
        "lv lyu lu": "吕旅",
    }.items()
    for char in chars
}
# How many ways of reading one name are kept side by side.
MOST = 16


def initials_of(*names: str) -> str:
    """The first letters of the pinyin of ``names``, their Latin letters and digits, in lower case, without the rest.

    The usual reading comes first; then, behind blanks, the other readings of characters that have several: all of them,
    or one changed at a time where that would be more than ``MOST``.
    """
    readings = [_readings(name) for name in names if name]
    usual = [ways[0] for ways in readings]
    others = [way for ways in readings for way in ways[1:]]
    return " ".join(one for one in dict.fromkeys([*usual, *others]) if one)


def spelled(*names: str) -> str:
    """The pinyin of ``names`` in full, in every reading, each without blanks, and behind them their initials."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a dictionary of 57 MB

    full = []
    for name in names:
        usual = lazy_pinyin(name)
        if len(usual) != len(name):
            # What is no Han character stands together.
            usual = [one for char in name for one in lazy_pinyin(char)]
        ways = zip(name, usual, strict=True)
        full += _combined([list(dict.fromkeys([one, *READINGS.get(char, ())])) for char, one in ways])
    return " ".join(dict.fromkeys([*full, initials_of(*names)])).strip()


class _Usual(dict[int, str]):
    """The letter of each character that has one reading, found when it is first met: a name is turned at one go."""

    def __missing__(self, code: int) -> str:
        (letter,) = _letters(chr(code))
        self[code] = _ways(chr(code), letter)
        return self[code]


_USUAL = _Usual()


def _readings(name: str) -> list[str]:
    if SEVERAL.keys().isdisjoint(name):
        return [name.translate(_USUAL)]
    # Words tell which reading is the usual one here, at ten times the price of single characters.
    parts = re.findall(r"[\u4e00-\u9fff]+|.", name, re.DOTALL)
    words = [word for part in parts for word in ([part] if SEVERAL.keys() & part else part)]
    letters = [letter for word in words for letter in _letters(word)]
    return _combined([_ways(char, letter) for char, letter in zip(name, letters, strict=True)])


def _combined(ways: Sequence[Sequence[str]]) -> list[str]:
    """All that may be read where each part has these ways; one changed at a time where it would be too many."""
    ways = [way for way in ways if way]
    if prod(map(len, ways)) <= MOST:
        return ["".join(parts) for parts in product(*ways)]
    usual = [way[0] for way in ways]
    changed = ([*usual[:at], other, *usual[at + 1 :]] for at, way in enumerate(ways) for other in way[1:])
    return ["".join(parts) for parts in (usual, *changed)]


def _ways(char: str, letter: str) -> str:
    """The letters a character may begin with, the usual one first; none for what is neither letter nor digit."""
    usual = letter.lower()
    if not (usual.isascii() and usual.isalnum()):
        return ""
    return usual + "".join(other for other in SEVERAL.get(char, "") if other != usual)


@lru_cache(maxsize=20_000)
def _letters(text: str) -> tuple[str, ...]:
    # Loading the dictionary takes 57 MB and 0.2 s: only a process that writes a name pays for it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return tuple(lazy_pinyin(text, style=Style.FIRST_LETTER))
