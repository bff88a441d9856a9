# SPDX-License-Identifier: Apache-2.0
"""The evaluations of the demo, by a sample template: last year's frozen after an appeal, this year's being assessed.

The official items are not published: those here are made up.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shanhai.insight.evaluations import services
from shanhai.insight.evaluations.selectors import list_drafts
from shanhai.insight.evaluations.values import ItemRow, Scoring
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting

NAME = "（示例）对口支援年度考核"
ITEMS = (
    ItemRow(
        5, NAME, "资金", "到位率", Decimal(20), Scoring.SHARE_OF_TARGET, Decimal(100), figure="arrival_rate",
        evidence="到账凭证",
    ),
    ItemRow(
        6, NAME, "资金", "支付率", Decimal(20), Scoring.STEPS, steps="80:100；60:80；30:60；0:0", figure="payment_rate",
        evidence="支付凭证",
    ),
    ItemRow(
        7, NAME, "项目", "开工率", Decimal(20), Scoring.SHARE_OF_TARGET, Decimal(95), figure="start_rate",
        evidence="开工报告",
    ),
    ItemRow(
        8, NAME, "民生", "民生占比", Decimal(20), Scoring.STEPS, steps="80:100；70:80；0:0", figure="livelihood_share",
    ),
    ItemRow(9, NAME, "管理", "月报按时上报", Decimal(10), Scoring.YES_NO, evidence="月报"),
    ItemRow(10, NAME, "管理", "典型做法", Decimal(10), Scoring.BY_HAND, evidence="案例库里的案例"),
)  # fmt: skip
REPORTS, PRACTICE = 5, 6
REACHED, WORDS = {REPORTS: Decimal(1), PRACTICE: Decimal(80)}, {PRACTICE: "（演示）一个案例已入库。"}


def load_evaluations(*, at: datetime, programme: str) -> None:
    """Fill the evaluations of one programme."""
    office, deputy, year = acting(username="office", at=at), acting(username="deputy", at=at), local_date(at).year
    services.take_in_template(by=office, at=at, rows=ITEMS, programme=programme)
    (template,) = list_drafts(viewer=office, programme=programme)
    services.put_in_force(by=deputy, at=at, template=template.uuid)
    for one in (year - 1, year):
        made = services.open_evaluation(
            by=office, at=at, template=template.uuid, starts_on=date(one, 1, 1), ends_on=date(one, 12, 31)
        )
        of: dict[str, Any] = {"at": at, "evaluation": made.uuid}
        services.assess(by=office, **of, reached=REACHED, words=WORDS)
        if one == year:
            return
        lower, why = {PRACTICE: Decimal(6)}, {PRACTICE: "（演示）案例只有一个，不满三个。"}
        services.submit(by=office, **of)
        services.decide(by=deputy, **of, points_given=lower, opinions=why)
        services.appeal(
            by=office, **of, against={PRACTICE: "（演示）另有一个已送审。"}, because="（演示）请再看案例库。"
        )
        services.decide(by=deputy, **of, points_given=lower, opinions={PRACTICE: "（演示）入库以后再计，维持。"})
        services.freeze(by=deputy, **of)
