# SPDX-License-Identifier: Apache-2.0
"""Business steps, reasons of error declarations and ways of a tree, in words."""

from __future__ import annotations

from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, bare
from shanhai.field.traceability.recalls.values import How
from shanhai.kernel.messages import Message, gettext_noop, message

# Every step of the standard by its bare word; one of another vocabulary is shown as it is.
STEPS = {
    "commissioning": gettext_noop("采集、建档"),
    "collecting": gettext_noop("收集"),
    "creating_class_instance": gettext_noop("加工"),
    "inspecting": gettext_noop("检查、检验"),
    "sampling": gettext_noop("取样"),
    "packing": gettext_noop("包装"),
    "repackaging": gettext_noop("重新包装"),
    "unpacking": gettext_noop("拆包"),
    "loading": gettext_noop("装车"),
    "unloading": gettext_noop("卸车"),
    "shipping": gettext_noop("发货"),
    "departing": gettext_noop("发出"),
    "transporting": gettext_noop("运输"),
    "arriving": gettext_noop("到达"),
    "receiving": gettext_noop("收货"),
    "accepting": gettext_noop("验收"),
    "storing": gettext_noop("存放"),
    "stocking": gettext_noop("上架"),
    "holding": gettext_noop("扣下"),
    "killing": gettext_noop("屠宰"),
    "assembling": gettext_noop("组合"),
    "disassembling": gettext_noop("分割"),
    "retail_selling": gettext_noop("销售"),
    "decommissioning": gettext_noop("注销"),
    "destroying": gettext_noop("销毁"),
    "removing": gettext_noop("取出"),
    "stock_taking": gettext_noop("盘点"),
    "cycle_counting": gettext_noop("盘点"),
    "sensor_reporting": gettext_noop("温湿度记录"),
    "consigning": gettext_noop("交运"),
    "dispensing": gettext_noop("分发"),
    "encoding": gettext_noop("写入标签"),
    "entering_exiting": gettext_noop("进出"),
    "installing": gettext_noop("安装"),
    "picking": gettext_noop("拣货"),
    "repairing": gettext_noop("修理"),
    "replacing": gettext_noop("替换"),
    "reserving": gettext_noop("预留"),
    "staging_outbound": gettext_noop("备好待发"),
    "void_shipping": gettext_noop("撤销发货"),
    "other": gettext_noop("其他步骤"),
}
REASONS = {
    "incorrect_data": gettext_noop("记错了"),
    "did_not_occur": gettext_noop("没有发生过"),
}
WAYS = {
    (How.MADE, True): gettext_noop("加工成"),
    (How.PACKED, True): gettext_noop("装进"),
    (How.HELD, True): gettext_noop("从中取出"),
    (How.MADE, False): gettext_noop("加工用了"),
    (How.PACKED, False): gettext_noop("里面装着"),
    (How.HELD, False): gettext_noop("取自"),
}
_NO_STEP = gettext_noop("没有写步骤")


def step_of(word: str) -> Message:
    """The words for a business step in any spelling."""
    step = bare("bizStep", word, BUILT_IN)
    return message(STEPS[step]) if step in STEPS else message("%(word)s", word=step) if step else message(_NO_STEP)


def reason_of(word: str) -> Message:
    """The words for why an event was declared wrong: of the standard, or what somebody wrote."""
    reason = bare("reason", word, BUILT_IN)
    return message(REASONS[reason]) if reason in REASONS else message("%(word)s", word=word)
