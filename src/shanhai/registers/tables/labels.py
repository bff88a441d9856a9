# SPDX-License-Identifier: Apache-2.0
"""The words for what is done with tables that were taken into a register."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "tables",
    message(gettext_noop("表格")),
    {"tables.import.undone": gettext_noop("撤销导入的登记表")},
    fields={"kind": gettext_noop("种类")},
)
