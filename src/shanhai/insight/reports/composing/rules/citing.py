# SPDX-License-Identifier: Apache-2.0
"""The text of a section: which signs it may have, and the figures that it cites in braces, by key or by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from shanhai.kernel.errors import BadInput
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import gettext_noop, message

_CITED = re.compile(r"\{([^{}\n]{1,80})\}")
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


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text in order as (plain, "") and ("", name of a cited figure)."""
    end = 0
    for found in _CITED.finditer(text):
        yield text[end : found.start()], ""
        yield "", found[1].strip()
        end = found.end()
    yield text[end:], ""


def cited(name: str, figures: Mapping[str, Figure]) -> Figure:
    """The figure that a marker names, by its key or its Chinese name. Raises BadInput for none, several, or no value.

    ``figures`` are those that may be cited, by key.
    """
    found = [figures[name]] if name in figures else [one for one in figures.values() if str(one.label) == name]
    if not found:
        fault = gettext_noop("没有叫“%(name)s”的数。能引用的数列在这一页下面，照名称写在花括号里。")
        raise BadInput(fault, "reports.marker_unknown", name=name[:40])
    if len(found) > 1:
        fault = gettext_noop("有几个数都叫“%(name)s”。请写它们的代号：%(keys)s。")
        raise BadInput(fault, "reports.marker_unclear", name=name[:40], keys=tuple(one.key for one in found[:5]))
    (figure,) = found
    if figure.value is None:
        fault = gettext_noop("“%(name)s”现在没有数：%(gap)s")
        raise BadInput(fault, "reports.marker_without_value", name=name[:40], gap=figure.gap or message(""))
    return figure


def require_citable(text: str, figures: Mapping[str, Figure]) -> None:
    """Raise BadInput for the first marker that names no figure, and for a brace that is no marker's."""
    for plain, name in pieces(text):
        if "{" in plain or "}" in plain:
            fault = gettext_noop("花括号只用来引用数字，例如 {到位资金}，要成对写在一行里。")
            raise BadInput(fault, "reports.marker_unclear")
        if name:
            cited(name, figures)
