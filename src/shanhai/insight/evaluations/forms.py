# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of evaluations, and the table in which a template comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.insight.evaluations.labels import SCORINGS, YES_NO
from shanhai.insight.evaluations.models import TemplateItem
from shanhai.insight.evaluations.selectors import Line
from shanhai.insight.evaluations.services import MOST_WORDS
from shanhai.insight.evaluations.values import Scoring
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.values import shortest
from shanhai.registers.tables.forms import DayField, NumberField, offer
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

_SCORINGS = {words: kind for kind, words in SCORINGS.items()}
TEMPLATES = TableKind(
    "evaluation-template",
    message(gettext_noop("考核办法")),
    (
        Field("template", ("考核名称",), Holds.TEXT, cells.text(80), width=24),
        Field("aspect", ("方面",), Holds.TEXT, cells.text(40), required=True),
        Field("item", ("考核指标", "指标"), Holds.TEXT, cells.text(80), required=True, identity=True, width=30),
        Field("weight", ("权重",), Holds.TEXT, cells.number, required=True),
        Field(
            "scoring", ("计分办法",), Holds.TEXT, cells.word(_SCORINGS, Scoring), required=True,
            choices=tuple(SCORINGS.values()),
        ),
        Field("target", ("目标值",), Holds.TEXT, cells.number),
        Field("steps", ("分档",), Holds.TEXT, cells.text(200), width=30),
        Field("figure", ("系统的数",), Holds.TEXT, cells.text(80)),
        Field("evidence", ("要的证据",), Holds.TEXT, cells.text(200), width=30),
    ),
    tells=lambda keys: all(one in keys for one in ("item", "weight", "scoring")),
    passed_over=frozenset({"序号", "备注"}),
    asks_for="“考核指标”“权重”“计分办法”",
)  # fmt: skip


class OpenForm(SavingForm):
    """The period that is judged."""

    starts_on = DayField(label=_("从"))
    ends_on = DayField(label=_("到"))


class InForceForm(SavingForm):
    """The paper that a template rests on."""

    basis = forms.CharField(
        label=_("依据的文件"), max_length=200, required=False, help_text=_("没有正式文件就不填，继续标“示例”。")
    )


class LinesForm(SavingForm):
    """A number, words, or both for each item; the names of the fields end with the item's position."""

    number: tuple[str, Any] | None = None
    words: tuple[str, Any] = ("words", _("“%(item)s”的说明"))
    # The names by which the service takes the fields.
    takes: ClassVar[Mapping[str, str]]

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = [line.score.item.position for line in lines]
        for line in lines:
            item = line.score.item
            if self.number and (value := self.starts_with(line)) is not None:
                label = self.number[1] % {"item": item.name}
                self.fields[f"{self.number[0]}_{item.position}"] = self.number_field(item, label, value)
            self.fields[f"{self.words[0]}_{item.position}"] = forms.CharField(
                label=self.words[1] % {"item": item.name},
                required=False,
                max_length=MOST_WORDS,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=getattr(line.score, self.words[0]),
            )

    def starts_with(self, line: Line) -> str | None:
        """The number that its field begins with, "" for none; None where there is no field."""
        return None

    def number_field(self, item: TemplateItem, label: str, value: str) -> forms.Field:
        """The field for the number of an item."""
        return NumberField(label=label, required=False, initial=value or None)

    def clean(self) -> dict[str, Any]:
        """What the service takes: by its names, what was typed by position, fields left empty left out."""
        typed = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        taken = {name: typed[name] for name in self.base_fields if name in typed}
        for field, name in self.takes.items():
            given = {place: typed.get(f"{field}_{place}") for place in self.places}
            taken[name] = {place: value for place, value in given.items() if value is not None}
        return taken


class AssessForm(LinesForm):
    """What was reached, where no figure says it, and what speaks for it."""

    number = ("reached", _("“%(item)s”做到多少"))
    takes: ClassVar[Mapping[str, str]] = {"reached": "reached", "words": "words"}

    def starts_with(self, line: Line) -> str | None:
        """What was said before."""
        if line.score.item.figure:
            return None
        return "" if line.score.reached is None else shortest(line.score.reached)

    def number_field(self, item: TemplateItem, label: str, value: str) -> forms.Field:
        """Yes and no are chosen, not typed."""
        if item.scoring != Scoring.YES_NO:
            return super().number_field(item, label, value)
        choices = [("", "—"), *((key, gettext(word)) for key, word in YES_NO.items())]
        return forms.TypedChoiceField(
            label=label, required=False, choices=choices, coerce=Decimal, empty_value=None, initial=value
        )


class AttachForm(SavingForm):
    """A file that proves what is said of an item."""

    item = forms.TypedChoiceField(label=_("指标"), coerce=int)
    file = forms.FileField(label=_("证据文件"), help_text=_("PDF、图片、Word 或 Excel。"))

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", [(str(line.score.item.position), line.score.item.name) for line in lines])

    def clean(self) -> dict[str, Any]:
        """What the service is told."""
        given = super().clean() or {}
        return given | {"name": given["file"].name} if given.get("file") else given


class DecideForm(LinesForm):
    """The points of each item, and why where they are others than those reckoned."""

    number = ("points", _("“%(item)s”的得分"))
    words = ("opinion", _("“%(item)s”的意见"))
    takes: ClassVar[Mapping[str, str]] = {"points": "points_given", "opinion": "opinions"}

    def starts_with(self, line: Line) -> str | None:
        """The points given before, else those reckoned."""
        return str(line.own if line.score.decided is None else line.score.decided)


class AppealForm(LinesForm):
    """Why, and what speaks against the points of single items."""

    words = ("appeal", _("对“%(item)s”的申诉"))
    takes: ClassVar[Mapping[str, str]] = {"appeal": "against"}
    because = forms.CharField(label=_("申诉的理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
