# SPDX-License-Identifier: Apache-2.0
"""The words of saved_views for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "saved_views",
    message(gettext_noop("视图")),
    {
        "saved_views.view.saved": gettext_noop("保存视图"),
        "saved_views.view.made_default": gettext_noop("设为默认视图"),
        "saved_views.view.made_ordinary": gettext_noop("取消默认视图"),
        "saved_views.view.forgotten": gettext_noop("删除视图"),
    },
    fields={
        "page": gettext_noop("页面"),
    },
)
