# SPDX-License-Identifier: Apache-2.0
"""The evidence of the demo: a made-up bulletin taken in, with numbers accepted, corrected, rejected and waiting."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

from shanhai.insight.evidence.facts.services import decide, make_indicator
from shanhai.insight.evidence.sources.selectors import list_claims
from shanhai.insight.evidence.sources.services import take_in_source
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.values import IndicatorRow, Level, Meant, PeriodKind
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting

TITLE = "（演示）对口支援上半年工作简报"
TEXT = """（演示）对口支援上半年工作简报
前方指挥部办公室编印，全部为演示数据。
上半年，全州累计到位援建资金1.36亿元。
结对学校达到92所，结对医院达到49家。
共选派医生教师500余人次，培训本地骨干教师1240人次。
春季招聘会提供岗位3000余个。
"""
INDICATORS = (
    IndicatorRow(
        "arrived-half-year", "到位援建资金", "yi_yuan", PeriodKind.SPAN, "Funds arrived", "各笔到位之和", "",
        "计划财务组", "funds_arrived",
    ),
    IndicatorRow(
        "paired-schools", "结对学校", "school", PeriodKind.DAY, "Paired schools", "签了结对协议的学校数", "", "教育组"
    ),
    IndicatorRow(
        "trained-teachers", "培训骨干教师", "person_time", PeriodKind.SPAN, "Teachers trained", "按人次计", "", "教育组"
    ),
)  # fmt: skip


def load_evidence(*, at: datetime, programme: str) -> None:
    """Fill the evidence of one programme."""
    office, today = acting(username="office", at=at), local_date(at)
    known = {
        row.code: make_indicator(by=office, at=at, programme=programme, facts=row, provenance="demo")
        for row in INDICATORS
    }
    source = take_in_source(
        by=office, at=at, programme=programme, file=io.BytesIO(TEXT.encode()), name="演示简报.txt", title=TITLE,
        outlet="前方指挥部办公室", level=Level.OWN, published_on=today - timedelta(days=40), provenance="demo",
    )  # fmt: skip
    claims = {claim.text: claim for claim in list_claims(viewer=office, source=source)}
    said_on = today - timedelta(days=40)
    half = f"{said_on.year}H1"
    decided = (
        ("1.36亿元", ClaimState.ACCEPTED, "arrived-half-year", half, None, ""),
        ("92所", ClaimState.ACCEPTED, "paired-schools", said_on.isoformat(), None, ""),
        (
            "1240人次",
            ClaimState.CORRECTED,
            "trained-teachers",
            half,
            Meant(Decimal(1204), "人次"),
            "培训台账是 1204 人次",
        ),
        ("49家", ClaimState.REJECTED, "", "", None, "包括了还没有签协议的"),
    )
    for text, to, code, period, meant, because in decided:
        indicator = known[code].uuid if code else None
        decide(
            by=office, at=at, claim=claims[text].uuid, to=to, because=because, meant=meant, indicator=indicator,
            period=period,
        )  # fmt: skip
