# SPDX-License-Identifier: Apache-2.0
"""Builders of sources, indicators and facts: keywords, sensible defaults, nothing random."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from shanhai.insight.evidence.facts.services import decide, make_indicator
from shanhai.insight.evidence.models import Fact, FoundClaim, Indicator, Source
from shanhai.insight.evidence.sources.services import take_in_source
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.values import IndicatorRow, Level, PeriodKind
from tests.cast import AT, OFFICE

TEXT = """对口支援甘孜工作简报
2023年4月14日 来源：甘孜日报
2022年，全州到位援建资金7.2亿元，实施项目120个。
结对学校达到92所，选派医生500余人。
"""


def a_source(*, text: str | bytes = TEXT, name: str = "简报.txt", by: Any = OFFICE, **facts: Any) -> Source:
    """A bulletin of 甘孜日报 of 14 April 2023, in zj-ganzi."""
    content = text if isinstance(text, bytes) else text.encode()
    given = {
        "programme": "zj-ganzi",
        "title": "对口支援甘孜工作简报",
        "outlet": "甘孜日报",
        "level": Level.PREFECTURE,
        "published_on": date(2023, 4, 14),
        **facts,
    }
    return take_in_source(by=by, at=AT, file=io.BytesIO(content), name=name, **given)


def claim_of(source: Source, text: str) -> FoundClaim:
    """The claim of a source that begins so."""
    return source.claims.get(text__startswith=text)


def an_indicator(**facts: Any) -> Indicator:
    """The schools that are paired, in zj-ganzi."""
    programme, by = facts.pop("programme", "zj-ganzi"), facts.pop("by", OFFICE)
    given = {"code": "paired-schools", "name": "结对学校", "unit": "school", "period": PeriodKind.YEAR, **facts}
    return make_indicator(by=by, at=AT, programme=programme, facts=IndicatorRow(**given))


def two_facts(indicator: Indicator) -> list[Fact]:
    """Two schools' counts of 2022 that contradict one another."""
    for number in (92, 95):
        source = a_source(text=f"结对学校{number}所。", title=f"结对学校{number}所")
        claim = source.claims.get()
        decide(by=OFFICE, at=AT, claim=claim.uuid, to=ClaimState.ACCEPTED, indicator=indicator.uuid, period="2022")
    return list(indicator.facts.order_by("pk"))


def cost_of(call: Callable[[], object]) -> float:
    """Seconds that a call takes of this process, without the collector: it would walk what other tests left."""
    gc.disable()
    try:
        start = time.process_time()
        call()
        return time.process_time() - start
    finally:
        gc.enable()
