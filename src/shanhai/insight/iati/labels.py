# SPDX-License-Identifier: Apache-2.0
"""The words of iati for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

SEVERITIES: dict[str, tuple[Status, str]] = {
    "critical": ("stop", gettext_noop("不合结构")),
    "error": ("late", gettext_noop("错误")),
    "warning": ("wait", gettext_noop("警告")),
}

AREA = Area("iati", message(gettext_noop("国际援助数据")), {}, {"iati.publish": gettext_noop("导出、导入国际援助数据")})
