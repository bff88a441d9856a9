# SPDX-License-Identifier: Apache-2.0
"""The words of the app for its acts, permissions and states."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import Audience, CodeState, SignalKind, SignalState

CODES: dict[CodeState, tuple[Status, str]] = {
    CodeState.ISSUED: ("wait", gettext_noop("已发")),
    CodeState.PRINTED: ("wait", gettext_noop("已印")),
    CodeState.ACTIVE: ("ok", gettext_noop("码已启用")),
    CodeState.REVOKED: ("stop", gettext_noop("码已作废")),
}

SIGNAL_STATES: dict[SignalState, tuple[Status, str]] = {
    SignalState.OPEN: ("late", gettext_noop("待查")),
    SignalState.CLOSED: ("done", gettext_noop("已结")),
}
SIGNALS = {
    SignalKind.TWO_PROVINCES: gettext_noop("一天之内在两个省被揭开：可能有一张是仿的"),
    SignalKind.BEFORE_SHIPPING: gettext_noop("还没有发货就被揭开：库里拆看，或标签流出"),
    SignalKind.RECALLED: gettext_noop("召回的货还在被揭开：还有人在卖"),
    SignalKind.MANY_WRONG: gettext_noop("一小时内多次输错覆盖码：有人在试，或标签贴混"),
}
AUDIENCES = {
    Audience.BUYER: gettext_noop("买的人"),
    Audience.VISITOR: gettext_noop("游客"),
    Audience.HERDER: gettext_noop("发码的人（合作社、牧户）"),
    Audience.INSPECTOR: gettext_noop("监管的人"),
}
# Of the words of GS1 those that are set by hand here.
LINK_TYPES = {
    "gs1:pip": gettext_noop("产品页（gs1:pip）"),
    "gs1:traceability": gettext_noop("溯源（gs1:traceability）"),
    "gs1:certificationInfo": gettext_noop("认证和检测（gs1:certificationInfo）"),
    "gs1:hasRetailers": gettext_noop("哪里买（gs1:hasRetailers）"),
    "gs1:masterData": gettext_noop("主数据（gs1:masterData）"),
    "gs1:dpp": gettext_noop("数字产品护照（gs1:dpp）"),
    "gs1:sustainabilityInfo": gettext_noop("可持续（gs1:sustainabilityInfo）"),
    "gs1:instructions": gettext_noop("怎样用（gs1:instructions）"),
    "gs1:locationInfo": gettext_noop("地点（gs1:locationInfo）"),
    "gs1:homepage": gettext_noop("首页（gs1:homepage）"),
}

AREA = Area(
    key="codes",
    label=message(gettext_noop("一码")),
    acts={
        "codes.batch.issued": gettext_noop("发码"),
        "codes.batch.printed": gettext_noop("印标签"),
        "codes.batch.activated": gettext_noop("启用码"),
        "codes.batch.revoked": gettext_noop("作废码"),
        "codes.batch.transferred": gettext_noop("移交码"),
        "codes.cover.opened": gettext_noop("首次揭开覆盖码"),
        "codes.signal.closed": gettext_noop("了结码的异常"),
        "codes.link.set": gettext_noop("设置码的链接"),
        "codes.link.ended": gettext_noop("撤下码的链接"),
    },
    permissions={
        CodePermission.VIEW: gettext_noop("看码的批次和异常"),
        CodePermission.ISSUE: gettext_noop("发码、印码、启用和作废"),
    },
    fields={
        "kind": gettext_noop("种类"),
        "count": gettext_noop("数量"),
        "organisation": gettext_noop("单位"),
        "numbers": gettext_noop("编号"),
        "number": gettext_noop("编号"),
        "place": gettext_noop("地区"),
        "anchor": gettext_noop("码"),
        "href": gettext_noop("目标"),
        "audience": gettext_noop("给谁看"),
    },
    words={"state": (CODES, SIGNAL_STATES), "audience": (AUDIENCES,)},
)
