# SPDX-License-Identifier: Apache-2.0
"""The figures that the text of a section cites in braces, by key or by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shanhai.kernel.errors import BadInput
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import gettext_noop, message

_CITED = re.compile(r"\{[^\S\n]*([^{}\s][^{}\n]{0,79})\}")


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
