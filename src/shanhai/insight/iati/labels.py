# SPDX-License-Identifier: Apache-2.0
"""The words of iati for people."""

from __future__ import annotations

from shanhai.insight.iati.values import Verdict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

SEVERITIES: dict[str, tuple[Status, str]] = {
    "critical": ("late", gettext_noop("不合结构")),
    "error": ("wait", gettext_noop("错误")),
    "warning": ("rest", gettext_noop("警告")),
}

# What each severity means for the file.
MEANINGS: dict[str, str] = {
    "critical": gettext_noop("读不了，或者结构不合 2.03 版：文件不能用，改正以前不能发布，也不收。"),
    "error": gettext_noop("代码或者规则不合：文件能用，发布前请改正。"),
    "warning": gettext_noop("不合建议的做法：文件能用，请看一看是不是有意的。"),
}


def tally(verdict: Verdict) -> list[tuple[Status, str, int, str]]:
    """Of each severity that is there: its mark and word, how many findings, what they mean for the file."""
    return [(*SEVERITIES[key], number, MEANINGS[key]) for key, number in verdict.tally.items() if number]


AREA = Area(
    "iati",
    message(gettext_noop("国际援助数据")),
    {"iati.file.taken_in": gettext_noop("收进国际援助数据文件")},
    {"iati.publish": gettext_noop("导出、导入国际援助数据")},
    fields={"name": gettext_noop("文件名"), "activities": gettext_noop("活动或机构数")},
)
