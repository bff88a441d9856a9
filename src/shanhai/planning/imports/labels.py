# SPDX-License-Identifier: Apache-2.0
"""The words for what is done with whole tables."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "imports",
    message(gettext_noop("导入")),
    {
        "imports.batch.imported": gettext_noop("导入项目表"),
        "imports.batch.undone": gettext_noop("撤销导入"),
    },
    fields={
        "answers": gettext_noop("由人决定的"),
        "deleted": gettext_noop("删除"),
        "posted": gettext_noop("入账"),
        "restored": gettext_noop("恢复"),
        "totals": gettext_noop("合计"),
    },
)
