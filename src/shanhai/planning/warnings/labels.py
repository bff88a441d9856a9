# SPDX-License-Identifier: Apache-2.0
"""The words for severities, states, actions and what happened, and who must act."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts.roles import ROLES
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.planning.warnings.states import Action, Ending, Happened, Severity, WarningState

SEVERITIES: dict[Severity, tuple[Status, Promise]] = {
    Severity.SERIOUS: ("late", _("严重")),
    Severity.CAUTION: ("wait", _("注意")),
    Severity.NOTICE: ("rest", _("提示")),
}
STATES: dict[WarningState, tuple[Status, Promise]] = {
    WarningState.OPEN: ("wait", _("待处理")),
    WarningState.ACTED: ("ok", _("处理中")),
    WarningState.CLOSED: ("done", _("已关闭")),
}
ACTIONS: dict[Action, Promise] = {
    Action.DONE: _("已经办理"),
    Action.EXPLAINED: _("说明情况"),
    Action.PLANNED: _("定了计划"),
    Action.DISMISSED: _("认可说明，不再跟踪"),
}
ENDINGS: dict[Ending, Promise] = {
    Ending.FACT_GONE: _("事实已改变，预警自己关闭。"),
    Ending.DISMISSED: _("办公室认可说明，不再跟踪。"),
}
HAPPENED: dict[Happened, tuple[Status, Promise]] = {
    Happened.RAISED: ("late", _("发出预警")),
    Happened.RETOLD: ("wait", _("数字有变")),
    Happened.ACTED: ("ok", _("有人处理")),
    Happened.CLOSED: ("done", _("关闭")),
    Happened.FACT_GONE: ("rest", _("事实已改变")),
}


def who_acts(permission: str) -> tuple[Promise, ...]:
    """The roles that hold a permission, by name."""
    return tuple(role.name for role in ROLES.values() if permission in role.permissions)


AREA = Area(
    "warnings",
    message(gettext_noop("预警")),
    {
        "warnings.acted": gettext_noop("处理预警"),
        "warnings.evaluated": gettext_noop("检查预警"),
    },
    fields={
        "closed": gettext_noop("已关闭"),
        "raised": gettext_noop("新增"),
        "retold": gettext_noop("重新告知"),
    },
    words={"state": (STATES,), "action": (ACTIONS,)},
)
