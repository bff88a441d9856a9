# SPDX-License-Identifier: Apache-2.0
"""What people type on the page of seasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.planning.seasons.rules import HIGHEST_M, MAX_TEXT, MOST_BANDS
from shanhai.planning.seasons.services import MAX_NAME
from shanhai.planning.seasons.values import MOST_DAYS, Season
from shanhai.registers.tables.forms import DayField, WholeField


class PlannerForm(forms.Form):
    """Where, how much work, until when, and how long tendering and preparing take."""

    altitude_m = WholeField(label=_("海拔（米）"), min_value=-200, max_value=HIGHEST_M)
    work_days = WholeField(label=_("施工天数"), min_value=1, max_value=MOST_DAYS)
    finish_by = DayField(label=_("最晚完工日"))
    tender_days = WholeField(label=_("招标天数"), min_value=0, max_value=MOST_DAYS, initial=45)
    prepare_days = WholeField(label=_("进场准备天数"), min_value=0, max_value=MOST_DAYS, initial=15)

    def clean_finish_by(self) -> Any:
        """A day of this age; others are slips of the hand."""
        day = self.cleaned_data["finish_by"]
        if not 1978 <= day.year <= 2100:
            raise forms.ValidationError(_("年份要在 1978 到 2100 之间。"), code="year")
        return day


class BandForm(forms.Form):
    """One row of a version; an empty row is left out."""

    from_m = WholeField(label=_("从（米）"), required=False, min_value=0, max_value=HIGHEST_M)
    to_m = WholeField(label=_("到（米，不含）"), required=False, min_value=1, max_value=HIGHEST_M)
    opens = forms.CharField(label=_("开工日（月-日）"), required=False, max_length=5)
    closes = forms.CharField(label=_("收工日（月-日）"), required=False, max_length=5)
    source = forms.CharField(label=_("依据"), required=False, max_length=MAX_TEXT)
    is_sample = forms.BooleanField(label=_("示例"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The rows stand in a table, whose head is the visible label of all of them.
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        """A row in which anything is written says where it begins."""
        given = super().clean() or self.cleaned_data
        if self.has_changed() and given.get("from_m") is None and "from_m" not in self.errors:
            self.add_error("from_m", _("请写明从多少米起，最低的一段从 0 起。"))
        return given


class VersionForm(forms.Form):
    """The name of a new version."""

    version = forms.CharField(label=_("版本名称"), max_length=MAX_NAME, help_text=_("例如“2026 年施工季”。"))


BandForms = forms.formset_factory(BandForm, extra=3, max_num=MOST_BANDS, validate_max=True, absolute_max=MOST_BANDS)


def shown(bands: tuple[Season, ...]) -> list[dict[str, Any]]:
    """The bands in force as the rows to begin a new version with."""
    return [{name: getattr(band, name) for name in BandForm.base_fields} for band in bands]


def read(rows: Any) -> list[Season]:
    """The bands that were typed; ``rows`` is a valid formset."""
    given = [row.cleaned_data for row in rows if row.cleaned_data.get("from_m") is not None]
    return [Season(**{name: one[name] for name in BandForm.base_fields}) for one in given]
