# SPDX-License-Identifier: Apache-2.0
"""What people type about campaigns and their actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.planning.programmes.forms.fields import day_field, offer


class CampaignForm(forms.Form):
    """A year's campaign: its name, and when it starts and is due."""

    year = forms.IntegerField(label=_("年"), min_value=1978, max_value=2100)
    name = forms.CharField(label=_("活动名称"), max_length=100)
    starts_on = day_field(_("开始"), required=False, help_text=_("不填就是当年 1 月 1 日。"))
    due_on = day_field(_("结束"), required=False, help_text=_("不填就是当年 12 月 31 日。"))


class ActionForm(forms.Form):
    """An action of a campaign."""

    name = forms.CharField(label=_("行动名称"), max_length=100)


class CarryOverForm(forms.Form):
    """Into which year, and under what name, the open tasks of a campaign go on."""

    year = forms.IntegerField(label=_("结转到哪一年"), min_value=1978, max_value=2100)
    name = forms.CharField(label=_("那一年的活动名称"), max_length=100)
    because = forms.CharField(label=_("说明"), max_length=2000, required=False)


class BoardFilterForm(forms.Form):
    """Which tasks of a campaign are shown."""

    text = forms.CharField(label=_("任务"), max_length=100, required=False)
    group = forms.ChoiceField(label=_("工作组"), required=False)
    action = forms.ChoiceField(label=_("行动"), required=False)
    late = forms.BooleanField(label=_("只看逾期"), required=False)

    def __init__(
        self, data: Any, *, groups: Iterable[tuple[str, str]], actions: Iterable[tuple[str, str]], **kw: Any
    ) -> None:
        super().__init__(data, **kw)
        every = [("", _("全部"))]
        offer(self, "group", [*every, *groups])
        offer(self, "action", [*every, *actions])
