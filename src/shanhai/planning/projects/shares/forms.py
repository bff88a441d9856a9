# SPDX-License-Identifier: Apache-2.0
"""The forms of the money of lines: what has arrived, and what moving some of it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base import formats
from shanhai.base.forms import AnsweringForm, SavingForm
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.core.forms import words
from shanhai.planning.projects.labels import LEVELS
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares.rules.money import pooled_shares, require_stated
from shanhai.planning.projects.shares.selectors.idle import list_awaiting
from shanhai.planning.projects.states import Level
from shanhai.registers.tables.forms import DayField, PercentField, offer, read_amount, typed

UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}
NEW = "new"


class AmountForm(forms.Form):
    """An amount in a unit of one's choice; cleaned, it is Money."""

    amount = forms.CharField(label=_("金额"), max_length=30, help_text=_("例如 312.5；也可以写 312.5万元。"))
    unit = forms.ChoiceField(label=_("金额单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))])

    def clean_amount(self) -> Money:
        """The amount in its unit."""
        return read_amount(self.cleaned_data["amount"], UNITS.get(self.data.get("unit", ""), YUAN))


class NumberedForm(AmountForm, AnsweringForm):
    """An amount from a voucher."""

    ANSWERS: ClassVar = {"apart": "ledger.possible_twin"}
    TOLD_AS: ClassVar = {"on_date": "on", "source": "number"}

    on = DayField(label=_("凭证日期"))
    number = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("同一个凭证号只记一次。"))
    memo = forms.CharField(label=_("摘要"), max_length=200, required=False)
    file = forms.FileField(label=_("附件"), required=False, help_text=_("凭证的扫描件：PDF、图片、Word 或表格。"))
    apart = forms.BooleanField(label=_("确实是不同的（编号相近时勾选）"), required=False)


class ArrivalForm(NumberedForm):
    """Money that has come in, for all lines of a year that wait for some, or for some of them, each as stated."""

    EACH: ClassVar = "each-"

    year = forms.TypedChoiceField(label=_("哪一年的计划"), coerce=int)
    fund_source = forms.ChoiceField(label=_("资金来源"))
    on = DayField(label=_("到账日期"))
    field_order = ("year", "fund_source", "amount", "unit", "on", "number")

    def __init__(
        self,
        *args: Any,
        sources: Iterable[tuple[str, str]],
        years: Iterable[int],
        waiting: tuple[int, Sequence[AllocationLine]] = (0, ()),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "fund_source", sources)
        offer(self, "year", [(str(year), str(year)) for year in years])
        self.general = self.fields.keys() - {"year", "fund_source"}
        self.count, self.waiting = waiting
        for line in self.waiting:
            self.fields[f"{self.EACH}{line.uuid}"] = field = forms.CharField(required=False, max_length=30)
            field.label = str(line.project)
            field.widget.attrs |= {"inputmode": "decimal", "aria-label": gettext("这次给“%s”多少") % line.project}

    def rows(self) -> list[tuple[AllocationLine, forms.BoundField, bool]]:
        """The lines that wait, each with its field and whether it is chosen."""
        chosen = self._chosen()
        return [(line, self[f"{self.EACH}{line.uuid}"], line in chosen) for line in self.waiting]

    def fields_above(self) -> list[forms.BoundField]:
        """What is asked of the arrival as a whole, beside the plan and source whose lines are listed."""
        return [field for field in self if field.name in self.general]

    def each(self) -> dict[UUID, Money]:
        """What each line gets: as stated, else what is chosen by what each waits for; nothing leaves it to the whole.

        Raises BadInput where lines are listed and none is chosen, Refused where those chosen wait for less.
        """
        if stated := self._stated():
            return stated
        if self._chosen():
            return self._shares()
        if "listed" in self.data:
            text = gettext_noop("还没有选项目。请勾选项目或填各给多少；要给全部项目的，先点“按还差的分一分”看看。")
            raise BadInput(text, "projects.no_line_chosen")
        return {}

    def share_out(self) -> dict[UUID, Money]:
        """Write into each field what the line would get: what is stated, unless lines are chosen to share it.

        Raises BadInput, Refused.
        """
        shares = self._stated() if not self._chosen() else {}
        if shares:
            rows = [(one.project.name, one.awaited, shares[one.uuid]) for one in self.waiting if one.uuid in shares]
            require_stated(self.cleaned_data["amount"], rows)
        shares, unit = shares or self._shares(), UNITS.get(self.data.get("unit", ""), YUAN)
        data: Any = self.data
        self.data = data = data.copy()
        for line in self.waiting:
            data[f"{self.EACH}{line.uuid}"] = typed(shares[line.uuid], unit) if line.uuid in shares else ""
        return shares

    def _stated(self) -> dict[UUID, Money]:
        return {line.uuid: one for line in self.waiting if (one := self.cleaned_data[f"{self.EACH}{line.uuid}"])}

    def _chosen(self) -> list[AllocationLine]:
        ticked = set(self.data.getlist("line")) if hasattr(self.data, "getlist") else set()
        return [line for line in self.waiting if str(line.uuid) in ticked]

    def _shares(self) -> dict[UUID, Money]:
        amount, lines = self.cleaned_data["amount"], self._chosen() or self.waiting
        shares = pooled_shares(amount, [(line.amount_fen, line.arrived_fen) for line in lines])
        return {line.uuid: Money(fen, amount.currency) for line, fen in zip(lines, shares, strict=True) if fen}

    def clean(self) -> dict[str, Any]:
        """What was typed; what is stated for each line is Money."""
        given = super().clean() or self.cleaned_data
        for name in [one for one in given if one.startswith(self.EACH) and given[one]]:
            try:
                given[name] = read_amount(given[name], UNITS.get(self.data.get("unit", ""), YUAN))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return given


class ShiftForm(AmountForm, SavingForm):
    """How much of what a voucher brought for which line goes to another project, and why."""

    line = forms.TypedChoiceField(label=_("从哪一笔转出"), coerce=ids.parse_id)
    project = forms.CharField(
        label=_("转给哪个项目"),
        max_length=60,
        help_text=_("项目编号；要是同一年度计划、同一资金来源还等着钱的项目。"),
    )
    because = forms.CharField(label=_("为什么改"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("line", "project", "amount", "unit", "because")

    def clean(self) -> dict[str, Any]:
        """What was typed; the unit is in the amount."""
        given = super().clean() or self.cleaned_data
        return {name: one for name, one in given.items() if name != "unit"}

    def __init__(self, *args: Any, lines: Iterable[tuple[AllocationLine, Money]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "line", [(str(line.uuid), f"{line.project} · {formats.money(had)}") for line, had in lines])


class WhatIfForm(AmountForm):
    """From which line, to which one or to a new one with which tags, and how much."""

    source = forms.ChoiceField(label=_("从哪一笔转出"))
    target = forms.ChoiceField(label=_("转到哪一笔"))
    percent = PercentField(label=_("新安排的民生比例（%）"), min_value=0, max_value=100, initial=0)
    level = words(_("新安排的受益层级"), Level, LEVELS)
    field_order = ("source", "target", "percent", "level")

    def __init__(self, *args: Any, lines: Sequence[AllocationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(line.uuid), f"{line.project} · {line.words} · {formats.money(line.amount)}") for line in lines]
        offer(self, "source", choices)
        offer(self, "target", [(NEW, gettext("一笔新的安排")), *choices])
        for name in ("percent", "level"):
            self.fields[name].required = self.data.get("target") == NEW


# More are found by the words above the list.
MOST_LINES = 300


def arrival_form(
    *,
    viewer: Actor,
    programme: str,
    on: date,
    asked: Mapping[str, str] | None = None,
    given: Any = None,
    files: Any = None,
) -> ArrivalForm:
    """The form of an arrival with the programme's sources and years: empty, or as ``given``. Raises NotVisible.

    With ``asked``, its year, source and words, it has the lines that wait for money of these.
    """
    sources = [
        (one.code, formats.named(one)) for one in programmes.list_fund_sources(viewer=viewer, programme=programme)
    ]
    years = [str(plan.year) for plan in plans.list_yearly_plans(viewer=viewer, programme=programme)]
    chosen = {"year": next(iter(years), ""), "fund_source": next(iter(dict(sources)), "")}
    if asked is not None:
        chosen |= {name: value for name in chosen if (value := asked.get(name, "")) in {*years, *dict(sources)}}
    waiting = None
    if asked is not None and chosen["year"]:
        waiting = list_awaiting(
            viewer=viewer,
            programme=programme,
            year=int(chosen["year"]),
            fund_source=chosen["fund_source"],
            text=asked.get("text", "").replace("\x00", "")[:100],
            limit=MOST_LINES,
        )
    return ArrivalForm(
        given,
        files,
        initial={"on": on, **chosen},
        sources=sources,
        years=[int(year) for year in years],
        **({"waiting": waiting} if waiting else {}),
    )
