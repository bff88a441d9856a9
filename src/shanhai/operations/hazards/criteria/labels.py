# SPDX-License-Identifier: Apache-2.0
"""The words of criteria for people: what a rule is called, and why it says what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.operations.hazards.criteria.values import Criterion, Reason

CRITERIA: dict[str, str] = {
    Criterion.TANGENT_ANGLE: gettext_noop("切线角"),
    Criterion.RATE: gettext_noop("速率倍数"),
    Criterion.ACCELERATION: gettext_noop("加速度"),
    Criterion.ABSOLUTE_RATE: gettext_noop("绝对速率"),
    Criterion.INVERSE_VELOCITY: gettext_noop("速度倒数"),
    Criterion.STEP: gettext_noop("阶跃"),
    Criterion.TILT: gettext_noop("倾斜"),
    Criterion.SHAKE: gettext_noop("震动"),
    Criterion.RAIN_INTENSITY: gettext_noop("雨强与历时"),
    Criterion.ANTECEDENT_RAIN: gettext_noop("前期有效雨量"),
    Criterion.RAIN_QUANTILE: gettext_noop("两年一遇雨量"),
    Criterion.SOIL_MOISTURE: gettext_noop("土壤含水率"),
    Criterion.READING: gettext_noop("读数"),
}
REASONS: dict[str, str] = {
    Reason.MEASURED: gettext_noop("实测"),
    Reason.NO_REFERENCE: gettext_noop("还没有批准的基准速率"),
    Reason.FEW_READINGS: gettext_noop("读数还太少"),
    Reason.NOT_SET: gettext_noop("没有设阈值"),
    Reason.NOT_MOVING: gettext_noop("没有动"),
    Reason.NO_ONSET: gettext_noop("没有开始加速"),
    Reason.NO_TREND: gettext_noop("趋势不明"),
    Reason.SILENT: gettext_noop("太久没有读数"),
    Reason.UNCONFIRMED: gettext_noop("等下一个读数确认"),
    Reason.SPIKE: gettext_noop("单个跳点，没有采信"),
    Reason.STEP: gettext_noop("跳了一级，又稳住了"),
    Reason.ERRATIC: gettext_noop("读数乱跳"),
    Reason.RESET: gettext_noop("像是归零了"),
    Reason.UNIT: gettext_noop("像是换了单位"),
    Reason.SIGN: gettext_noop("像是正负号反了"),
    Reason.STUCK: gettext_noop("读数一直不变"),
    Reason.OUT_OF_RANGE: gettext_noop("超出可能的范围"),
    Reason.OVERFLOW: gettext_noop("计数器从头开始了"),
    Reason.DUPLICATE: gettext_noop("重复的读数"),
    Reason.LATE: gettext_noop("来晚了，不再用于研判"),
    Reason.AHEAD: gettext_noop("时间在未来"),
    Reason.NO_POINTS: gettext_noop("没有监测点"),
    Reason.TOO_FEW_POINTS: gettext_noop("有数据的监测点太少"),
    Reason.NO_NEIGHBOUR: gettext_noop("旁边的监测点没有动"),
    Reason.PERSISTING: gettext_noop("持续时间还不够"),
    Reason.HELD: gettext_noop("刚降下来，先保持"),
    Reason.RAIN: gettext_noop("有雨，缩短确认时间"),
}
# What a criterion counted with, and in which unit; an instant is one in seconds.
NUMBERS: dict[str, str] = {
    "value": gettext_noop("读数"),
    "rate": gettext_noop("速率（每天）"),
    "rate_mm_d": gettext_noop("速率（毫米/天）"),
    "rate_mm_h": gettext_noop("速率（毫米/小时）"),
    "multiple": gettext_noop("是临界速率的几倍"),
    "critical": gettext_noop("临界速率（每天）"),
    "reference": gettext_noop("比较的速率（每天）"),
    "angle": gettext_noop("切线角（度）"),
    "acceleration": gettext_noop("加速度（每天每天）"),
    "moved": gettext_noop("动了（毫米）"),
    "change": gettext_noop("变化"),
    "offset": gettext_noop("跳了（累计）"),
    "hours": gettext_noop("小时"),
    "rain": gettext_noop("雨量（毫米）"),
    "today": gettext_noop("今天的雨（毫米）"),
    "antecedent": gettext_noop("前期有效雨量（毫米）"),
    "three_days": gettext_noop("三天的雨（毫米）"),
    "share": gettext_noop("达到阈值的几成（1 为到）"),
    "expected": gettext_noop("照此下去"),
    "early": gettext_noop("最早"),
    "late": gettext_noop("最晚"),
    "left_hours": gettext_noop("最早还剩（小时）"),
}
INSTANTS = frozenset({"expected", "early", "late"})
# What is no criterion's: the engine itself.
_OTHERS = {
    "no_thresholds": gettext_noop("还没有生效的阈值"),
    "engine": gettext_noop("研判出了错，请找系统管理员"),
}


def numbers_of(numbers: Mapping[str, float]) -> list[tuple[Message, str | datetime]]:
    """What was counted with, in words: numbers with three digits, instants as such."""
    return [
        (
            message(NUMBERS[name]) if name in NUMBERS else Message(name.replace("%", "%%")),
            datetime.fromtimestamp(one, UTC) if name in INSTANTS else f"{one:.3g}",
        )
        for name, one in numbers.items()
    ]


def said_of(reason: Mapping[str, Any]) -> Message:
    """What a reason of a judgement says, by its ``code``; one that nobody knows is told as it is."""
    code = str(reason.get("code", ""))
    known = {**CRITERIA, **REASONS, **_OTHERS}
    words = message(known[code]) if code in known else Message(code.replace("%", "%%"))
    why = Reason(reason["because"]) if reason.get("because") in set(Reason) else Reason.MEASURED
    if why is Reason.MEASURED:
        return words
    return message(gettext_noop("%(what)s：%(why)s"), what=words, why=message(REASONS[why]))
