# SPDX-License-Identifier: Apache-2.0
"""The words of reports for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "bulletin",
    message(gettext_noop("报告")),
    {},
    {
        "bulletin.view": gettext_noop("看报告、宣传和案例"),
        "bulletin.write": gettext_noop("写报告，登记宣传和案例"),
        "bulletin.approve": gettext_noop("审签报告和案例"),
    },
)
