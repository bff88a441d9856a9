# SPDX-License-Identifier: Apache-2.0
"""What people type about campaigns, tasks and work groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.planning.programmes.models import Action
from shanhai.planning.programmes.states import Column
from shanhai.registers.tables.forms import DayField, PercentField, WholeField, offer


class CampaignForm(SavingForm):
    """A year's campaign: its name, and when it starts and is due."""

    year = WholeField(label=_("年"), min_value=1978, max_value=2100)
    name = forms.CharField(label=_("活动名称"), max_length=100)
    starts_on = DayField(label=_("开始"), required=False, help_text=_("不填就是当年 1 月 1 日。"))
    due_on = DayField(label=_("结束"), required=False, help_text=_("不填就是当年 12 月 31 日。"))


class ActionForm(SavingForm):
    """An action of a campaign."""

    name = forms.CharField(label=_("行动名称"), max_length=100)


class CarryOverForm(SavingForm):
    """Into which year, and under what name, the open tasks of a campaign go on."""

    year = WholeField(label=_("结转到哪一年"), min_value=1978, max_value=2100)
    name = forms.CharField(label=_("那一年的活动名称"), max_length=100)
    because = forms.CharField(label=_("说明"), max_length=2000, required=False)


class BoardFilterForm(forms.Form):
    """Which tasks of a campaign are shown."""

    text = forms.CharField(label=_("任务"), max_length=100, required=False)
    group = forms.TypedChoiceField(label=_("工作组"), required=False, coerce=UUID, empty_value=None)
    action = forms.TypedChoiceField(label=_("行动"), required=False, coerce=UUID, empty_value=None)
    late = forms.BooleanField(label=_("只看逾期"), required=False)

    def __init__(
        self, data: Any, *, groups: Iterable[tuple[str, str]], actions: Iterable[tuple[str, str]], **kw: Any
    ) -> None:
        super().__init__(data, **kw)
        every = [("", _("全部"))]
        offer(self, "group", [*every, *groups])
        offer(self, "action", [*every, *actions])


class TaskReportForm(SavingForm):
    """How far a task has come, in percent, and a word on it."""

    progress_percent = PercentField(label=_("进展（%）"), min_value=0, max_value=100)
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TaskMoveForm(SavingForm):
    """Moving a task to another column: how far it has come, or why it is given up."""

    progress_percent = PercentField(label=_("进展（%）"), min_value=1, max_value=99)
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, to: Column, **kw: Any) -> None:
        super().__init__(data, **kw)
        if to is not Column.AT_WORK:
            del self.fields["progress_percent"]
        if to is Column.DROPPED:
            self.fields["note"].required = True
            self.fields["note"].label = _("不再做的理由")


class TaskForm(SavingForm):
    """A task: what, who leads and helps, from when until when, and how one sees that it is done."""

    name = forms.CharField(label=_("任务"), max_length=200)
    owner_group = forms.ChoiceField(label=_("牵头组"))
    helpers = forms.MultipleChoiceField(label=_("配合组"), required=False, widget=forms.CheckboxSelectMultiple)
    starts_on = DayField(label=_("开始"), required=False)
    due_on = DayField(label=_("期限"), required=False)
    measure = forms.CharField(label=_("衡量标准"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, groups: Iterable[str], **kw: Any) -> None:
        super().__init__(data, **kw)
        choices = [(name, name) for name in groups]
        offer(self, "owner_group", choices)
        offer(self, "helpers", choices)


class NewTaskForm(TaskForm):
    """A task, and the action that it belongs to."""

    action = forms.TypedChoiceField(
        label=_("行动"),
        coerce=UUID,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选这项任务属于哪个行动。")),
    )
    field_order = ("action",)

    def __init__(self, data: Any = None, *, actions: Iterable[Action], **kw: Any) -> None:
        super().__init__(data, **kw)
        offer(self, "action", [(str(one.uuid), f"{one.position}. {one.name}") for one in actions])


class PaperForm(SavingForm):
    """A file that proves what was reported of a task."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("照片、PDF 或表格。"),
        allow_empty_file=True,
        error_messages={"required": _("请先选一个文件。")},
    )


class GroupForm(SavingForm):
    """What a work group is called and what it is for."""

    name = forms.CharField(label=_("工作组名称"), max_length=60)
    duty = forms.CharField(label=_("职责"), max_length=200, required=False)


class MembersForm(SavingForm):
    """Who belongs to a group; none is an answer too."""

    refs = forms.MultipleChoiceField(label=_("谁可以替本组填报"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "refs", people)


class RetireForm(SavingForm):
    """The day from which a group gets no more tasks."""

    on = DayField(label=_("从哪一天起停用"))
