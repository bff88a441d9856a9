# SPDX-License-Identifier: Apache-2.0
"""The words of evidence for people."""

from __future__ import annotations

from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.values import Bound, Level, Meant, PeriodKind
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

STATES: dict[ClaimState, tuple[Status, str]] = {
    ClaimState.PROPOSED: ("wait", gettext_noop("待核")),
    ClaimState.ACCEPTED: ("ok", gettext_noop("采用")),
    ClaimState.CORRECTED: ("ok", gettext_noop("更正后采用")),
    ClaimState.REJECTED: ("stop", gettext_noop("不采用")),
}
LEVELS: dict[Level, str] = {
    Level.CENTRAL: gettext_noop("中央"),
    Level.PROVINCIAL: gettext_noop("省级"),
    Level.PREFECTURE: gettext_noop("地市级"),
    Level.COUNTY: gettext_noop("县级"),
    Level.OWN: gettext_noop("自有渠道"),
}
# How a value is said beside its number.
BOUNDS: dict[Bound, str] = {
    Bound.EXACT: gettext_noop("%(value)s"),
    Bound.AT_LEAST: gettext_noop("至少 %(value)s"),
    Bound.ABOVE: gettext_noop("超过 %(value)s"),
    Bound.ABOUT: gettext_noop("约 %(value)s"),
    Bound.BELOW: gettext_noop("不足 %(value)s"),
    Bound.AT_MOST: gettext_noop("至多 %(value)s"),
    Bound.RANGE: gettext_noop("%(value)s 至 %(upper)s"),
}
BOUND_NAMES: dict[Bound, str] = {
    Bound.EXACT: gettext_noop("就是这个数"),
    Bound.AT_LEAST: gettext_noop("至少（余、多、以上）"),
    Bound.ABOVE: gettext_noop("超过（超、突破）"),
    Bound.ABOUT: gettext_noop("约"),
    Bound.BELOW: gettext_noop("不足（近、不足）"),
    Bound.AT_MOST: gettext_noop("至多（以内）"),
    Bound.RANGE: gettext_noop("一个范围"),
}
PERIODS: dict[PeriodKind, str] = {
    PeriodKind.DAY: gettext_noop("截至一天"),
    PeriodKind.MONTH: gettext_noop("一个月"),
    PeriodKind.QUARTER: gettext_noop("一个季度"),
    PeriodKind.YEAR: gettext_noop("一年"),
    PeriodKind.SPAN: gettext_noop("一段时间累计"),
}
# Why a part of a text is not in the copy to read, by ``texts.values.Cut``.
CUTS: dict[str, str] = {
    "navigation": gettext_noop("网页导航"),
    "neighbour": gettext_noop("别的文章的标题"),
    "copyright": gettext_noop("版权和页脚"),
    "spam": gettext_noop("混进来的广告"),
    "pinyin": gettext_noop("插进来的拼音"),
    "script": gettext_noop("网页的程序和标记"),
    "blank": gettext_noop("空白"),
}


def number_words(stated: Meant) -> Message:
    """A stated number with how far it binds, in the unit as the text has it: 至少 500 人."""
    numbers = {"value": stated.value} if stated.upper is None else {"value": stated.value, "upper": stated.upper}
    # No words in it.
    of = "%(number)s %(unit)s"
    return message(
        BOUNDS[stated.bound], **{name: message(of, number=one, unit=stated.unit) for name, one in numbers.items()}
    )


AREAS = (
    Area(
        "evidence",
        message(gettext_noop("证据")),
        {
            "evidence.source.taken_in": gettext_noop("收进材料"),
            "evidence.source.read_again": gettext_noop("重新读材料"),
            "evidence.claim.accepted": gettext_noop("采用数字"),
            "evidence.claim.corrected": gettext_noop("更正数字"),
            "evidence.claim.rejected": gettext_noop("不采用数字"),
            "evidence.claim.proposed": gettext_noop("收回对数字的决定"),
            "evidence.indicator.made": gettext_noop("立指标"),
            "evidence.indicator.corrected": gettext_noop("更正指标"),
            "evidence.fact.stated": gettext_noop("记下事实"),
            "evidence.fact.withdrawn": gettext_noop("收回事实"),
            "evidence.fact.revised": gettext_noop("以新数替代旧数"),
        },
        {
            "evidence.view": gettext_noop("看出处、数字和指标"),
            "evidence.manage": gettext_noop("收出处，核数字，定指标"),
        },
        fields={
            "claims": gettext_noop("数字个数"),
            "title": gettext_noop("标题"),
            "outlet": gettext_noop("媒体"),
            "meant": gettext_noop("更正为"),
            "reader": gettext_noop("读法版本"),
            "indicator": gettext_noop("统计指标"),
            "name_en": gettext_noop("英文名称"),
            "level": gettext_noop("级别"),
            "formula": gettext_noop("怎么算"),
            "bases": gettext_noop("分母、口径"),
            "owner": gettext_noop("归口"),
            "period": gettext_noop("按什么时期"),
            "figure_key": gettext_noop("系统里对应的数"),
        },
        words={"state": (STATES,), "level": (LEVELS,), "period": (PERIODS,)},
        things={"indicator": "evidence.indicator"},
    ),
)
