# SPDX-License-Identifier: Apache-2.0
"""What people type about thresholds: the most important numbers in fields, all others as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.sites.rules.thresholds import overlaid, value_at
from shanhai.operations.hazards.sites.services.thresholds import MOST_NUMBERS
from shanhai.registers.tables.forms import DayField, RealField

# By path: what it is called, with its unit.
NUMBERS: dict[str, str] = {
    "angle.orange": gettext_noop("切线角：橙色从多少度起"),
    "angle.red": gettext_noop("切线角：红色从多少度起"),
    "rate.mean_factor": gettext_noop("临界速率 V0：基准速率的多少倍"),
    "rate.spread_factor": gettext_noop("临界速率 V0：基准速率加几个标准差"),
    "rate.yellow": gettext_noop("速率：黄色从 V0 的几倍起"),
    "rate.orange": gettext_noop("速率：橙色从 V0 的几倍起"),
    "rate.red": gettext_noop("速率：红色从 V0 的几倍起"),
    "absolute.orange_mm_h": gettext_noop("绝对速率：橙色从每小时几毫米起"),
    "absolute.red_mm_h": gettext_noop("绝对速率：红色从每小时几毫米起"),
    "tilt.orange_mm_d": gettext_noop("倾斜（折算成位移）：橙色从每天几毫米起"),
    "tilt.red_mm_d": gettext_noop("倾斜（折算成位移）：红色从每天几毫米起"),
    "rain.alpha": gettext_noop("雨强曲线 I = α·D^-β：α（毫米每小时）"),
    "rain.beta": gettext_noop("雨强曲线 I = α·D^-β：β"),
    "rain.day_mm": gettext_noop("一天雨量：黄色从几毫米起"),
    "combination.persistence_minutes.red": gettext_noop("红色要持续几分钟才算"),
    "combination.neighbours.red": gettext_noop("红色要几个别的监测点也在动"),
    "silence_hours.displacement": gettext_noop("位移几小时没有数就算没有数据"),
    "answer_minutes.orange": gettext_noop("橙色：叫应后几分钟内要回应"),
    "answer_minutes.red": gettext_noop("红色：叫应后几分钟内要回应"),
}


class ThresholdForm(SavingForm):
    """The next version: what differs in a field goes over what the JSON says."""

    source = forms.CharField(
        label=_("来源"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("这些数从哪里来：技术方案、勘查报告、县里的预案、论文。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, numbers: Mapping[str, Any], latest: int) -> None:
        super().__init__(data, initial={"seen": latest})
        self.TOLD_AS: dict[str, str] = {"*": "numbers"}
        self.important = []
        for path, words in NUMBERS.items():
            value = value_at(numbers, path)
            name = path.replace(".", "__")
            self.TOLD_AS[path] = name
            self.fields[name] = RealField(label=gettext(words), initial=None if value is None else f"{value:.10g}")
            self.important.append(name)
        text = json.dumps(numbers, ensure_ascii=False, indent=1)
        self.fields["numbers"] = forms.CharField(
            label=_("全部阈值（JSON）"),
            initial=text,
            max_length=MOST_NUMBERS,
            required=False,
            widget=forms.Textarea(attrs={"rows": 12, "class": "code", "spellcheck": "false"}),
            help_text=_("上面没有的在这里改，也可以整段粘贴；少写的按默认值。"),
        )

    @property
    def fields_shown(self) -> list[forms.BoundField]:
        """The important numbers."""
        return [self[name] for name in self.important]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them. Raises ValidationError for what is no JSON."""
        given = super().clean() or {}
        try:
            base = json.loads(given.get("numbers") or "{}")
        except (ValueError, RecursionError):
            base = None
        if not isinstance(base, dict):
            self.add_error("numbers", _("这不是一个 JSON 对象。请检查括号、引号和逗号。"))
            base = {}
        changed = {
            name.replace("__", "."): given.get(name)
            for name in self.important
            if self[name].field.has_changed(self[name].initial, self[name].data)
        }
        return {"numbers": overlaid(base, changed), "source": given.get("source", ""), "seen": given.get("seen")}


class PeriodForm(SavingForm):
    """From one local day to another."""

    first = DayField(label=_("从"))
    last = DayField(label=_("到"))


class ReferenceForm(PeriodForm):
    """A stretch of days without events, whose rates are the reference of a new draft: the one that was looked at."""

    first = DayField(widget=forms.HiddenInput)
    last = DayField(widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("来源"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("为什么认为这段时间是平稳的：谁看过现场、有没有下雨。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


def as_period(data: Any) -> tuple[Any, Any]:
    """The days that an address asks for; None, None where they cannot be read."""
    form = PeriodForm(data)
    if not form.is_valid():
        return None, None
    return form.cleaned_data["first"], form.cleaned_data["last"]
