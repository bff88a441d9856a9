# SPDX-License-Identifier: Apache-2.0
"""What people type of a claim, an indicator, a fact that a paper states, and one that replaces another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import CorrectingForm, ReasonForm, SavingForm
from shanhai.insight.evidence.labels import BOUND_NAMES, PERIODS
from shanhai.insight.evidence.models import Fact, Indicator
from shanhai.insight.evidence.states import DECIDED, ClaimState
from shanhai.insight.evidence.values import Bound, IndicatorRow, Meant, PeriodKind
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.units import UNITS
from shanhai.registers.tables.forms import NumberField, offer
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

Choices = Sequence[tuple[str, Any]]
WHOLE = ("", _("整个受援地"))
PERIOD_HELP = _("例如 2022、2022-03、2022Q1、2022H1（上半年）、2022-03-31、2021–2025。")
FACTORS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
BOUND_CHOICES = [(bound.value, _(word)) for bound, word in BOUND_NAMES.items()]
STRENGTH_CHOICES = [(Strength.VOUCHER.value, _("凭证")), (Strength.FORM.value, _("签字盖章的报表"))]


_PERIODS = {word: kind for kind, word in PERIODS.items()}
_UNITS = {unit.symbol: key for key, unit in reversed(UNITS.items())}


def _unit(cell: object) -> str:
    """The key of a unit; what is none of ours stays as it is, for the service to refuse."""
    said = cells.text(20)(cell)
    return _UNITS.get(said, said)


INDICATORS = TableKind(
    "indicators",
    message(gettext_noop("指标")),
    (
        Field("code", ("指标编号", "编号"), Holds.CODE, cells.code, required=True, identity=True, starred=True),
        Field("name", ("指标名称", "名称"), Holds.TEXT, cells.text(60), required=True, starred=True, width=30),
        Field(
            "unit", ("单位",), Holds.TEXT, _unit, required=True, starred=True,
            choices=tuple(unit.symbol for unit in UNITS.values()),
        ),
        Field(
            "period", ("按什么时期", "时期"), Holds.WORD, cells.word(_PERIODS, PeriodKind), starred=True,
            choices=tuple(PERIODS.values()),
        ),
        Field("name_en", ("英文名称",), Holds.TEXT, cells.text(100), width=30),
        Field("formula", ("怎么算",), Holds.TEXT, cells.text(300), width=40),
        Field("bases", ("分母、口径", "口径"), Holds.TEXT, cells.text(300), width=30),
        Field("owner", ("归口",), Holds.TEXT, cells.text(60)),
        Field("figure_key", ("系统的数",), Holds.TEXT, cells.text(80)),
    ),
    tells=lambda keys: all(one in keys for one in ("code", "name", "unit")),
    passed_over=frozenset({"序号", "备注"}),
    asks_for="“指标编号”“指标名称”“单位”",
)  # fmt: skip


class LargeField(NumberField):
    """A number that may end in 万 or 亿: 17.44亿."""

    def clean(self, value: Any) -> Decimal | None:
        """The whole number. Raises ValidationError as its parent does."""
        text = str(value or "").strip().removesuffix("元")
        factor = FACTORS.get(text[-1:], Decimal(1))
        found = super().clean(text[:-1] if factor != 1 else text)
        return None if found is None else found * factor


class DecideForm(SavingForm):
    """What becomes of a claim; which button was pressed says ``to`` what."""

    to = forms.ChoiceField(choices=[(state.value, "") for state in sorted(DECIDED)], widget=forms.HiddenInput)
    indicator = forms.ChoiceField(label=_("归入指标"), required=False)
    place = forms.ChoiceField(label=_("地方"), required=False)
    period = forms.CharField(label=_("时期"), required=False, max_length=40, help_text=PERIOD_HELP)
    meant_value = LargeField(label=_("更正为"), required=False, help_text=_("更正时填，例如 17.44亿。"))
    meant_unit = forms.CharField(label=_("单位"), required=False, max_length=20)
    meant_bound = forms.ChoiceField(label=_("怎么算这个数"), choices=BOUND_CHOICES, required=False)
    meant_upper = LargeField(label=_("到"), required=False, help_text=_("范围才填。"))
    because = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("更正、不采用和原文有缺损时要写。"),
    )

    def __init__(self, data: Any, *, indicators: Iterable[Indicator], places: Choices, **kw: Any) -> None:
        super().__init__(data, **kw)
        offer(self, "indicator", [("", _("暂不归入")), *((str(one.uuid), named(one)) for one in indicators)])
        offer(self, "place", [WHOLE, *places])

    def clean(self) -> dict[str, Any]:
        """What the service is told."""
        given = super().clean() or {}
        value, upper = given.pop("meant_value", None), given.pop("meant_upper", None)
        unit, bound = given.pop("meant_unit", ""), given.pop("meant_bound", "")
        stated = Bound(bound or Bound.EXACT)
        if value is not None and (upper is None) == (stated == Bound.RANGE):
            self.add_error("meant_upper", _("范围要填两头的数，其他的只填一个。"))
        meant = None if value is None else Meant(value, unit.strip(), stated, upper)
        if self.errors:
            return given
        indicator = given["indicator"]
        to = ClaimState(given["to"])
        return {**given, "to": to, "indicator": UUID(indicator) if indicator else None, "meant": meant}


class TakeBackForm(ReasonForm):
    """Why a decision is taken back."""


class IndicatorForm(CorrectingForm):
    """What is written of an indicator."""

    code = forms.SlugField(
        label=_("编号"), max_length=40, help_text=_("小写字母、数字和连字符，例如 paired-schools；立了不能改。")
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=100, required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=[(key, _(unit.symbol)) for key, unit in UNITS.items()])
    period = forms.ChoiceField(label=_("按什么时期"), choices=[(one.value, _(word)) for one, word in PERIODS.items()])
    formula = forms.CharField(label=_("怎么算"), max_length=300, required=False)
    bases = forms.CharField(label=_("分母、口径"), max_length=300, required=False)
    owner = forms.CharField(label=_("归口"), max_length=60, required=False, help_text=_("哪个组或部门说了算。"))
    figure_key = forms.ChoiceField(label=_("系统里对应的数"), required=False, help_text=_("有的话，页面上并排显示。"))
    because = forms.CharField(label=_("更正原因"), max_length=500)

    def __init__(self, data: Any, *, indicator: Indicator | None, figures: Choices) -> None:
        stood = {} if indicator is None else {name: getattr(indicator, name) for name in _WRITTEN[1:]}
        super().__init__(data, stood=stood, initial=stood)
        known = [(key, label) for key, label in figures if indicator is None or key != indicator.figure_key]
        own = [(indicator.figure_key, indicator.figure_key)] if indicator and indicator.figure_key else []
        labels = dict(figures)
        offer(self, "figure_key", [("", _("没有")), *((key, labels.get(key, key)) for key, _own in own), *known])
        if indicator is None:
            del self.fields["because"], self.fields["seen"]
        else:
            del self.fields["code"]


_WRITTEN = ("code", "name", "name_en", "unit", "period", "formula", "bases", "owner", "figure_key")


def indicator_row(given: Mapping[str, Any]) -> IndicatorRow:
    """What was typed of an indicator."""
    return IndicatorRow(**{**{name: given[name] for name in _WRITTEN}, "period": PeriodKind(given["period"])})


class EnterForm(SavingForm):
    """A value that a paper states, with the paper."""

    value = LargeField(label=_("数"), help_text=_("按指标的单位填。"))
    bound = forms.ChoiceField(
        label=_("怎么算这个数"), choices=[one for one in BOUND_CHOICES if one[0] != Bound.RANGE.value]
    )
    place = forms.ChoiceField(label=_("地方"), required=False)
    period = forms.CharField(label=_("时期"), max_length=40, help_text=PERIOD_HELP)
    strength = forms.ChoiceField(label=_("依据"), choices=STRENGTH_CHOICES)
    says = forms.CharField(label=_("材料怎么说"), max_length=300)
    file = forms.FileField(label=_("材料"))

    def __init__(self, data: Any, files: Any, *, places: Choices) -> None:
        super().__init__(data, files)
        offer(self, "place", [WHOLE, *places])

    def clean(self) -> dict[str, Any]:
        """What the service is told."""
        given = super().clean() or {}
        if not self.errors:
            given |= {"bound": Bound(given["bound"]), "strength": Strength(given["strength"])}
            given["name"] = given["file"].name
        return given


class RevisionForm(SavingForm):
    """Which fact replaces which, and why."""

    fact = forms.ChoiceField(label=_("以这个数为准"))
    older = forms.ChoiceField(label=_("替代这个数"))
    because = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any, *, facts: Iterable[tuple[Fact, Any]]) -> None:
        super().__init__(data)
        offered = [(str(fact.uuid), words) for fact, words in facts]
        offer(self, "fact", offered)
        offer(self, "older", offered)

    def clean(self) -> dict[str, Any]:
        """What the service is told."""
        given = super().clean() or {}
        return given if self.errors else {**given, "fact": UUID(given["fact"]), "older": UUID(given["older"])}
