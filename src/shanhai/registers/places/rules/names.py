# SPDX-License-Identifier: Apache-2.0
"""What people call a division: its short names, and the pinyin by which they look for it."""

from __future__ import annotations

import re
import unicodedata

from shanhai.kernel.pinyin import spelled

_PEOPLES = (
    "藏族|羌族|蒙古族|蒙古|哈萨克族|哈萨克|回族|彝族|柯尔克孜|塔吉克|维吾尔|土家族|土族|撒拉族|裕固族|东乡族|保安族|满族|苗族|壮族|"
    "布依族|朝鲜族|侗族|瑶族|白族|哈尼族|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|纳西族|景颇族|达斡尔族|仫佬族|布朗族|毛南族|仡佬族|锡伯|"
    "普米族|怒族|独龙族|各族"
)
_PARTS = re.compile(
    rf"(.{{2,}}?)(?:(?:{_PEOPLES})*自治(?:[州县旗]|区)|特别行政区|[省县市旗州盟]|地区|[新林特]?区)$", re.DOTALL
)


def short_names(name: str) -> tuple[str, ...]:
    """甘孜藏族自治州 is 甘孜 and 甘孜州; a name of one character has no short form."""
    found = _PARTS.fullmatch(name)
    if found is None:
        return ()
    bare = found[1].removesuffix("族")
    own = name[-1] if name.endswith(("自治州", "自治县", "自治旗")) else ""
    return (bare, f"{bare}{own}") if own else (bare,)


def looked_for(name: str, name_en: str) -> str:
    """The words by which a division is found beside its names: short ones, pinyin, the English name without marks."""
    short = short_names(name)
    plain = "".join(one for one in unicodedata.normalize("NFKD", name_en) if not unicodedata.combining(one))
    return " ".join([*short, spelled(name, *short), plain.lower()]).strip()
