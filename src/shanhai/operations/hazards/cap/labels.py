# SPDX-License-Identifier: Apache-2.0
"""The words of alerts: what a check says, and what an alert says where nobody wrote anything else."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.cap.values import Seal
from shanhai.operations.hazards.values import Level, SiteKind

SEALS: dict[Seal, str] = {
    Seal.UNSIGNED: gettext_noop("没有签名。"),
    Seal.WHOLE: gettext_noop("签名完好：整条信息发出后没有改过。"),
    Seal.BROKEN: gettext_noop("签名不成立。"),
    Seal.WEAK: gettext_noop("有签名，但不能当作凭据。"),
}

EVENTS: dict[SiteKind, str] = {
    SiteKind.LANDSLIDE: gettext_noop("滑坡"),
    SiteKind.DEBRIS_FLOW: gettext_noop("泥石流"),
    SiteKind.ROCKFALL: gettext_noop("崩塌"),
}
WHERE = gettext_noop("%(place)s%(site)s")

# The first alert, one of another level, one that only goes on, and the end.
RAISED = gettext_noop("%(site)s%(event)s%(level)s预警")
CHANGED = gettext_noop("%(site)s%(event)s预警改为%(level)s")
GOES_ON = gettext_noop("%(site)s%(event)s%(level)s预警继续有效")
ENDED = gettext_noop("%(site)s%(event)s预警解除")
EXERCISE = gettext_noop("【演练】%(text)s")
NOTE = gettext_noop("演练，不是真的险情。")

# How likely it is, as the colours are defined: I very high, II high, III fairly high, IV possible.
CHANCES: dict[Level, str] = {
    Level.NONE: gettext_noop("经会商，%(where)s的%(event)s预警解除。"),
    Level.BLUE: gettext_noop("经会商，%(where)s有可能发生%(event)s。"),
    Level.YELLOW: gettext_noop("经会商，%(where)s发生%(event)s的可能性较大。"),
    Level.ORANGE: gettext_noop("经会商，%(where)s发生%(event)s的可能性大。"),
    Level.RED: gettext_noop("经会商，%(where)s发生%(event)s的可能性很大，随时可能发生。"),
}
THREATENED = gettext_noop("受威胁的有 %(households)s 户 %(people)s 人。")

WHAT_TO_DO: dict[Level, str] = {
    Level.NONE: gettext_noop("听村里安排再回家。进屋前先看房屋、坡脚和沟边有没有新的裂缝、落石和垮塌。"),
    Level.BLUE: gettext_noop("留意裂缝、落石、浑水和异响。发现异常马上报告村里。"),
    Level.YELLOW: gettext_noop("收拾好要带的东西，认清撤离路线。夜里和下雨时不要待在危险区。发现异常马上报告村里。"),
    Level.ORANGE: gettext_noop("老人、孩子和病人先撤离。其他人准备好，一叫就走。不要进入危险区。"),
    Level.RED: gettext_noop("马上撤离！叫上家人和邻居，不要回去拿东西。没有通知不要回来。"),
}
# How one gets away from what comes down.
ESCAPES: dict[SiteKind, str] = {
    SiteKind.LANDSLIDE: gettext_noop("往滑坡的两侧跑，不要顺着坡往下跑。"),
    SiteKind.DEBRIS_FLOW: gettext_noop("往沟的两侧高处跑，不要顺着沟跑，不要过沟。"),
    SiteKind.ROCKFALL: gettext_noop("离开崖壁和坡脚，不要在落石的路线上停留。"),
}
SHELTER = gettext_noop("去这里：%(shelter)s。")
ROUTE = gettext_noop("怎么走：%(route)s")

# The levels as the public knows them.
ALERTS: dict[Level, str] = {
    Level.NONE: gettext_noop("预警解除"),
    Level.BLUE: gettext_noop("蓝色预警（四级）"),
    Level.YELLOW: gettext_noop("黄色预警（三级）"),
    Level.ORANGE: gettext_noop("橙色预警（二级）"),
    Level.RED: gettext_noop("红色预警（一级，最高）"),
}
