# SPDX-License-Identifier: Apache-2.0
"""Which signs a text may have that is to be printed."""

from __future__ import annotations

import unicodedata

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# What neither XML nor a page can hold; a line end and a tabulator are none of them.
_UNPRINTABLE = {"Cc", "Cs", "Co", "Cn"}


def cleaned(text: str, most: int) -> str:
    """Text with line ends as ours, without blanks around it. Raises BadInput for too much, or a sign that is none."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(said) > most:
        fault = gettext_noop("这里有 %(count)s 个字，最多 %(most)s 个。请分成几节，或者删短。")
        raise BadInput(fault, "reports.too_long", count=len(said), most=most)
    for place, sign in enumerate(said):
        if sign not in "\n\t" and unicodedata.category(sign) in _UNPRINTABLE:
            fault = gettext_noop("第 %(place)s 个字符看不见或不能印出来（在“%(around)s”后面）。请删去它再保存。")
            around = "".join(one for one in said[max(place - 8, 0) : place] if one.isprintable())
            raise BadInput(fault, "reports.sign_not_accepted", place=place + 1, around=around)
    return said
