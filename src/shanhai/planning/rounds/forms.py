# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from shanhai.planning.programmes.states import TaskState
from shanhai.planning.rounds.models import ReportLine
from shanhai.planning.rounds.services import MOST_TEXT, MOST_WORDS
from shanhai.planning.rounds.values import Said
from shanhai.registers.tables.forms import DayField, PercentField, WholeField


class RoundForm(forms.Form):
    """Which month is reported on, from when and by when."""

    year = WholeField(label=_("年"), min_value=1978, max_value=2100)
    month = WholeField(label=_("月"), min_value=1, max_value=12)
    opens_on = DayField(label=_("开报日"))
    due_on = DayField(label=_("截止日"))


class ReportForm(forms.Form):
    """A group's month: the summary, and a percent and words for each task."""

    summary = forms.CharField(
        label=_("本月小结"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("上报时要写。"),
    )
    next_steps = forms.CharField(
        label=_("下月打算"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    needs = forms.CharField(
        label=_("需要协调的事"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("没有就不填。"),
    )

    def __init__(self, data: Any = None, *, lines: Iterable[ReportLine], **kw: Any) -> None:
        super().__init__(data, **kw)
        self._lines = [line for line in lines if line.task.state == TaskState.OPEN or line.percent is not None]
        for line in self._lines:
            key, name = line.task.uuid, line.task.name
            self.fields[f"percent-{key}"] = PercentField(
                label=_("“%(task)s” 的进展（%%）") % {"task": name},
                min_value=0,
                max_value=100,
                required=False,
                initial=line.percent,
            )
            self.fields[f"words-{key}"] = forms.CharField(
                label=_("“%(task)s” 的说明") % {"task": name},
                required=False,
                max_length=MOST_WORDS,
                initial=line.words,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def rows(self) -> list[tuple[ReportLine, BoundField, BoundField]]:
        """Each task with its two fields."""
        return [(line, self[f"percent-{line.task.uuid}"], self[f"words-{line.task.uuid}"]) for line in self._lines]

    def said(self) -> dict[UUID, Said]:
        """What was typed of each task; nothing of those about which nothing was."""
        found = {}
        for line in self._lines:
            said = Said(self.cleaned_data[f"percent-{line.task.uuid}"], self.cleaned_data[f"words-{line.task.uuid}"])
            if said != (None, "") or line.percent is not None or line.words:
                found[line.task.uuid] = said
        return found
