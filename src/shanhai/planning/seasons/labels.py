# SPDX-License-Identifier: Apache-2.0
"""The words of seasons for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "seasons",
    message(gettext_noop("施工季")),
    {
        "seasons.version.recorded": gettext_noop("录入施工季"),
    },
    fields={
        "bands": gettext_noop("海拔段"),
    },
)
