# SPDX-License-Identifier: Apache-2.0
"""Labels as they are printed: sheets as PDF, one label as SVG or PNG."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from shanhai.base.formats import say
from shanhai.base.typesetting import SANS, SERIF, installed, typeset
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries
from shanhai.registers.codes.issue.rules.labels import SIZES, Label, LabelSize, label_of, symbol
from shanhai.registers.codes.issue.selectors.keys import signature_of
from shanhai.registers.codes.models import Code

TEMPLATE = Path(__file__).parent.parent / "sheet.typ"
# Beside the symbol, on a label that stands alone.
_ALONE = LabelSize("", (60, 40), 1, 1, (60, 40))
NO_FONT = gettext_noop(
    "这台服务器上没有中文字体，印不了标签。"
    "请管理员安装 fonts-noto-cjk，或者用 SHANHAI_FONT_PATHS 指出字体所在的文件夹。"
)


def size_named(key: str) -> LabelSize:
    """The size of that name. Raises BadInput."""
    if key not in SIZES:
        raise BadInput(gettext_noop("没有这种标签尺寸。请从列表里选。"), "codes.label_size", field="size")
    return SIZES[key]


def set_labels(
    labels: Sequence[Label], *, size: LabelSize = _ALONE, form: Literal["pdf", "svg", "png"] = "pdf"
) -> bytes:
    """The labels on sheets of a size; a label alone as SVG or PNG. Raises Refused where there is no Chinese font."""
    families = installed((*SANS, *SERIF))
    if not families:
        raise Refused(NO_FONT, "codes.no_font")
    drawn = [{**asdict(one), "svg": symbol(one.address)} for one in labels]
    given = {"size": asdict(size), "labels": drawn, "families": families}
    return typeset(TEMPLATE, inputs={}, form=form, data=json.dumps(given, ensure_ascii=False))


def label_for(code: Code, *, cover: str = "") -> Label:
    """What the label of a code says: signed where its batch is, with the word for its kind and who issued it."""
    identifier, known = code.identifier, registries.codes.get(code.kind)
    query = signature_of(identifier) if code.batch.signed else ""
    kind = say(known.label) if known else code.kind
    return label_of(identifier, query=query, words=f"{kind} · {code.batch.organisation}", cover=cover)


def label_svg(code: Code) -> bytes:
    """One label as SVG: symbol, domain and signs. The caller knows that whoever asks may see the code."""
    return set_labels([label_for(code)], form="svg")


def label_png(code: Code) -> bytes:
    """One label as PNG, of 300 dots an inch."""
    return set_labels([label_for(code)], form="png")
