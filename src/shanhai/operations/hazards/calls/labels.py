# SPDX-License-Identifier: Apache-2.0
"""Why a message did not go, or a call was not answered, in words."""

from __future__ import annotations

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.operations.hazards.calls.values import Step, Why

WHY: dict[Why, str] = {
    Why.NO_PHONE: gettext_noop("没有登记工作电话"),
    Why.NO_MAIL: gettext_noop("账号没有邮箱"),
    Why.NO_ACCOUNT: gettext_noop("没有账号"),
    Why.POSTING_ENDED: gettext_noop("任职已经结束"),
    Why.NOT_SET_UP: gettext_noop("本站没有接通这个渠道"),
    Why.ANSWERED: gettext_noop("已经回应，不用再发"),
    Why.ENDED: gettext_noop("叫应已经结束，不用再发"),
    Why.EXPIRED: gettext_noop("预警已经过期"),
    Why.NOT_REACHED: gettext_noop("对方服务器连不上"),
    Why.TIMED_OUT: gettext_noop("对方服务器没有答复"),
    Why.BUSY: gettext_noop("对方服务器暂时不接"),
    Why.REFUSED: gettext_noop("对方服务器拒收"),
    Why.BAD_ADDRESS: gettext_noop("号码或地址不对"),
    Why.NOBODY_LISTENS: gettext_noop("警报器不在线"),
    Why.FAULT: gettext_noop("程序出错，请看日志"),
    Why.IN_TIME: gettext_noop("到时限没有人回应"),
    Why.UNREACHABLE: gettext_noop("哪个渠道都找不到人"),
    Why.REPLACED: gettext_noop("另有新的叫应"),
    Why.LIFTED: gettext_noop("预警已解除"),
}
# Which message of a call; the first needs no word.
STEPS: dict[Step, str] = {
    Step.FIRST: "",
    Step.REPEAT: gettext_noop("再次叫应"),
    Step.WARN: gettext_noop("提前三小时"),
    Step.CALL: gettext_noop("提前一小时"),
    Step.UNANSWERED: gettext_noop("前面的人没有回应"),
    Step.CHANGED: gettext_noop("级别变了"),
}
_WITH_CODE = gettext_noop("%(why)s（代码 %(code)s）")
# Skipped for a reason that somebody can mend.
LACKING = (Why.NO_PHONE, Why.NO_MAIL, Why.POSTING_ENDED, Why.NOT_SET_UP)


def why_of(because: str) -> Message:
    """The words of a reason as it is kept, with the code of the other side where there is one."""
    why, _, code = because.partition(" ")
    words = message(WHY[Why(why)])
    return message(_WITH_CODE, why=words, code=code) if code else words
