# SPDX-License-Identifier: Apache-2.0
"""The words of the app for its acts, permissions and states."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState

CODES = {
    CodeState.ISSUED: ("wait", gettext_noop("已发")),
    CodeState.PRINTED: ("wait", gettext_noop("已印")),
    CodeState.ACTIVE: ("ok", gettext_noop("启用")),
    CodeState.REVOKED: ("stop", gettext_noop("作废")),
}

AREA = Area(
    key="codes",
    label=message(gettext_noop("一码")),
    acts={"codes.batch.issued": gettext_noop("发码")},
    permissions={
        CodePermission.VIEW: gettext_noop("看码的批次和异常"),
        CodePermission.ISSUE: gettext_noop("发码、印码、启用和作废"),
    },
    fields={
        "kind": gettext_noop("种类"),
        "count": gettext_noop("数量"),
        "organisation": gettext_noop("单位"),
    },
    words={"state": (CODES,)},
)
