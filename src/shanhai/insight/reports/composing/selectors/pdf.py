# SPDX-License-Identifier: Apache-2.0
"""A bulletin as PDF, set by Typst: 22 lines of 28 characters. What people wrote is data to it, never markup."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from shanhai.insight.reports.composing.rules.drawing import printable
from shanhai.insight.reports.values import Content
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

TEMPLATE = Path(__file__).parent.parent / "bulletin.typ"
# By role the families that are asked for, best first: those of the standard, then what is free.
_SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "STSong",
    "Songti SC",
    "AR PL UMing CN",
)
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "SimHei", "STHeiti", "WenQuanYi Zen Hei")
FONTS = {
    "body": ("FangSong", "FangSong_GB2312", "STFangsong", "FandolFang R", *_SERIF, *_SANS),
    "title": ("FZXiaoBiaoSong-B05S", *_SERIF, *_SANS),
    "first": ("SimHei", *_SANS, *_SERIF),
    "second": ("KaiTi", "KaiTi_GB2312", "STKaiti", "LXGW WenKai", "FandolKai", *_SERIF, *_SANS),
}
NO_FONT = gettext_noop(
    "这台服务器上没有中文字体，出不了 PDF。请管理员安装 fonts-noto-cjk，"
    "或者用 SHANHAI_FONT_PATHS 指出字体所在的文件夹。DOCX 和 XLSX 照常可以下载。"
)


@lru_cache(maxsize=4)
def _installed(paths: tuple[str, ...]) -> dict[str, list[str]]:
    known = set(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=list(paths)).families())
    return {role: [name for name in names if name in known] for role, names in FONTS.items()}


def pdf_of(*, content: Content) -> bytes:
    """The document as PDF. Raises Refused where no Chinese font is installed."""
    paths = tuple(settings.FONT_PATHS)
    families = _installed(paths)
    if not families["body"]:
        raise Refused(NO_FONT, "reports.no_font")
    given = printable(json.dumps(asdict(content), ensure_ascii=False))
    # An empty folder of its own: nothing of this machine can be read from within.
    with tempfile.TemporaryDirectory() as root:
        made: bytes = typst.compile(
            TEMPLATE.read_bytes(),
            root=root,
            font_paths=list(paths),
            sys_inputs={"content": given, "families": json.dumps(families)},
        )
    return made
