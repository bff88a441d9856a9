# SPDX-License-Identifier: Apache-2.0
"""What people type about vehicles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import (
    Choices,
    LateChoiceField,
    LatePlaceField,
    MomentField,
    NumberField,
    WholeField,
    offer,
)
from shanhai.team.conduct.values import MOST_NAME, MOST_PLACE, MOST_REASON, UseFacts, VehicleFacts
from shanhai.team.conduct.vehicles.services import MOST_KM, MOST_PLATE, MOST_SEATS


class AskForm(SavingForm):
    """A vehicle that one asks for."""

    since = MomentField(label=_("几时用"))
    until = MomentField(label=_("几时还"))
    destination = forms.CharField(label=_("开到哪里"), max_length=MOST_PLACE)
    to_place = LatePlaceField(label=_("在哪个县"), required=False)
    people = WholeField(label=_("几个人坐"), min_value=1, max_value=MOST_SEATS)
    purpose = forms.CharField(label=_("办什么事"), max_length=MOST_REASON)
    because = forms.CharField(label=_("急用的原因"), required=False, max_length=MOST_REASON)

    def __init__(self, data: Any, *, counties: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "to_place", counties, first=("", gettext("本州以外")))

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": UseFacts(**given)}


class VehicleForm(SavingForm):
    """A vehicle that is registered."""

    plate = forms.CharField(label=_("车牌"), max_length=MOST_PLATE)
    name = forms.CharField(label=_("车型"), max_length=MOST_NAME)
    seats = WholeField(label=_("坐几人"), min_value=1, max_value=MOST_SEATS)
    litres = NumberField(label=_("百公里油耗（升）"))
    odometer_km = WholeField(label=_("里程表（公里）"), min_value=0, max_value=MOST_KM)
    place = forms.ChoiceField(label=_("停在哪个县"))

    def __init__(self, data: Any, *, counties: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "place", counties())

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": VehicleFacts(**given)}


class GiveForm(SavingForm):
    """Which vehicle, and who drives."""

    vehicle = LateChoiceField(label=_("哪辆车"))
    driver = LateChoiceField(label=_("谁来开"))

    def __init__(self, data: Any, *, vehicles: Choices, drivers: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "vehicle", vehicles)
        offer(self, "driver", drivers)


class OutForm(SavingForm):
    """What the clock says when the car leaves."""

    km_out = WholeField(label=_("里程表（公里）"), min_value=0, max_value=MOST_KM)


class BackForm(SavingForm):
    """What the desk reads and hears when the car is back."""

    km_in = WholeField(label=_("里程表（公里）"), min_value=0, max_value=MOST_KM)
    fuel = NumberField(label=_("路上加油（升）"), help_text=_("没有加填 0。"))
    overnight = forms.CharField(
        label=_("过夜停在哪里"), required=False, max_length=MOST_PLACE, help_text=_("没有过夜或停回原处，空着。")
    )
    explained = forms.CharField(label=_("说明"), required=False, max_length=MOST_REASON)


class ExplainForm(SavingForm):
    """Why a drive was as it was."""

    explained = forms.CharField(label=_("说明"), max_length=MOST_REASON)
