# SPDX-License-Identifier: Apache-2.0
"""The words of the map for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "map",
    message(gettext_noop("一张图")),
    {
        "map.token.given": gettext_noop("做地图的令牌"),
        "map.token.revoked": gettext_noop("收回地图的令牌"),
        "map.screen.made": gettext_noop("做大屏"),
        "map.screen.revoked": gettext_noop("收回大屏"),
    },
    fields={"name": gettext_noop("名称"), "expires_on": gettext_noop("用到哪一天")},
    things={"map.maptoken": gettext_noop("地图的令牌"), "map.screen": gettext_noop("大屏")},
)
