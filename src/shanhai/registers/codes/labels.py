# SPDX-License-Identifier: Apache-2.0
"""The words of the app for its acts and permissions."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.codes.permissions import CodePermission

AREA = Area(
    key="codes",
    label=message(gettext_noop("一码")),
    acts={},
    permissions={
        CodePermission.VIEW: gettext_noop("看码的批次和异常"),
        CodePermission.ISSUE: gettext_noop("发码、印码、启用和作废"),
    },
)
