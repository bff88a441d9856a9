# SPDX-License-Identifier: Apache-2.0
"""What people type about stations, devices and datastreams; the services judge it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import CorrectingForm, FoldingForm, ReasonForm, SavingForm
from shanhai.field.sensors.labels import HEALTH, KINDS, PAST
from shanhai.field.sensors.models import Datastream, Device, Location, Thing
from shanhai.field.sensors.states import Health
from shanhai.field.sensors.stations.rules.facts import point_of, symbol_of
from shanhai.field.sensors.stations.values import LOGGER, PHENOMENA, UCUM, DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.values import StationKind
from shanhai.registers.places.labels import SYSTEMS
from shanhai.registers.tables.forms import DayField, MomentField, RealField, WholeField, offer

CRS = [(one.value, _(words)) for one, words in SYSTEMS.items()]
_KINDS = [(kind.value, _(words)) for kind, words in KINDS.items()]
_INTERVAL: dict[str, Any] = {
    "label": _("每隔多少秒一个数"),
    "min_value": 1,
    "help_text": _("三个间隔没有来数，就算没有声音。"),
}


MOST_DAYS = 366


class PointForm(SavingForm):
    """A point on the earth."""

    lon = RealField(label=_("经度"), help_text=_("十进制度数，例如 100.2967。"))
    lat = RealField(label=_("纬度"))
    crs = forms.ChoiceField(label=_("坐标系"), choices=CRS, initial="wgs84")
    altitude = RealField(label=_("海拔（米）"))

    def point(self) -> dict[str, str]:
        """What was typed of it."""
        given = {name: self.cleaned_data.get(name) for name in ("lon", "lat", "crs", "altitude")}
        return {name: "" if value is None else str(value) for name, value in given.items()}


class StationForm(PointForm):
    """A new station, and what its first device observes."""

    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.CharField(
        label=_("代码"), max_length=40, help_text=_("小写字母、数字和连字符，写进主题，以后不改，例如 daocheng-3。")
    )
    kind = forms.ChoiceField(label=_("类别"), choices=_KINDS)
    programme = forms.ChoiceField(label=_("对口支援"))
    place = forms.CharField(
        label=_("所在区县"), max_length=40, required=False, help_text=_("代码、名称或拼音；空着按经纬度找。")
    )
    metrics = forms.MultipleChoiceField(
        label=_("观测什么"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("以后还可以在设备页上加。电量不用选，跟着数据发来就能看到。"),
    )
    interval_s = WholeField(**_INTERVAL, required=False, initial=600)

    field_order = [
        "name", "code", "kind", "programme", "lon", "lat", "crs", "altitude", "place", "metrics", "interval_s",
    ]  # fmt: skip

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", programmes)
        units = {key: UCUM[one.unit][0] for key, one in PHENOMENA.items()}
        offer(self, "metrics", [(key, f"{gettext(one.name)} {units[key]}") for key, one in PHENOMENA.items()])

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        named = {name: given.get(name, "") for name in ("code", "name", "kind", "programme", "place")}
        interval = given.get("interval_s")
        return {
            "facts": StationFacts(**named, **self.point()),
            "device": DeviceFacts(LOGGER),
            "streams": [StreamFacts(key, of=key, interval_s=interval) for key in given.get("metrics", ())],
        }


class StationCorrectForm(CorrectingForm, PointForm):
    """What is written of a station; another point than it has means that it was wrong from the beginning."""

    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=_KINDS)
    place = forms.CharField(label=_("所在区县"), max_length=40, required=False)
    description = forms.CharField(
        label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    field_order = ["name", "kind", "place", "lon", "lat", "crs", "altitude", "description"]

    def __init__(self, data: Any, *, station: Thing, location: Location | None) -> None:
        drawn = point_of(location.location) or () if location else ()
        point = dict(zip(("lon", "lat", "altitude"), drawn, strict=False))
        stands = {name: getattr(station, name) for name in ("name", "kind", "place", "description")}
        stands |= {name: point.get(name) for name in ("lon", "lat", "altitude")}
        super().__init__(data, initial=stands, stood=stands)

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        named = {name: given.get(name, "") for name in ("name", "kind", "place", "description")}
        facts = StationFacts(code="", programme="", **named, **self.point())
        return {"facts": facts, "seen": given.get("seen", {})}


class MoveForm(PointForm):
    """Where a station is from now on."""

    on = DayField(label=_("哪天移的"))
    because = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        facts = StationFacts("", "", "", "", **self.point())
        return {"facts": facts, "on": given.get("on"), "because": given.get("because", "")}


class DeviceForm(SavingForm):
    """A device."""

    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("写进主题，以后不改，例如 gnss-1。"))
    name = forms.CharField(label=_("名称"), max_length=100, required=False)
    model = forms.CharField(label=_("型号"), max_length=100, required=False)
    serial = forms.CharField(label=_("序列号"), max_length=100, required=False)
    most_per_hour = WholeField(
        label=_("每小时最多几条"), required=False, min_value=1, help_text=_("多的不收；空着不限。")
    )

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        named = {name: given.get(name, "") for name in ("code", "name", "model", "serial")}
        return {"facts": DeviceFacts(**named, most_per_hour=given.get("most_per_hour")), "seen": given.get("seen", {})}


class DeviceAddForm(DeviceForm):
    """A device that is installed."""

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        return {"facts": super().clean()["facts"]}


class DeviceCorrectForm(CorrectingForm, DeviceForm):
    """What is written of a device; its code stays."""

    def __init__(self, data: Any, *, device: Device) -> None:
        stands = {name: getattr(device, name) for name in ("name", "model", "serial", "most_per_hour")}
        super().__init__(data, initial=stands, stood=stands)
        del self.fields["code"]
        self._code = device.code

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        self.cleaned_data["code"] = self._code
        return super().clean()


class ActForm(ReasonForm):
    """What was done to a device: when and why."""

    on = DayField(label=_("哪天"))

    field_order = ["on", "because"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today}, **kwargs})


class ReplaceForm(ActForm):
    """Another instrument in the place of this one."""

    serial = forms.CharField(label=_("新的序列号"), max_length=100)
    model = forms.CharField(label=_("新的型号"), max_length=100, required=False, help_text=_("没有变就空着。"))

    field_order = ["serial", "model", "on", "because"]


class CalibrateForm(ActForm):
    """What a calibration has found."""

    offset = forms.CharField(label=_("偏差"), max_length=200, help_text=_("例如“气温 +0.3 °C”。已存的数不改。"))

    field_order = ["offset", "on", "because"]


class StreamForm(SavingForm):
    """One more property that a device observes, and how it is judged."""

    of = forms.ChoiceField(
        label=_("观测什么"), required=False, help_text=_("目录里没有的，选“别的”，自己写名称和单位。")
    )
    metric = forms.CharField(
        label=_("指标代号"), max_length=40, required=False, help_text=_("写进主题，例如 temp；空着用目录里的。")
    )
    name = forms.CharField(label=_("名称"), max_length=100, required=False, help_text=_("空着用目录里的名称。"))
    unit = forms.CharField(label=_("单位"), max_length=40, required=False, help_text=_("例如 °C、mm；空着用目录里的。"))
    interval_s = WholeField(**_INTERVAL, required=False)
    low = RealField(label=_("下限"), help_text=_("比它小的不可能；空着用目录里的。"))
    high = RealField(label=_("上限"))
    most_per_s = RealField(label=_("每秒最多变化"), help_text=_("变得更快会标出来。"))
    stuck_after = WholeField(label=_("连续几个相同算不动"), required=False, min_value=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(key, gettext(one.name)) for key, one in PHENOMENA.items()]
        if "of" in self.fields:
            offer(self, "of", [*known, ("", _("别的"))])
            self.fields["of"].initial = known[0][0]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        texts: dict[str, Any] = {name: given.get(name) or "" for name in ("of", "metric", "name", "unit")}
        texts["metric"] = texts["metric"] or texts["of"]
        limits: dict[str, Any] = {
            name: given.get(name) for name in ("interval_s", "low", "high", "most_per_s", "stuck_after")
        }
        return {"facts": StreamFacts(**texts, **limits)}


class StreamCorrectForm(CorrectingForm, StreamForm):
    """What is written of a datastream; metric and property stay."""

    def __init__(self, data: Any, *, stream: Datastream) -> None:
        names = ("name", "interval_s", "low", "high", "most_per_s", "stuck_after")
        stands = {name: getattr(stream, name) for name in names} | {"unit": symbol_of(stream.unit)}
        super().__init__(data, initial=stands, stood=stands)
        del self.fields["of"], self.fields["metric"]
        self.fields["name"].required = True
        self.fields["low"].help_text = _("比它小的不可能；空着不判断。")
        self._metric = stream.metric

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        seen = self.cleaned_data.get("seen", {})
        self.cleaned_data["metric"] = self._metric
        return super().clean() | {"seen": seen}


class FilterForm(FoldingForm):
    """The filters above the list. What cannot be understood filters nothing."""

    FURTHER = ("kind", "programme", "place")

    text = forms.CharField(label=_("名称或代码"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *_KINDS])
    health = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((one.value, _(words)) for one, (_mark, words) in HEALTH.items())],
    )
    programme = forms.ChoiceField(label=_("对口支援"), required=False)
    place = forms.ChoiceField(label=_("所在区县"), required=False)

    def __init__(self, *args: Any, programmes: Sequence[Any], places: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", [("", _("全部")), *programmes])
        offer(self, "place", [("", _("全部")), *places])

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("text", ""),
            "kind": StationKind(given["kind"]) if given.get("kind") else None,
            "health": Health(given["health"]) if given.get("health") else None,
            "programme": given.get("programme") or None,
            "place": given.get("place", ""),
        }


class QuarantineForm(ReasonForm):
    """A time whose observations are set apart, or back among the others."""

    begin = MomentField(label=_("从"))
    end = MomentField(label=_("到（不含）"))
    apart = forms.TypedChoiceField(
        label=_("做什么"),
        choices=[("yes", _("隔离：不算进汇总，原数留着")), ("no", _("解除隔离：重新算进汇总"))],
        coerce=lambda value: value == "yes",
    )

    field_order = ["begin", "end", "apart", "because"]


class ReaderForm(SavingForm):
    """For whom a token is."""

    name = forms.CharField(label=_("给谁用"), max_length=100, help_text=_("写哪个程序、哪个单位，收回时好认。"))


class TokenForm(ReaderForm):
    """A token for more than one datastream."""

    programme = forms.ChoiceField(label=_("对口支援"), required=False, help_text=_("读得到其中的监测站和观测数据。"))
    write = forms.BooleanField(
        label=_("可以写入"), required=False, help_text=_("不用 MQTT、用 HTTP 发数据的程序才要。")
    )

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", [*programmes, *([("", _("全部"))] if everywhere else [])])
        self.fields["programme"].required = not everywhere

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        return {**{name: given.get(name, "") for name in ("name", "programme")}, "write": given["write"], "place": ""}


class RevokeForm(SavingForm):
    """Which token is revoked."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class DaysForm(forms.Form):
    """From one day to another."""

    first = DayField(label=_("从"))
    last = DayField(label=_("到"))

    def clean(self) -> dict[str, Any]:
        """The days. Raises ValidationError for a last one before the first."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("结束的日期在开始的前面。请对调。"))
        return given


class HistoryForm(DaysForm):
    """What is asked of the past of a datastream."""

    question = forms.ChoiceField(label=_("问什么"), choices=[(key, _(words)) for key, words in PAST.items()])
    threshold = RealField(label=_("高于多少"), help_text=_("只在问“高于一个值多久”时要填。"))

    field_order = ["question", "threshold", "first", "last"]

    def clean(self) -> dict[str, Any]:
        """What is asked. Raises ValidationError for too long a time, and where the value is missing."""
        given = super().clean()
        if given.get("question") == "above" and given.get("threshold") is None:
            self.add_error("threshold", _("请填一个数。"))
        if (first := given.get("first")) and (last := given.get("last")) and (last - first).days > MOST_DAYS:
            self.add_error("last", _("一次最多问一年。请缩短时间。"))
        return given


class PeriodForm(DaysForm):
    """What is taken out of a datastream: which days, raw or rolled up."""

    what = forms.ChoiceField(
        label=_("内容"), choices=[("raw", _("原始观测值")), ("hours", _("小时汇总")), ("days", _("日汇总"))]
    )
