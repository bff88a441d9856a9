# SPDX-License-Identifier: Apache-2.0
"""The words of returns for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.planning.returns.states import FindingState, ReturnState

RETURNS = {ReturnState.SUBMITTED: gettext_noop("已报"), ReturnState.WITHDRAWN: gettext_noop("已撤回")}
FINDINGS = {FindingState.OPEN: gettext_noop("待说明"), FindingState.EXPLAINED: gettext_noop("已说明")}
AREA = Area(
    "returns",
    message(gettext_noop("报表")),
    {
        "returns.return.submitted": gettext_noop("报送报表"),
        "returns.return.withdrawn": gettext_noop("撤回报表"),
        "returns.finding.explained": gettext_noop("说明疑点"),
    },
    {
        "return.view": gettext_noop("看报表"),
        "return.submit": gettext_noop("报送报表"),
    },
    fields={
        "cut_off_on": gettext_noop("截止日期"),
        "findings": gettext_noop("核对问题"),
        "measure": gettext_noop("指标"),
    },
    words={"state": (RETURNS, FINDINGS)},
)
