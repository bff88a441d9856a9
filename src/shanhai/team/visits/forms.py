# SPDX-License-Identifier: Apache-2.0
"""What people type about visits and meetings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm, refused
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.projects.core.selectors import find_projects
from shanhai.registers.tables.forms import (
    UNCHOSEN,
    Choices,
    DayField,
    LateChoiceField,
    LatePlaceField,
    MomentField,
    MoneyField,
    WholeField,
    offer,
)
from shanhai.team.visits import labels
from shanhai.team.visits.services.meetings import MOST_MONTHS
from shanhai.team.visits.values import (
    MOST_NAME,
    MOST_SOURCE,
    MOST_TEXT,
    MOST_TITLE,
    MOST_WORDS,
    AgreementFacts,
    Category,
    CostFacts,
    DelegationFacts,
    Direction,
    Side,
    StopFacts,
)

_DIRECTIONS = [(one.value, _(words)) for one, words in labels.DIRECTIONS.items()]
_SIDES = [(one.value, _(words)) for one, words in labels.SIDES.items()]
_CATEGORIES = [(one.value, _(words)) for one, words in labels.CATEGORIES.items()]
_YUAN = _("写明单位，例如 860元。")
_LONG = forms.Textarea(attrs={"rows": 5})


class DelegationForm(SavingForm):
    """A visit that is planned."""

    title = forms.CharField(label=_("名称"), max_length=MOST_TITLE)
    direction = forms.ChoiceField(label=_("来访还是出访"), choices=_DIRECTIONS)
    guest = LateChoiceField(label=_("客方单位"))
    host = LateChoiceField(label=_("主方单位"))
    since = DayField(label=_("从哪天起"))
    until = DayField(label=_("哪天结束"), help_text=_("结束的第二天：3 日到 5 日的，写 6 日。"))
    purpose = forms.CharField(label=_("来做什么"), max_length=MOST_WORDS)
    letter_number = forms.CharField(label=_("公函文号"), required=False, max_length=60)
    letter_on = DayField(label=_("公函日期"), required=False)

    def __init__(self, data: Any, *, units: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "guest", units, first=UNCHOSEN)
        offer(self, "host", units, first=UNCHOSEN)

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        if self.errors:
            return given
        return {"facts": DelegationFacts(**{**given, "direction": Direction(given["direction"])})}


class LetterForm(SavingForm):
    """The letter by which a visit was announced."""

    letter_number = forms.CharField(label=_("公函文号"), max_length=60)
    letter_on = DayField(label=_("公函日期"))


class StopForm(SavingForm):
    """A stop of an itinerary."""

    since = MomentField(label=_("几时起"))
    until = MomentField(label=_("几时止"))
    what = forms.CharField(label=_("看什么、做什么"), max_length=MOST_TITLE)
    where = forms.CharField(label=_("在哪里"), max_length=MOST_TITLE)
    place = LatePlaceField(label=_("在哪个县"), required=False)
    project = forms.CharField(label=_("哪个项目"), required=False, max_length=100, help_text=_("项目编号或名称。"))

    def __init__(self, data: Any, *, counties: Choices, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.viewer = viewer
        offer(self, "place", counties, first=UNCHOSEN)

    def clean_project(self) -> UUID | None:
        """The project that is found by these words. Raises ValidationError for none and for several."""
        text = self.cleaned_data["project"]
        if not text:
            return None
        found = find_projects(viewer=self.viewer, text=text, limit=2)
        if len(found) != 1:
            said = gettext_noop("“%(text)s”没有找到，或有几个项目。请写项目编号。")
            raise refused(BadInput(said, "visits.project_not_known", text=text[:40]))
        return found[0].uuid

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": StopFacts(**given)}


class AttendeeForm(SavingForm):
    """Somebody on the list of who comes or receives."""

    side = forms.ChoiceField(label=_("哪一方"), choices=_SIDES)
    name = forms.CharField(label=_("姓名"), max_length=MOST_NAME, help_text=_("只有办互访的人看得到，满三年抹去。"))
    title = forms.CharField(label=_("职务"), required=False, max_length=MOST_TITLE)
    user = LateChoiceField(label=_("这里的账号"), required=False)

    def __init__(self, data: Any, *, people: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "user", people, first=UNCHOSEN)

    def clean_side(self) -> Side:
        """The side."""
        return Side(self.cleaned_data["side"])


class CostForm(SavingForm):
    """What a visit cost."""

    category = forms.ChoiceField(label=_("费用类别"), choices=_CATEGORIES)
    amount = MoneyField(label=_("金额"), help_text=_YUAN)
    people = WholeField(label=_("几个人"), min_value=1, max_value=1000)
    companions = WholeField(label=_("其中陪餐几人"), required=False, min_value=0, max_value=1000)
    receipt = forms.CharField(label=_("票据号"), max_length=MOST_NAME)
    because = forms.CharField(label=_("超过标准的原因"), required=False, max_length=MOST_WORDS)

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        if self.errors:
            return given
        facts = CostFacts(
            Category(given["category"]), given["amount"].fen, given["people"], given["receipt"],
            given["companions"] or 0, given["because"],
        )  # fmt: skip
        return {"facts": facts}


class StandardForm(SavingForm):
    """How much a head may cost."""

    category = forms.ChoiceField(label=_("费用类别"), choices=_CATEGORIES)
    a_head = MoneyField(label=_("每人最多"), help_text=_YUAN)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起算"))

    def clean(self) -> dict[str, Any]:
        """As the service takes it."""
        given = super().clean() or {}
        if self.errors:
            return given
        rest = {"source": given["source"], "valid_from": given["valid_from"]}
        return {"category": Category(given["category"]), "a_head_fen": given["a_head"].fen, **rest}


class AgreementForm(SavingForm):
    """What was agreed."""

    words = forms.CharField(label=_("议定什么"), max_length=MOST_WORDS)
    owner = LateChoiceField(label=_("谁负责"))
    due_on = DayField(label=_("期限"))

    def __init__(self, data: Any, *, people: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "owner", people, first=UNCHOSEN)

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": AgreementFacts(**given)}


class DoneForm(SavingForm):
    """By what one sees that it is done."""

    proof = forms.CharField(label=_("怎样落实的，在哪里看得到"), max_length=MOST_WORDS)


class MechanismForm(SavingForm):
    """A mechanism and its rhythm."""

    name = forms.CharField(label=_("名称"), max_length=MOST_NAME)
    name_en = forms.CharField(label=_("英文名称"), max_length=MOST_NAME)
    months = WholeField(label=_("几个月一次"), min_value=1, max_value=MOST_MONTHS)


class MeetingForm(SavingForm):
    """A meeting that is planned."""

    mechanism = LateChoiceField(label=_("哪个机制"))
    since = MomentField(label=_("几时开"))
    until = MomentField(label=_("几时散"))
    where = forms.CharField(label=_("在哪里"), max_length=MOST_TITLE)
    agenda = forms.CharField(label=_("议题"), max_length=MOST_TEXT, widget=_LONG)

    def __init__(self, data: Any, *, mechanisms: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "mechanism", mechanisms)


class MinutesForm(SavingForm):
    """The minutes of a meeting."""

    minutes = forms.CharField(label=_("纪要"), max_length=MOST_TEXT, widget=_LONG)
