# SPDX-License-Identifier: Apache-2.0
"""What each kind of rule says when it is broken, and what to do."""

from __future__ import annotations

from shanhai.kernel.messages import Message, gettext_noop, message

SENTENCES = {
    "no_more_than_one": gettext_noop("“%(paths)s”最多一个，这里有 %(count)s 个。"),
    "atleast_one": gettext_noop("“%(paths)s”至少要有一个，这里没有。"),
    "only_one_of": gettext_noop("“%(paths)s”应恰好一个；有“%(excluded)s”时一个也不能有。"),
    "one_or_all": gettext_noop("没有“%(one)s”时，每一处都要有“%(all)s”，这一处没有。"),
    "dependent": gettext_noop("“%(paths)s”要么都有，要么都没有；这里缺“%(missing)s”。"),
    "sum": gettext_noop("“%(paths)s”合计 %(total)s，应为 %(sum)s。"),
    "strict_sum": gettext_noop("“%(paths)s”合计 %(total)s，应为 %(sum)s。"),
    "date_order": gettext_noop("“%(less)s”（%(less_day)s）晚于“%(more)s”（%(more_day)s）。"),
    "date_now": gettext_noop("“%(date)s”（%(day)s）在将来。"),
    "time_limit": gettext_noop("从“%(less)s”（%(less_day)s）到“%(more)s”（%(more_day)s）超过一年。"),
    "between_dates": gettext_noop("“%(date)s”（%(day)s）不在 %(start)s 到 %(end)s 之间。"),
    "regex_matches": gettext_noop("“%(paths)s”的值“%(text)s”不合格式 %(regex)s。"),
    "regex_no_matches": gettext_noop("“%(paths)s”的值“%(text)s”不应合于 %(regex)s。"),
    "startswith": gettext_noop("“%(paths)s”的值“%(text)s”没有用“%(starts)s”开头。"),
    "unique": gettext_noop("“%(paths)s”的值“%(text)s”重复。"),
    "evaluates_to_true": gettext_noop("“%(eval)s”不成立。"),
    "if_then": gettext_noop("“%(if)s”成立时，“%(then)s”也应成立，这里不成立。"),
    "range": gettext_noop("“%(paths)s”的值“%(text)s”不在 %(min)s 到 %(max)s 之间。"),
    "no_percent": gettext_noop("“%(paths)s”的值“%(text)s”里有百分号。"),
    "no_spaces": gettext_noop("“%(paths)s”的值“%(text)s”前后有空格或者换行。"),
}

_REMEDIES = {
    "no_more_than_one": gettext_noop("请只留一个。"),
    "atleast_one": gettext_noop("请补上一个。"),
    "only_one_of": gettext_noop("请删去多余的，或者补上缺少的。"),
    "one_or_all": gettext_noop("请在上层写明，或者逐处补上。"),
    "dependent": gettext_noop("请补齐，或者都删去。"),
    "sum": gettext_noop("请核对各项，差额归到最大的一项。"),
    "strict_sum": gettext_noop("请核对各项，差额归到最大的一项。"),
    "date_order": gettext_noop("请核对这两个日期。"),
    "date_now": gettext_noop("请改成已经到了的日期。"),
    "time_limit": gettext_noop("请按年分开。"),
    "between_dates": gettext_noop("请核对日期和期间。"),
    "startswith": gettext_noop("请在前面加上规定的代码。"),
    "unique": gettext_noop("请改成各不相同的值。"),
    "no_percent": gettext_noop("请只写数字。"),
    "no_spaces": gettext_noop("请去掉前后的空格和换行。"),
}
_OTHER = gettext_noop("请核对后改正。")


def remedy_of(kind: str) -> Message:
    """What to do about a broken rule of that kind."""
    return message(_REMEDIES.get(kind, _OTHER))
