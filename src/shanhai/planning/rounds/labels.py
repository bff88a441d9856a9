# SPDX-License-Identifier: Apache-2.0
"""The words for the states of rounds and reports, and whose turn it is in each."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.planning.rounds.states import ReportState, RoundState

ROUNDS: dict[RoundState, tuple[Status, str]] = {
    RoundState.OPEN: ("ok", gettext_noop("填报中")),
    RoundState.CLOSED: ("done", gettext_noop("已结束")),
}
REPORTS: dict[ReportState, tuple[Status, str]] = {
    ReportState.DRAFT: ("wait", gettext_noop("草稿")),
    ReportState.SUBMITTED: ("ok", gettext_noop("已上报")),
    ReportState.RETURNED: ("stop", gettext_noop("已退回")),
    ReportState.ACCEPTED: ("done", gettext_noop("已通过")),
}
TURNS: dict[ReportState, str] = {
    ReportState.DRAFT: gettext_noop("等本组填报"),
    ReportState.SUBMITTED: gettext_noop("等办公室审核"),
    ReportState.RETURNED: gettext_noop("等本组修改"),
    ReportState.ACCEPTED: gettext_noop("办结"),
}

AREA = Area(
    "rounds",
    message(gettext_noop("月报")),
    {
        "rounds.round.opened": gettext_noop("月报开报"),
        "rounds.round.reminded": gettext_noop("催报月报"),
        "rounds.round.closed": gettext_noop("结束一期月报"),
        "rounds.report.saved": gettext_noop("填写月报"),
        "rounds.report.submitted": gettext_noop("上报月报"),
        "rounds.report.returned": gettext_noop("退回月报"),
        "rounds.report.accepted": gettext_noop("通过月报"),
    },
    fields={
        "groups": gettext_noop("组数"),
        "lines": gettext_noop("行数"),
        "missing": gettext_noop("未报的组"),
        "month": gettext_noop("月份"),
    },
    words={"state": (ROUNDS, REPORTS)},
)
