# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of adjustments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import refused
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.planning.adjustments.labels import FIELDS, KINDS, PAPERS, STATES
from shanhai.planning.adjustments.states import Kind, PaperKind
from shanhai.planning.adjustments.values import AMOUNT, DATE_FIELDS, MONEY_FIELDS, Change, Stored, Wish
from shanhai.planning.projects.labels import DELIVERIES
from shanhai.registers.tables.forms import DayField, WholeField, read_amount

# What the names of the fields of a plan's fund sources begin with.
SOURCE = "amount_of_"
AMOUNTS = MONEY_FIELDS | {"moved_fen"}
UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}
Choices = Sequence[tuple[str, Any]]
# The lines that can get money of a line, at the project of a code. Raises BadInput.
Getting = Callable[[str, str], Choices]
NONE: Mapping[str, Choices] = {"site": [("", _("不指定"))], "category": [("", _("不分类"))]}


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("项目或原因"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("调整什么"), required=False, choices=[("", _("全部")), *((k.value, name) for k, name in KINDS.items())]
    )
    state = forms.ChoiceField(
        label=_("到哪一步"),
        required=False,
        choices=[("", _("全部")), *((s.value, name) for s, (_mark, name) in STATES.items())],
    )
    waits = forms.BooleanField(label=_("只看等我处理的"), required=False)

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AskingForm(forms.Form):
    """In which unit amounts are, and why something is to change."""

    unit = forms.ChoiceField(
        label=_("金额单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))], initial="wan_yuan"
    )
    reason = forms.CharField(
        label=_("为什么要调整"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("写清依据。")
    )

    def clean(self) -> dict[str, Any]:
        """Read the amounts in their unit."""
        given = super().clean() or self.cleaned_data
        for name in [one for one in given if one in AMOUNTS or one.startswith(SOURCE)]:
            try:
                given[name] = read_amount(given[name], UNITS.get(given.get("unit", ""), WAN_YUAN)).fen
            except forms.ValidationError as error:
                self.add_error(name, error)
        return given


class WishForm(AskingForm):
    """What is to be changed, and why; only the fields of one kind are shown. ``offered`` may be chosen, by field."""

    name = forms.CharField(max_length=200)
    category = forms.ChoiceField(required=False)
    delivery = forms.ChoiceField(choices=[(one.value, name) for one, name in DELIVERIES.items()])
    content = forms.CharField(
        max_length=500,
        required=False,
        help_text=_("写改成什么：面积、层数、数量等。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.ChoiceField()
    site = forms.ChoiceField(required=False)
    altitude_m = WholeField(required=False)
    total_investment_fen = forms.CharField(max_length=30)
    other_sources_fen = forms.CharField(max_length=30)
    planned_start_on = DayField(required=False)
    planned_finish_on = DayField(required=False)
    cross_year = forms.BooleanField(required=False)
    line = forms.ChoiceField(label=_("哪一笔安排"))
    amount_fen = forms.CharField(label=_("调整后的金额"), max_length=30)
    to_code = forms.CharField(
        label=_("调给哪个项目（编号）"), max_length=40, help_text=_("同一年度、同一资金来源的安排之间才能调剂。")
    )
    to_line = forms.ChoiceField(label=_("调给哪一笔安排"))
    moved_fen = forms.CharField(label=_("调出金额"), max_length=30)
    extra_source = forms.CharField(
        label=_("增加资金的来源"), max_length=200, required=False, help_text=_("概算增加时要写。")
    )

    def __init__(
        self, *args: Any, kind: Kind, offered: Mapping[str, Choices], getting: Getting | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.getting = kind, getting
        # Asked where the project that gets money has several lines that could get it.
        self._to_line = self.fields["to_line"]
        self.fields = {name: self.fields[name] for name in ASKED[kind]}
        for name, choices in offered.items():
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField):
                field.choices = [*NONE.get(name, ()), *choices]
        for name in set(FIELDS) & set(self.fields) - {AMOUNT}:
            self.fields[name].label = str(FIELDS[name])
        for name in DATE_FIELDS & set(self.fields):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if getting and not self.is_bound and "to_line" in self.initial:
            # Where it cannot get money any more, that is told when the form is sent.
            with suppress(BadInput):
                self._offer(getting(self.initial["line"], self.initial["to_code"]))

    def clean(self) -> dict[str, Any]:
        """What is asked for, and why. Refused while it is open which line of the other project gets the money."""
        given, to_line = super().clean(), None
        if self.getting and self.kind is Kind.MOVE_MONEY and not self.errors:
            try:
                to_line = self._chosen(self.getting(given["line"], given["to_code"].strip()))
            except BadInput as error:
                self.add_error(None, refused(error))
        money = self.kind in {Kind.AMOUNT, Kind.MOVE_MONEY}
        wish = Wish(
            values={name: _stored(name, given[name]) for name in given if name in FIELDS},
            line=UUID(given["line"]) if money and "line" in given else None,
            to_line=to_line,
            moved_fen=given.get("moved_fen", 0),
            extra_source=given.get("extra_source", ""),
        )
        return {"wish": wish, "reason": given.get("reason")}

    def _offer(self, lines: Choices) -> None:
        """Ask from now on which of the lines gets the money, where there are several."""
        if len(lines) > 1:
            assert isinstance(self._to_line, forms.ChoiceField)
            self._to_line.choices = [("", "—"), *lines]
            self.fields["to_line"] = self._to_line

    def _chosen(self, lines: Choices) -> UUID:
        """Which of the lines that could get money was chosen. Raises BadInput while none is."""
        if len(lines) == 1:
            return UUID(lines[0][0])
        self._offer(lines)
        given = self.data.get("to_line")
        if given not in {uuid for uuid, _words in lines}:
            raise BadInput(
                gettext_noop("项目“%(code)s”有 %(number)s 笔同一年度、同一来源的资金安排。请选择调给哪一笔。"),
                "adjustments.line_missing",
                code=self.cleaned_data["to_code"],
                number=len(lines),
            )
        return UUID(given)


ASKED: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCOPE: ("name", "category", "delivery", "content", "reason"),
    Kind.SITE: ("place", "site", "altitude_m", "reason"),
    Kind.ESTIMATE: ("total_investment_fen", "other_sources_fen", "unit", "extra_source", "reason"),
    Kind.PERIOD: ("planned_start_on", "planned_finish_on", "cross_year", "reason"),
    Kind.AMOUNT: ("line", AMOUNT, "unit", "reason"),
    Kind.MOVE_MONEY: ("line", "to_code", "moved_fen", "unit", "reason"),
    Kind.CANCEL: ("reason",),
}


class PlanForm(AskingForm):
    """What an issued plan is to take from each fund source, and why. One field for each of ``sources`` (code, name)."""

    def __init__(self, *args: Any, sources: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amounts = {f"{SOURCE}{code}": forms.CharField(label=name, max_length=30) for code, name in sources}
        self.fields = {**amounts, **self.fields}

    def clean(self) -> dict[str, Any]:
        """What is asked for, and why."""
        given = super().clean()
        values = {name.removeprefix(SOURCE): given[name] for name in given if name.startswith(SOURCE)}
        return {"wish": Wish(values), "reason": given.get("reason")}


class PaperForm(forms.Form):
    """A paper for an adjustment."""

    kind = forms.ChoiceField(
        label=_("是什么"),
        choices=[
            (PaperKind.SUPPORT.value, PAPERS[PaperKind.SUPPORT]),
            (PaperKind.REAPPROVAL.value, PAPERS[PaperKind.REAPPROVAL]),
        ],
    )
    file = forms.FileField(label=_("文件"))


def initial_of(current: Mapping[str, Stored]) -> dict[str, Any]:
    """The values of a project as the form shows them, amounts in 万元."""
    return {name: _typed(name, current[name]) for name in current if name in FIELDS}


def initial_of_money(changes: Sequence[Change], other_code: str) -> dict[str, Any]:
    """What was asked for of a line, as the form shows it."""
    given = changes[0]
    values = {"line": given.subject, AMOUNT: _typed(AMOUNT, given.new)}
    if other_code:
        moved = int(given.old or 0) - int(given.new or 0)
        values |= {"to_code": other_code, "to_line": changes[1].subject, "moved_fen": _typed(AMOUNT, moved)}
    return values


def initial_of_plan(amounts: Mapping[str, int]) -> dict[str, Any]:
    """The amounts of a plan by the code of the fund source, as the form shows them, in 万元."""
    return {f"{SOURCE}{code}": _typed(AMOUNT, fen) for code, fen in amounts.items()}


def _typed(name: str, value: Stored) -> Any:
    if name in MONEY_FIELDS:
        return f"{Decimal(int(value or 0)) / WAN_YUAN.factor:f}"
    if name in DATE_FIELDS and value:
        return date.fromisoformat(str(value))
    return "" if value is None else value


def _stored(name: str, value: Any) -> Stored:
    if isinstance(value, date):
        return value.isoformat()
    stored: Stored = value
    return None if name == "site" and not value else stored
