# SPDX-License-Identifier: Apache-2.0
"""A bulletin as PDF, set by Typst: 22 lines of 28 characters."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from shanhai.base.typesetting import SANS, SERIF, installed, typeset
from shanhai.insight.reports.composing.rules.drawing import printable
from shanhai.insight.reports.values import Content
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

TEMPLATE = Path(__file__).parent.parent / "bulletin.typ"
# By role the families that are asked for, best first: those of the standard, then what is free.
FONTS = {
    "body": ("FangSong", "FangSong_GB2312", "STFangsong", "FandolFang R", *SERIF, *SANS),
    "title": ("FZXiaoBiaoSong-B05S", *SERIF, *SANS),
    "first": ("SimHei", *SANS, *SERIF),
    "second": ("KaiTi", "KaiTi_GB2312", "STKaiti", "LXGW WenKai", "FandolKai", *SERIF, *SANS),
}
NO_FONT = gettext_noop(
    "这台服务器上没有中文字体，出不了 PDF。请管理员安装 fonts-noto-cjk，"
    "或者用 SHANHAI_FONT_PATHS 指出字体所在的文件夹。DOCX 和 XLSX 照常可以下载。"
)


def pdf_of(*, content: Content) -> bytes:
    """The document as PDF. Raises Refused where no Chinese font is installed."""
    families = {role: installed(names) for role, names in FONTS.items()}
    if not families["body"]:
        raise Refused(NO_FONT, "reports.no_font")
    given = printable(json.dumps(asdict(content), ensure_ascii=False))
    return typeset(TEMPLATE, inputs={"content": given, "families": json.dumps(families)})
