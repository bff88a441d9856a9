# SPDX-License-Identifier: Apache-2.0
"""What is asked of a shape, and how one is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named, say
from shanhai.base.forms import SavingForm
from shanhai.kernel.maps import MapLayer
from shanhai.registers.tables.forms import NumberField

MOST_KM = 500
SYSTEMS = (
    ("", _("文件里写的；GeoJSON、KML、WKT 是 WGS 84")),
    ("wgs84", _("WGS 84（GPS、北斗设备）")),
    ("cgcs2000", _("CGCS2000（测绘成果）")),
    ("gcj02", _("GCJ-02（高德、腾讯地图）")),
    ("bd09", _("BD-09（百度地图）")),
)


class AskForm(forms.Form):
    """In which outline, how far around it, and what is nearest."""

    place = forms.ChoiceField(label=_("看哪里"), required=False)
    km = NumberField(label=_("周围多少公里"), required=False)
    near = forms.ChoiceField(label=_("另找最近的"), required=False)

    def __init__(self, *args: Any, places: Sequence[Any], layers: Sequence[MapLayer], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ask_%s", **kwargs})
        offered: dict[str, Any] = self.fields
        offered["place"].choices = [("", _("给的图形")), *((one.code, named(one)) for one in places)]
        offered["near"].choices = [("", _("不找")), *((one.key, say(one.label)) for one in layers)]

    def clean_km(self) -> float:
        """Kilometres, 0 for none. Raises ValidationError."""
        found = self.cleaned_data["km"] or 0
        if found > MOST_KM:
            raise forms.ValidationError(_("最多 %(most)s 公里。"), params={"most": MOST_KM})
        return float(found)


class CountForm(forms.Form):
    """Of which layer, in the areas of which."""

    of = forms.ChoiceField(label=_("数什么"))
    areas = forms.ChoiceField(label=_("按什么分"))

    def __init__(self, *args: Any, layers: Sequence[MapLayer], areas: Sequence[MapLayer], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "count_%s", **kwargs})
        offered: dict[str, Any] = self.fields
        for name, chosen in (("of", layers), ("areas", areas)):
            offered[name].choices = [(one.key, say(one.label)) for one in chosen]


class ShapeForm(SavingForm):
    """A file or a text with a shape, and the system of its coordinates."""

    file = forms.FileField(
        label=_("图形文件"),
        required=False,
        allow_empty_file=True,
        help_text=_("GeoJSON、压缩成 .zip 的 shapefile、GeoPackage、KML、WKT。只用来分析，保留一小时。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,.zip,.gpkg,.kml,.wkt"}),
    )
    text = forms.CharField(
        label=_("或者粘贴文字"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("GeoJSON 或 WKT，例如 POLYGON((101.9 30, 102 30, 102 30.1, 101.9 30))，先经度后纬度。"),
    )
    crs = forms.ChoiceField(label=_("坐标系"), required=False, choices=SYSTEMS)
