# SPDX-License-Identifier: Apache-2.0
"""What people type about contests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import SavingForm, refused
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.tables.forms import Choices, DayField, SomeField, WholeField, offer
from shanhai.team.contests.models import Criterion
from shanhai.team.contests.values import MOST_SOURCE, MOST_TITLE, MOST_WORDS, CriterionFacts

_WORDS = forms.Textarea(attrs={"rows": 3})
_PARTS = 5
_HOW = _("一行一条：名称 | English | 看什么 | 权重 | 满分。权重加起来 100。")


class CriteriaForm(SavingForm):
    """A new version of the criteria."""

    items = forms.CharField(label=_("标准"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7}), help_text=_HOW)
    trims_from = WholeField(label=_("几票起去掉最高和最低"), min_value=3, max_value=100)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起用"))

    def clean_items(self) -> list[CriterionFacts]:
        """The criteria. Raises ValidationError naming the line."""
        found = []
        lines = [line for line in self.cleaned_data["items"].splitlines() if line.strip()]
        for number, line in enumerate(lines, start=1):
            parts = [part.strip() for part in line.replace("｜", "|").split("|")]
            if len(parts) != _PARTS or not all(one.isascii() and one.isdigit() for one in parts[3:]):
                text = gettext_noop("第 %(row)s 行：写“名称 | English | 看什么 | 权重 | 满分”，权重和满分是整数。")
                raise refused(BadInput(text, "contests.criteria_not_usable", row=number))
            name, name_en, looks_for, weight, most = parts
            found.append(CriterionFacts(name, name_en, looks_for, int(weight[:4]), int(most[:5])))
        return found


class RoundForm(SavingForm):
    """A round that is prepared."""

    title = forms.CharField(label=_("名称"), max_length=MOST_TITLE)
    opens_on = DayField(label=_("从哪天起评分"))
    closes_on = DayField(label=_("评到哪天"))
    teams = SomeField(label=_("哪些队"))
    judges = SomeField(label=_("谁当评委"))

    def __init__(self, data: Any, *, teams: Choices, judges: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "teams", teams())
        offer(self, "judges", judges())


class VoteForm(SavingForm):
    """The scores that a judge gives a team, one for each criterion; what is left empty stays as it is."""

    def __init__(self, data: Any, *, criteria: Sequence[Criterion], given: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for one in criteria:
            label = f"{named(one)}（0–{one.most}）"
            self.fields[f"score-{one.position}"] = WholeField(
                label=label, required=False, min_value=0, max_value=one.most, help_text=one.looks_for,
                initial=given.get(one.pk),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The scores by position."""
        given = super().clean() or {}
        if self.errors:
            return given
        return {
            "scores": {int(name.removeprefix("score-")): value for name, value in given.items() if value is not None}
        }


class OfCriterionForm(SavingForm):
    """Words about one of the criteria."""

    criterion = forms.TypedChoiceField(label=_("哪一条"), coerce=int)
    words = forms.CharField(label=_("说明"), max_length=MOST_WORDS, widget=_WORDS)

    def __init__(self, data: Any, *, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "criterion", [(str(one.position), named(one)) for one in criteria])


class EvidenceForm(OfCriterionForm):
    """What a team did for a criterion, and where it can be seen."""

    source = forms.CharField(label=_("出处（文件、网址、项目）"), max_length=MOST_SOURCE)


class AnswerForm(SavingForm):
    """The answer to an appeal."""

    upheld = forms.TypedChoiceField(
        label=_("结果"),
        choices=[("", "—"), ("yes", _("重新评分")), ("no", _("维持评分"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
    )
    until = DayField(label=_("重新评分到哪天"), required=False)
    answer = forms.CharField(label=_("答复"), max_length=MOST_WORDS, widget=_WORDS)
