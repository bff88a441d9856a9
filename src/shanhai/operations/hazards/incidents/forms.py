# SPDX-License-Identifier: Apache-2.0
"""What people type about incidents, patrols and shifts; the services judge it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import FoldingForm, SavingForm
from shanhai.operations.hazards.cap.values import Wording
from shanhai.operations.hazards.incidents.services.levels import MOST_ATTENDEES, MOST_TEXT
from shanhai.operations.hazards.incidents.services.patrols import MOST_FOUND, MOST_TASK
from shanhai.operations.hazards.incidents.services.shifts import MOST_WORDS
from shanhai.operations.hazards.labels import INCIDENT_STATES, LEVELS
from shanhai.operations.hazards.values import Level
from shanhai.registers.tables.forms import DayField, MomentField, offer

_LEVELS = [(int(level), _(words)) for level, (_mark, words) in LEVELS.items() if level]
_STATES = [(state.value, _(words)) for state, (_mark, words) in INCIDENT_STATES.items()]
_ALL = ("", _("全部"))
# What calls people out is chosen, never left as it stood.
_NOTHING = ("", _("请选择"))


def _words(label: Any, most: int, rows: int = 3, **kw: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kw)


class LevelField(forms.TypedChoiceField):
    """A level by its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": [_NOTHING, *_LEVELS], "coerce": int, **kwargs})


class ProposeForm(SavingForm):
    """A level that is proposed, and why."""

    level = LevelField(label=_("建议的级别"))
    because = _words(_("为什么"), MOST_TEXT, help_text=_("看到了什么，曲线怎么走，周边怎样。"))
    expected_at = MomentField(label=_("预计什么时候发生"), required=False, help_text=_("知道才填，叫应按它倒排。"))


class NewForm(ProposeForm):
    """A level that is proposed for a site."""

    site = forms.ChoiceField(label=_("隐患点"))
    field_order = ["site", "level", "because", "expected_at"]

    def __init__(self, *args: Any, sites: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [_NOTHING, *sites])


class ConsultForm(SavingForm):
    """The minutes of the consultation; ``seen`` is the version of the incident that was looked at."""

    level = LevelField(label=_("会商决定"), widget=forms.RadioSelect)
    attendees = forms.CharField(
        label=_("谁参加"),
        max_length=MOST_ATTENDEES,
        help_text=_("按职务写，例如：县自然资源局值班领导、乡镇长、专家组。"),
    )
    opinion = _words(_("会商意见"), MOST_TEXT, 4)
    expected_at = MomentField(
        label=_("预计什么时候发生"), required=False, help_text=_("叫应按它倒排；会商认为说不准的，清空。")
    )
    expires = MomentField(label=_("预警有效到"), required=False, help_text=_("空着按级别定，到时可以续发。"))
    description = _words(_("对外怎么说情况"), MOST_TEXT, 2, required=False, help_text=_("空着用系统写好的话。"))
    instruction = _words(_("请大家做什么"), MOST_TEXT, 2, required=False, help_text=_("空着用系统写好的话。"))
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)

    def __init__(self, *args: Any, choices: Iterable[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "level", choices)

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them: what was written stands in the alert in Chinese."""
        given = super().clean() or {}
        written = {name: given.pop(name, "") for name in ("description", "instruction")}
        given["words"] = {"zh-hans": Wording(**written)} if any(written.values()) else None
        return given

    def see_again(self, version: int) -> None:
        """Bring the version along that is shown now: who was told that somebody was first can decide."""
        self.data = {**dict(self.data.items()), "seen": str(version)}


class DrillForm(SavingForm):
    """An exercise at a site."""

    site = forms.ChoiceField(label=_("隐患点"))
    level = LevelField(label=_("从哪一级开始"))
    scenario = _words(_("情景"), MOST_TEXT, help_text=_("例如：连夜大雨，后缘拉裂。消息里都会写明是演练。"))

    def __init__(self, *args: Any, sites: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [_NOTHING, *sites])


class PatrolForm(SavingForm):
    """Who is to look at what, by when."""

    task = _words(_("巡查什么"), MOST_TASK, 2)
    due_at = MomentField(label=_("什么时候以前"))
    person = forms.TypedChoiceField(
        label=_("谁去"), required=False, coerce=UUID, empty_value=None, help_text=_("不写名字，由值班员另行安排。")
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [("", _("另行安排")), *people])


class ReportForm(SavingForm):
    """What was seen."""

    found = _words(_("看到什么"), MOST_FOUND, 4, help_text=_("裂缝、掉块、泉水、房屋；没有异常也要写。"))


class HandOverForm(SavingForm):
    """What the next shift has to know."""

    programme = forms.ChoiceField(label=_("对口支援"))
    words = _words(_("接班的人要知道什么"), MOST_WORDS, 4)

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", programmes)


class FilterForm(FoldingForm):
    """The filters above the list. What cannot be understood filters nothing."""

    FURTHER = ("programme", "since", "until")

    text = forms.CharField(label=_("隐患点"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("级别"),
        required=False,
        choices=[
            _ALL,
            ("open", _("进行中的")),
            *_STATES,
        ],
    )
    place = forms.ChoiceField(label=_("所在区县"), required=False)
    exercise = forms.ChoiceField(
        label=_("险情或演练"), required=False, choices=[_ALL, ("no", _("险情")), ("yes", _("演练"))]
    )
    programme = forms.ChoiceField(label=_("对口支援"), required=False)
    since = DayField(label=_("从哪天"), required=False)
    until = DayField(label=_("到哪天"), required=False)

    def __init__(self, *args: Any, programmes: Sequence[Any], places: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", [_ALL, *programmes])
        offer(self, "place", [_ALL, *places])

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        days: dict[str, date | None] = {name: given.get(name) for name in ("since", "until")}
        return {
            "programme": given.get("programme") or None,
            "exercise": {"yes": True, "no": False}.get(given.get("exercise", "")),
            **{name: given.get(name, "") for name in ("text", "state", "place")},
            **days,
        }


def decisions(state: str) -> list[tuple[int, Any]]:
    """What may be decided of an incident in that state: 0 dismisses a proposal, or lifts what is in force."""
    ends = _("不发预警") if state == "proposed" else _("解除预警")
    return [*_LEVELS, (int(Level.NONE), ends)]
