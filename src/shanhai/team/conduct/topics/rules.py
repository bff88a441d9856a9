# SPDX-License-Identifier: Apache-2.0
"""The catalogue of warned topics: what each says, what to do, which limit it has.

The articles name leave, study trips, the use of vehicles and thrift as four of nine; the other five are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shanhai.kernel.messages import gettext_noop
from shanhai.team.conduct.values import LimitKey


class TopicKey(StrEnum):
    """The nine."""

    LEAVE = "leave"
    TRIPS = "trips"
    VEHICLES = "vehicles"
    THRIFT = "thrift"
    LETTERS = "letters"
    MATTERS = "matters"
    TEACHING = "teaching"
    SAFETY = "safety"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in words: what is looked for, what to do next; its limit, if any; whether the articles name it."""

    key: TopicKey
    title: str
    looks_for: str
    next_step: str
    limit: LimitKey | None = None
    named: bool = False


TOPICS: tuple[Topic, ...] = (
    Topic(
        TopicKey.LEAVE, gettext_noop("请销假"), gettext_noop("过了回来的日子，还没有销假。"),
        gettext_noop("问清人在哪里；回来的销假，没回来的补请。"), named=True,
    ),
    Topic(
        TopicKey.TRIPS, gettext_noop("外出考察"),
        gettext_noop("三十天里不在岗的天数太多，或交流出行过了日子没有返回。"),
        gettext_noop("看事由；岗位上的事安排好顶岗。"), LimitKey.AWAY_DAYS, named=True,
    ),
    Topic(
        TopicKey.VEHICLES, gettext_noop("车辆使用"), gettext_noop("过了还车的时间没有还，或公里、油、过夜没有说明。"),
        gettext_noop("请用车人还车、说明。"), LimitKey.FUEL_PERCENT, named=True,
    ),
    Topic(
        TopicKey.THRIFT, gettext_noop("勤俭节约"), gettext_noop("接待费用超过标准。"),
        gettext_noop("看写的原因；没有道理的退回。"), named=True,
    ),
    Topic(
        TopicKey.LETTERS, gettext_noop("责任书"), gettext_noop("过了月份，在岗的人还没有签责任书。"),
        gettext_noop("请本人签，再由上一级签。"), LimitKey.LETTERS_BY_MONTH,
    ),
    Topic(
        TopicKey.MATTERS, gettext_noop("重大事项"), gettext_noop("过了月份，在岗的人今年还没有报告。"),
        gettext_noop("请本人报告；没有要报告的，也报一次。"), LimitKey.MATTERS_BY_MONTH,
    ),
    Topic(
        TopicKey.TEACHING, gettext_noop("行前教育"), gettext_noop("到了出发的日子，还有人没有行前教育。"),
        gettext_noop("补上教育；没有教育的不能出发。"),
    ),
    Topic(
        TopicKey.SAFETY, gettext_noop("事件处理"), gettext_noop("报告的事件过了期限还没有结论。"),
        gettext_noop("抓紧了解，写下结论。"), LimitKey.CASE_DAYS,
    ),
    Topic(
        TopicKey.CHECKS, gettext_noop("自查互检"), gettext_noop("自查、互检发现的问题过了期限没有整改。"),
        gettext_noop("请责任人整改，由别人验收。"),
    ),
)  # fmt: skip
