# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import Choices, DayField, LateChoiceField, LatePlaceField, WholeField, offer
from shanhai.team.conduct import labels
from shanhai.team.conduct.leave.selectors import Balance
from shanhai.team.conduct.leave.services.leaves import MOST_REASON, MOST_WHERE
from shanhai.team.conduct.leave.services.setting import MOST_DAYS_A_YEAR, MOST_NAME, MOST_NAME_EN, MOST_SOURCE
from shanhai.team.conduct.values import Counts, LeaveFacts, Level

_COUNTS = [(one.value, _(words)) for one, words in labels.COUNTS.items()]
_MONTHS = [(str(month), str(month)) for month in range(1, 13)]


class AskForm(SavingForm):
    """A leave that one asks for."""

    kind = LateChoiceField(label=_("请什么假"))
    since = DayField(label=_("从哪天起"))
    until = DayField(label=_("哪天回来"))
    where = forms.CharField(label=_("去哪里"), max_length=MOST_WHERE)
    to_place = LatePlaceField(label=_("在哪个县"), required=False)
    altitude_m = WholeField(label=_("那里的海拔（米）"), required=False, min_value=-200, max_value=9000)
    stand_in = LateChoiceField(label=_("谁顶岗"), required=False)
    reason = forms.CharField(
        label=_("事由"), required=False, max_length=MOST_REASON, help_text=_("不用写病情；家事写“家事”就可以。")
    )

    def __init__(
        self,
        data: Any,
        *,
        balances: Callable[[], Iterable[Balance]],
        colleagues: Choices,
        counties: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        offer(self, "kind", lambda: [(str(one.kind.uuid), _with_rest(one)) for one in balances()])
        offer(self, "stand_in", colleagues, first=("", gettext("不用顶岗")))
        offer(self, "to_place", counties, first=("", gettext("本州以外")))

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": LeaveFacts(**given)}


class KindForm(SavingForm):
    """A kind of leave, from a day."""

    name = forms.CharField(label=_("名称"), max_length=MOST_NAME)
    name_en = forms.CharField(label=_("英文名称"), max_length=MOST_NAME_EN)
    counts = forms.ChoiceField(label=_("怎样计"), choices=_COUNTS)
    days_a_year = WholeField(
        label=_("一年多少天"), required=False, min_value=0, max_value=MOST_DAYS_A_YEAR, help_text=_("空着是不限。")
    )
    notice_days = WholeField(label=_("提前几天提出"), min_value=0, max_value=60)
    needs_stand_in = forms.BooleanField(label=_("要有人顶岗"), required=False, initial=True)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起算"))

    def clean_counts(self) -> Counts:
        """How it counts."""
        return Counts(self.cleaned_data["counts"])


class HolidayForm(SavingForm):
    """A day of the region."""

    day = DayField(label=_("日期"))
    works = forms.BooleanField(label=_("这一天上班（调休）"), required=False)
    name = forms.CharField(label=_("节日"), max_length=MOST_NAME)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)


class RuleForm(SavingForm):
    """Who approves from how many days on."""

    level = forms.ChoiceField(label=_("谁批"), choices=[(one.value, _(words)) for one, words in labels.LEVELS.items()])
    from_days = WholeField(label=_("多少天起"), min_value=0, max_value=MOST_DAYS_A_YEAR)
    months = forms.MultipleChoiceField(
        label=_("这些月份不论几天"), required=False, choices=_MONTHS, widget=forms.CheckboxSelectMultiple
    )
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)

    def clean_level(self) -> Level:
        """The level."""
        return Level(self.cleaned_data["level"])

    def clean_months(self) -> frozenset[int]:
        """The months."""
        return frozenset(int(one) for one in self.cleaned_data["months"])


def _with_rest(balance: Balance) -> str:
    if balance.left is None:
        return named(balance.kind)
    return gettext("%(kind)s（还剩 %(left)s 天）") % {"kind": named(balance.kind), "left": balance.left}
