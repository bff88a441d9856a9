# SPDX-License-Identifier: Apache-2.0
"""What is typed on the pages of chains; the form of a step is made of what its product class says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base import formats
from shanhai.base.forms import SavingForm, refused
from shanhai.field.traceability.chains.rules.typed import read_fields
from shanhai.field.traceability.chains.selectors.pages import Offer
from shanhai.field.traceability.chains.selectors.products import called, facts_of
from shanhai.field.traceability.chains.values import Definition, Does, FieldFacts, FieldKind, Made, Taken
from shanhai.field.traceability.models import Party, Zone
from shanhai.field.traceability.states import LotKind
from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.registers.places.selectors import meant_division
from shanhai.registers.tables.forms import DayField, WholeField

# Lines for what comes out of one step; more are recorded as another step.
MOST_ROWS, SHOWN = 6, 2
# What is the same from day to day is offered again; what names one paper or one animal is not.
_FRESH = frozenset(
    {"tag", "number", "issued_on", "note", "mark", "celsius", "arsenic", "moisture", "because", "verdict"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one of what comes out; ``number`` is 0 where there is but one."""

    number: int
    fields: Sequence[BoundField]


class StepForm(forms.Form):
    """A step of a chain. Its fields are called as the service calls them, so that a refusal finds its place."""

    TOLD_AS: ClassVar[Mapping[str, str]] = {
        "grams": "0.grams",
        "pieces": "0.pieces",
        "outputs": "0.grams",
        "count": "0.count",
    }

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    day = DayField(label=_("日子"))

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer, step = offer, offer.step
        if step.permit:
            choices = [(str(one.uuid), self._permit(one)) for one in offer.permits]
            self._add("permit", forms.ChoiceField(label=_("用哪张采集证"), choices=choices))
        if step.takes:
            self._take()
        if step.does is Does.SHIP:
            choices = [(str(one.uuid), one.organisation.name) for one in offer.receivers]
            self._add("to", forms.ChoiceField(label=_("发给"), choices=choices))
        for one in step.fields:
            self._add(one.key, _field(one, offer.definition))
        if step.does is Does.PACK:
            told = _("刮开才看得到，买的人可以查第一次揭开的时间。只能随标签印一次。")
            self._add("covered", forms.BooleanField(label=_("标签带覆盖码"), help_text=told, required=False))
        self._every = self._rows()
        # Few come out on most days: the others are folded.
        self.rows, self.folded = self._every[:SHOWN], self._every[SHOWN:]
        for name, value in (offer.last or {}).items():
            if name in self.fields and name not in _FRESH:
                self.fields[name].initial = value

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field

    def _take(self) -> None:
        step, lots = self.offer.step, self.offer.lots
        choices = [(str(lot.uuid), _lot_words(lot, self.offer.definition)) for lot in lots]
        if step.takes_most == 1:
            only = choices[0][0] if len(choices) == 1 else None
            field: forms.Field = forms.ChoiceField(
                label=_("用哪些批次"), choices=choices, widget=forms.RadioSelect, initial=only
            )
        else:
            every = [one for one, _words in choices] if step.does is Does.RECEIVE or len(choices) == 1 else None
            widget = forms.CheckboxSelectMultiple
            field = forms.MultipleChoiceField(label=_("用哪些批次"), choices=choices, widget=widget, initial=every)
        self._add("inputs", field)
        for lot in lots if step.does is Does.RECEIVE else ():
            if lot.grams:
                label = gettext("%(code)s 收到（克）") % {"code": lot.code}
                weight = WholeField(label=label, min_value=1, max_value=10**9, initial=lot.left, required=False)
                self._add(f"got.{lot.uuid}", weight)

    def _rows(self) -> list[Row]:
        step = self.offer.step
        if not step.makes or step.makes == LotKind.ANIMAL:
            return []
        count = 1 if step.does is Does.PACK else min(step.makes_most, MOST_ROWS)
        rows = []
        for at in range(count):
            names = [f"{at}.grams", f"{at}.pieces"]
            grams = _("每箱盒重量（克）") if step.does is Does.PACK else _("重量（克）")
            self._add(names[0], WholeField(label=grams, min_value=1, max_value=10**9, required=at == 0))
            pieces = _("每箱盒条数或个数") if step.does is Does.PACK else _("条数或个数")
            self._add(names[1], WholeField(label=pieces, min_value=0, max_value=10**8, required=False))
            if step.does is Does.PACK:
                names.append(f"{at}.count")
                self._add(names[-1], WholeField(label=_("箱盒数"), min_value=1, max_value=step.makes_most, initial=1))
            for one in step.each:
                names.append(f"{at}.{one.key}")
                field = _field(one, self.offer.definition)
                field.required = one.required and at == 0
                self._add(names[-1], field)
            rows.append(names)
        alone = len(rows) == 1
        return [Row(0 if alone else at, [self[name] for name in names]) for at, names in enumerate(rows, 1)]

    @property
    def above(self) -> list[Any]:
        """The fields above what comes out."""
        below = {field.name for row in self._every for field in row.fields}
        return [field for field in self if field.name not in below and not field.is_hidden]

    def taken(self) -> list[Taken]:
        """The lots that were chosen, with what was weighed of each that is received."""
        given = self.cleaned_data.get("inputs") or []
        chosen = [given] if isinstance(given, str) else given
        return [Taken(UUID(one), self.cleaned_data.get(f"got.{one}")) for one in chosen]

    def made(self) -> list[Made]:
        """What comes out, without the lines that were left empty at the end."""
        found, data = list[Made](), self.cleaned_data
        for at in range(len(self._every)):
            facts = {one.key: str(data.get(f"{at}.{one.key}") or "") for one in self.offer.step.each}
            row = Made(data.get(f"{at}.grams") or 0, data.get(f"{at}.pieces") or 0, data.get(f"{at}.count") or 1, facts)
            found.append(row)
        while found and not found[-1].grams and not any(found[-1].facts.values()):
            found.pop()
        return found

    def typed(self) -> dict[str, str]:
        """The fields of the step as text; the service reads them."""
        values = {one.key: self.cleaned_data.get(one.key) for one in self.offer.step.fields}
        return {key: str(value) for key, value in values.items() if value not in (None, "")}

    def _permit(self, permit: Any) -> str:
        words = {"number": permit.number, "zone": permit.zone.name, "holder": permit.holder}
        words |= {"rest": formats.number(permit.rest), "last": permit.ends_on.isoformat()}
        # On a phone a long line is cut at its end.
        return gettext("%(number)s · 还剩 %(rest)s 克 · %(holder)s · %(zone)s · 到 %(last)s") % words


