# SPDX-License-Identifier: Apache-2.0
"""The county table of a counterpart-support return: its columns and how they hang together.

Bases follow the use in published reports: the acceptance rate is taken of completed projects, the allotment and the
payment rate of the funds that have arrived (Kezhou 2021); other bases in use stand after the usual one.
"""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.returns.values.tables import Measure, MeasureKind, Order, Rate, Scheme

_COUNT, _AMOUNT, _RATE = MeasureKind.COUNT, MeasureKind.AMOUNT, MeasureKind.RATE

COUNTY = Scheme(
    measures=(
        Measure("project_count", message(gettext_noop("项目数")), _COUNT),
        Measure("planned", message(gettext_noop("计划投资")), _AMOUNT),
        Measure("started", message(gettext_noop("开工")), _COUNT),
        Measure("start_rate", message(gettext_noop("开工率")), _RATE),
        Measure("completed", message(gettext_noop("完工")), _COUNT),
        Measure("completion_rate", message(gettext_noop("完工率")), _RATE),
        Measure("invested", message(gettext_noop("完成投资")), _AMOUNT),
        Measure("investment_completion_rate", message(gettext_noop("投资完成率")), _RATE),
        Measure("accepted", message(gettext_noop("验收")), _COUNT),
        Measure("acceptance_rate", message(gettext_noop("验收率")), _RATE),
        Measure("arrived", message(gettext_noop("到位资金")), _AMOUNT),
        Measure("arrival_rate", message(gettext_noop("到位率")), _RATE),
        Measure("allotted", message(gettext_noop("核拨资金")), _AMOUNT),
        Measure("allotment_rate", message(gettext_noop("核拨率")), _RATE),
        Measure("paid", message(gettext_noop("支付资金")), _AMOUNT),
        Measure("payment_rate", message(gettext_noop("支付率")), _RATE),
    ),
    rates=(
        Rate("start_rate", "started", ("project_count",)),
        Rate("completion_rate", "completed", ("project_count", "started")),
        Rate("acceptance_rate", "accepted", ("completed", "project_count")),
        Rate("investment_completion_rate", "invested", ("planned",)),
        Rate("arrival_rate", "arrived", ("planned",)),
        Rate("allotment_rate", "allotted", ("arrived", "planned")),
        Rate("payment_rate", "paid", ("arrived", "allotted", "planned")),
    ),
    orders=(
        Order("started", "project_count"),
        Order("completed", "started"),
        Order("accepted", "completed"),
        Order("allotted", "arrived"),
        Order("paid", "allotted"),
        Order("invested", "planned", strict=False),
    ),
)
