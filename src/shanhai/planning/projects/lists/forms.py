# SPDX-License-Identifier: Apache-2.0
"""What people type above and below the list of projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts.selectors import refs_named
from shanhai.base.forms import FoldingForm
from shanhai.kernel.actors import Actor
from shanhai.planning.projects.core.selectors import subjects_of
from shanhai.planning.projects.dossier.rules import ONWARD, REQUIREMENTS
from shanhai.planning.projects.dossier.selectors.gates import MOVE
from shanhai.planning.projects.labels import DELIVERIES, NOVELTIES, STAGES
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters
from shanhai.planning.projects.states import Delivery, Novelty, Stage
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.values import AccountKind, Wanted
from shanhai.registers.tables.forms import DayField, offer

CROSS_YEAR = "cross_year"


class QuickSelect(forms.Select):
    """Writes its options without a template for each: the filters of a page have a hundred."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The same as ``forms.Select``, for choices without groups."""
        chosen = self.format_value(value)
        written = (
            f'<option value="{escape(key)}"{" selected" if str(key) in chosen else ""}>{escape(word)}</option>'
            for key, word in self.choices
        )
        given = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return SafeString(f"<select{given}>{''.join(written)}</select>")


def _choice(label: Any, *choices: tuple[str, Promise], kind: Callable[[Any], Any] = str) -> forms.ChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, widget=QuickSelect, choices=[("", _("全部")), *choices], coerce=kind,
        empty_value=None,
    )  # fmt: skip


class ToldFilter(forms.Form):
    """A filter that can say what it filters by."""

    def words(self) -> list[str]:
        """What is filtered by, for people: "阶段：已开工"."""
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value:
                choices = field.choices if isinstance(field, forms.ChoiceField) else ()
                known = dict(cast("Sequence[tuple[str, str]]", choices))
                said.append(str(field.label) if value is True else f"{field.label}：{known.get(value, value)}")
        return said


class VoucherFilter(ToldFilter):
    """The filters above the vouchers. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("凭证号或摘要"), required=False, max_length=100)
    project = forms.CharField(label=_("项目"), required=False, max_length=100)
    kind = _choice(_("计入"), *((one.value, _(words.text)) for one, words in KIND_LABELS.items()), kind=AccountKind)
    county = _choice(_("县（市）"))
    source = _choice(_("资金来源"))
    who = forms.CharField(label=_("记账人"), required=False, max_length=60)
    since = forms.DateField(label=_("从哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self, *args: Any, counties: Sequence[tuple[str, str]], sources: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "county", [("", _("全部")), *counties])
        offer(self, "source", [("", _("全部")), *sources])

    def wanted(self, viewer: Actor, programme: str, place: str | None) -> Wanted:
        """The postings that the filter, as far as it was understood, keeps in the programme and the place."""
        self.is_valid()
        given = self.cleaned_data
        project, who = given.get("project"), given.get("who")
        return Wanted(
            kind=given.get("kind") or None,
            place=given.get("county") or place,
            fund_source=given.get("source") or "",
            subjects=subjects_of(viewer=viewer, programme=programme, text=project) if project else None,
            recorded_by=refs_named(text=who) if who else None,
            text=given.get("text") or "",
            since=given.get("since"),
            until=given.get("until"),
        )


class FilterForm(ToldFilter, FoldingForm):
    """The filters above the list. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("名称、编号或拼音首字母"), required=False, max_length=100)
    county = _choice(_("县（市）"))
    stage = _choice(_("阶段"), *((one.value, name) for one, name in STAGES.items()), kind=Stage)
    delivery = _choice(_("建设方式"), *((one.value, name) for one, name in DELIVERIES.items()), kind=Delivery)
    year = _choice(_("年度"), kind=int)
    late = forms.BooleanField(label=_("只看逾期"), required=False)
    category = _choice(_("类别"))
    novelty = _choice(_("新建或续建"), *((one.value, word) for one, word in NOVELTIES.items()), (CROSS_YEAR, _("跨年")))
    capital = _choice(_("固定资产投资"), ("yes", _("固投")), ("no", _("非固投")))
    waits = _choice(
        _("等您办"),
        *((f"{MOVE}{old}", format_lazy("{} → {}", STAGES[old], STAGES[to])) for old, to in ONWARD.items()),
        *((one.key, format_lazy("{}：{}", STAGES[one.before], _(one.asks.text))) for one in REQUIREMENTS),
    )
    # These wait folded until one of them is asked for.
    FURTHER = ("delivery", "category", "novelty", "capital", "waits")

    def __init__(
        self,
        *args: Any,
        counties: Sequence[tuple[str, str]],
        years: Sequence[int],
        categories: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories
        if not self.data.get("waits"):
            # It is asked for by the links of 待办 alone.
            del self.fields["waits"]
        offered = {"county": counties, "year": [(str(year), str(year)) for year in years], "category": categories}
        for name, choices in offered.items():
            offer(self, name, [("", _("全部")), *choices])

    def filters(self) -> ProjectFilters:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        return ProjectFilters(
            text=given.get("text", "").replace("\x00", ""),
            late=bool(given.get("late")),
            novelty=Novelty(given["novelty"]) if given.get("novelty") in set(Novelty) else None,
            cross_year=given.get("novelty") == CROSS_YEAR,
            waits=given.get("waits") or "",
            capital={"yes": True, "no": False}.get(given.get("capital") or ""),
            **{name: given.get(name) for name in ("stage", "county", "delivery", "year", "category")},
        )


class TogetherForm(forms.Form):
    """One step for many projects: to which stage, on which day, why. Stops and cancelling are for one at a time."""

    to = forms.TypedChoiceField(
        label=_("进入"),
        coerce=Stage,
        choices=[(s.value, STAGES[s]) for s in Stage if s not in {Stage.PREPARATION, Stage.SUSPENDED, Stage.CANCELLED}],
    )
    on = DayField(label=_("哪一天"))
    because = forms.CharField(label=_("原因"), required=False, max_length=500)