class TypedField(forms.CharField):
    """A field of a step, read as the service reads it."""

    def __init__(self, facts: FieldFacts, definition: Definition, **kwargs: Any) -> None:
        super().__init__(max_length=int(facts.most or 500) if facts.kind is FieldKind.TEXT else 30, **kwargs)
        self._facts, self._definition = facts, definition
        if facts.kind is not FieldKind.TEXT:
            self.widget.attrs |= {"inputmode": _KEYS.get(facts.kind, "numeric"), "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        """The text. Raises ValidationError in the words of the service."""
        text = super().clean(value)
        try:
            read_fields((self._facts,), {self._facts.key: text}, product=self._definition, on=date.max)
        except DomainError as error:
            raise refused(error) from error
        return str(text)


_KEYS = {FieldKind.NUMBER: "decimal"}


def _lot_words(lot: Any, definition: Definition) -> str:
    said = [lot.code, *(value for _name, value in facts_of(lot, definition))]
    if lot.grams:
        said.append(gettext("%(grams)s 克") % {"grams": formats.number(lot.left)})
    said.append(clock.local_date(lot.made_at).isoformat())
    return " · ".join(said)


def _field(one: FieldFacts, definition: Definition) -> forms.Field:
    label = f"{called(one.names)}（{one.unit}）" if one.unit else called(one.names)
    facts: dict[str, Any] = {"label": label, "required": one.required}
    if one.kind is FieldKind.CHOICE:
        choices = [(choice.key, called(choice.names)) for choice in one.choices]
        return forms.ChoiceField(
            choices=choices if one.required and len(choices) < 4 else [("", "—"), *choices], **facts
        )
    return DayField(**facts) if one.kind is FieldKind.DAY else TypedField(one, definition, **facts)


class CorrectForm(SavingForm):
    """The weights of what a record made, and why they were wrong."""

    def __init__(self, *args: Any, weights: Sequence[tuple[UUID, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lots = {f"grams.{lot}": lot for lot, _code, _grams in weights}
        for lot, code, grams in weights:
            label = gettext("%(code)s（克）") % {"code": code}
            self.fields[f"grams.{lot}"] = WholeField(label=label, min_value=1, max_value=10**9, initial=grams)
        text = forms.Textarea(attrs={"rows": 2})
        self.fields["because"] = forms.CharField(label=_("哪里错了"), max_length=500, widget=text)

    def clean(self) -> dict[str, Any]:
        """The weights by lot."""
        given = super().clean() or {}
        grams = {lot: given[name] for name, lot in self._lots.items() if name in given}
        return {"grams": grams, "because": given.get("because", "")}


class AnswerForm(SavingForm):
    """What happened, where something does not add up."""

    answer = forms.CharField(label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PermitForm(SavingForm):
    """A permit to collect."""

    number = forms.CharField(label=_("证号"), max_length=40)
    holder = forms.CharField(label=_("持证人代号"), max_length=20, help_text=_("写代号，不写姓名和证件号。"))
    party = forms.ChoiceField(label=_("由谁记录"))
    zone = forms.ChoiceField(label=_("采集区"))
    grams = WholeField(label=_("准采数量（克，鲜重）"), min_value=1, max_value=10**10)
    starts_on = DayField(label=_("起日"))
    ends_on = DayField(label=_("止日"))
    issuer = forms.CharField(label=_("发证机关"), max_length=100)

    def __init__(self, *args: Any, parties: Sequence[Party], zones: Sequence[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parties = {str(one.uuid): one for one in parties}
        _choose(self, "party", [(key, one.organisation.name) for key, one in self._parties.items()])
        _choose(self, "zone", [(str(one.uuid), one.name) for one in zones])

    def clean_party(self) -> Party:
        """The party itself."""
        return self._parties[self.cleaned_data["party"]]

    def clean_zone(self) -> UUID:
        """The zone's uuid."""
        return UUID(self.cleaned_data["zone"])


class ZoneForm(SavingForm):
    """Where may be collected, with its point."""

    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("小写字母、数字和 -，例如 biru-1。"))
    product = forms.ChoiceField(label=_("采什么"))
    place = forms.CharField(label=_("所在区县"), max_length=40, help_text=_("名称或六位区划代码，例如比如县。"))
    point = forms.CharField(label=_("采集点"), max_length=100, required=False)
    party = forms.ChoiceField(label=_("由谁记录"))

    def __init__(self, *args: Any, parties: Sequence[Party], products: Sequence[Definition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parties = {str(one.uuid): one for one in parties}
        _choose(self, "party", [(key, one.organisation.name) for key, one in self._parties.items()])
        _choose(self, "product", [(one.key, called(one.names)) for one in products])

    def clean_party(self) -> Party:
        """The party itself."""
        return self._parties[self.cleaned_data["party"]]

    def clean_place(self) -> str:
        """The code of the division. Raises ValidationError in the words of the register."""
        try:
            return meant_division(self.cleaned_data["place"]).code
        except DomainError as error:
            raise refused(error) from None


class ClosureForm(SavingForm):
    """Days on which nobody collects in a zone."""

    zone = forms.ChoiceField(label=_("采集区"))
    starts_on = DayField(label=_("起日"))
    ends_on = DayField(label=_("止日"))
    because = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, zones: Sequence[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "zone", [(str(one.uuid), one.name) for one in zones])

    def clean_zone(self) -> UUID:
        """The zone's uuid."""
        return UUID(self.cleaned_data["zone"])


class RevokeForm(SavingForm):
    """A permit that is taken back."""

    permit = forms.ChoiceField(label=_("用哪张采集证"))
    because = forms.CharField(label=_("原因"), max_length=500)

    def __init__(self, *args: Any, permits: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "permit", [(str(one.uuid), one.number) for one in permits if one.revoked_at is None])

    def clean_permit(self) -> UUID:
        """The permit's uuid."""
        return UUID(self.cleaned_data["permit"])


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
