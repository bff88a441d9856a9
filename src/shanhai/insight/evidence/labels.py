# SPDX-License-Identifier: Apache-2.0
"""The words of evidence for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREAS = (
    Area(
        "evidence",
        message(gettext_noop("证据")),
        {},
        {
            "evidence.view": gettext_noop("看出处、数字和指标"),
            "evidence.manage": gettext_noop("收出处，核数字，定指标"),
        },
    ),
    Area("evaluation", message(gettext_noop("考核")), {}, {"evaluation.decide": gettext_noop("定考核结果，处理申诉")}),
)
