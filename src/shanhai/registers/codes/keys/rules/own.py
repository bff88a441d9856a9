# SPDX-License-Identifier: Apache-2.0
"""Own codes, for what has no number of GS1: ``/x/{kind}/{id}``, whose last sign is a check character."""

from __future__ import annotations

import re

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.checks import check_character
from shanhai.registers.codes.keys.values import OWN, Element, Identifier

KIND = re.compile("[a-z][a-z-]{0,30}")
# The length that a row of signs may have, its check character among them.
_LEAST, _MOST = 2, 40


def read_own(kind: str, signs: str, stem: str = "") -> Identifier:
    """The identifier of an own code as it stands; small letters are taken for capitals. Raises BadInput."""
    kind, signs = kind.lower(), signs.upper()
    _require_signs(kind, signs)
    if check_character(signs[:-1]) != signs[-1]:
        text = gettext_noop("码 %(signs)s 有误：校验字符不符。请对照标签重录，留意相似的字（0 与 O、1 与 I、5 与 S）。")
        raise BadInput(text, "codes.check_character", field="id", signs=signs)
    return Identifier(Element(f"{OWN}/{kind}", signs), stem=stem)


def make_own(kind: str, signs: str, stem: str = "") -> Identifier:
    """The identifier of an own code whose signs still lack the check character. Raises BadInput."""
    _require_signs(kind, f"{signs}0")
    return read_own(kind, signs + check_character(signs), stem)


def _require_signs(kind: str, signs: str) -> None:
    if not KIND.fullmatch(kind):
        text = gettext_noop("码的种类“%(kind)s”应以小写字母开头，只含小写字母和 -。")
        raise BadInput(text, "codes.kind", field="kind", kind=kind[:40])
    if not re.fullmatch(f"[0-9A-Z]{{{_LEAST},{_MOST}}}", signs):
        text = gettext_noop("码“%(signs)s”应为 %(least)s 至 %(most)s 位数字或大写字母。请对照标签重录。")
        raise BadInput(text, "codes.signs", field="id", signs=signs[:60], least=_LEAST, most=_MOST)
