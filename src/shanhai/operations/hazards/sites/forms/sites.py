# SPDX-License-Identifier: Apache-2.0
"""What people type about sites, points and chains; the services judge it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import CorrectingForm, FoldingForm, ReasonForm, SavingForm, SeenField
from shanhai.operations.hazards.labels import CHANNELS, KINDS, LACKS, LEVELS, QUANTITIES, ROLES, ZONES
from shanhai.operations.hazards.models import ChainLink, HazardSite, MonitoringPoint
from shanhai.operations.hazards.sites.selectors.sites import site_in_words
from shanhai.operations.hazards.sites.values import LinkFacts, PointFacts, SiteFacts
from shanhai.operations.hazards.values import Channel, SiteKind
from shanhai.registers.places.labels import SYSTEMS
from shanhai.registers.tables.forms import MomentField, RealField, WholeField, offer

_SITE_KINDS = [(one.value, _(words)) for one, words in KINDS.items()]
_CORNERS: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 5, "class": "code"}), "max_length": 200_000}
_WORDS: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 2}), "max_length": 2000, "required": False}
# A chain is typed on one page: rows that are left empty are no links.
ROWS, SPARE = 30, 3


class SiteForm(SavingForm):
    """A hazard site: what may come down, on whom, where they go."""

    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.CharField(
        label=_("代码"), max_length=40, help_text=_("小写字母、数字和连字符，以后不改，例如 wuse-2。")
    )
    kind = forms.ChoiceField(label=_("类别"), choices=_SITE_KINDS)
    programme = forms.ChoiceField(label=_("对口支援"))
    crs = forms.ChoiceField(
        label=_("坐标系"), choices=[(one.value, _(words)) for one, words in SYSTEMS.items()], initial="wgs84"
    )
    outline = forms.CharField(
        label=_("范围（角点）"),
        help_text=_("绕一圈的角点，一行一个“经度,纬度”，例如 101.9600,30.0500；也可以粘贴 GeoJSON 的面。"),
        **_CORNERS,
    )
    place = forms.CharField(
        label=_("所在区县"), max_length=40, required=False, help_text=_("代码、名称或拼音；空着按范围找。")
    )
    households = WholeField(label=_("威胁户数"), required=False, help_text=_("只写户数、人数，不写名单。"))
    people = WholeField(label=_("威胁人数"), required=False)
    shelter = forms.CharField(label=_("避险点"), max_length=200, required=False, help_text=_("出事时往哪里去。"))
    shelter_lon = forms.CharField(label=_("避险点经度"), max_length=30, required=False)
    shelter_lat = forms.CharField(label=_("避险点纬度"), max_length=30, required=False)
    route = forms.CharField(
        label=_("撤离路线"), required=False, help_text=_("从隐患点到避险点，一行一个“经度,纬度”。"), **_CORNERS
    )
    route_words = forms.CharField(label=_("路线说明"), **_WORDS)
    siren = forms.CharField(
        label=_("警报器主题"),
        max_length=200,
        required=False,
        help_text=_("警报器或喇叭在 MQTT 上听的主题；没有就空着。"),
    )
    description = forms.CharField(label=_("说明"), **_WORDS)

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", programmes)

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        counts: dict[str, Any] = {name: given.get(name) for name in ("households", "people")}
        texts: dict[str, Any] = {
            name: given.get(name) or "" for name in self.base_fields if name not in {*counts, "seen"}
        }
        return {"facts": SiteFacts(**texts, **counts)}


class SiteCorrectForm(CorrectingForm, SiteForm):
    """What is written of a site; code and programme stay."""

    def __init__(self, data: Any, *, site: HazardSite) -> None:
        stands = site_in_words(site)
        super().__init__(data, initial={**stands, "crs": "wgs84"}, stood=stands, programmes=())
        del self.fields["code"], self.fields["programme"]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        seen = self.cleaned_data.get("seen", {})
        return {**super().clean(), "seen": seen}


class PointForm(SavingForm):
    """A datastream as an eye on a site."""

    datastream = forms.TypedChoiceField(label=_("数据流"), coerce=int)
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如“后缘 GNSS 1”。"))
    zone = forms.ChoiceField(label=_("部位"), choices=[(one.value, _(words)) for one, words in ZONES.items()])
    quantity = forms.ChoiceField(
        label=_("观测量"),
        required=False,
        choices=[("", _("按数据流判断")), *((one.value, _(words)) for one, words in QUANTITIES.items())],
    )
    factor = RealField(
        label=_("换算系数"), help_text=_("读数乘以它，就是判据用的单位；空着按单位换算。方向装反了的写负数。")
    )
    lon = RealField(label=_("经度"), help_text=_("WGS 84；空着用监测站的位置。"))
    lat = RealField(label=_("纬度"))
    weight = RealField(label=_("权重"), initial=1, help_text=_("几个设备一起判断时的分量，一般是 1。"))

    def __init__(self, *args: Any, streams: Sequence[tuple[Any, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "datastream", streams)

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        texts: dict[str, Any] = {name: given.get(name) or "" for name in ("name", "zone", "quantity")}
        numbers: dict[str, Any] = {name: given.get(name) for name in ("factor", "lon", "lat")}
        weight = 1.0 if given.get("weight") is None else given["weight"]
        told = {"datastream": given["datastream"]} if "datastream" in given else {}
        return {**told, "facts": PointFacts(**texts, **numbers, weight=weight)}


class PointCorrectForm(CorrectingForm, PointForm):
    """What is written of a point; its datastream stays."""

    def __init__(self, data: Any, *, point: MonitoringPoint) -> None:
        names = ("name", "zone", "quantity", "factor", "lon", "lat", "weight")
        stands = {name: getattr(point, name) for name in names}
        super().__init__(data, initial=stands, stood=stands)
        del self.fields["datastream"]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        seen = self.cleaned_data.get("seen", {})
        return {**super().clean(), "seen": seen}


class RestartForm(ReasonForm):
    """Since when what a point observes counts."""

    since = MomentField(label=_("从什么时候起算"))

    field_order = ["since", "because"]


class ChainForm(SavingForm):
    """Who is called, in order: a row each, the empty ones none."""

    seen = SeenField()

    def __init__(
        self, data: Any, *, links: Sequence[ChainLink], seen: Sequence[str], people: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["seen"].initial = list(seen)
        count = min(max(len(links) + SPARE, 5), ROWS)
        self.rows = [self._row(number, people, links[number - 1 : number]) for number in range(1, count + 1)]

    def _row(
        self, number: int, people: Sequence[tuple[str, str]], link: Sequence[ChainLink]
    ) -> dict[str, forms.BoundField]:
        stands = link[0] if link else None
        channels = [(one.value, _(words)) for one, words in CHANNELS.items() if one is not Channel.SIREN]
        clock: dict[str, Any] = {"required": False, "widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        fields: dict[str, forms.Field] = {
            "person": forms.ChoiceField(
                label=gettext("第 %(number)s 个叫谁") % {"number": number},
                choices=[("", _("（空）")), *people],
                required=False,
            ),
            "role": forms.ChoiceField(
                label=_("在责任链里"), choices=[(one.value, _(words)) for one, words in ROLES.items()], required=False
            ),
            "channels": forms.MultipleChoiceField(
                label=_("怎么叫"), choices=channels, required=False, widget=forms.CheckboxSelectMultiple
            ),
            "quiet_from": forms.TimeField(label=_("免打扰从"), **clock),
            "quiet_until": forms.TimeField(label=_("到"), **clock),
        }
        for name, field in fields.items():
            field.initial = getattr(stands, name, None) if name != "person" else stands and str(stands.person.uuid)
            self.fields[f"{name}_{number}"] = field
        return {name: self[f"{name}_{number}"] for name in fields}

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().clean() or {}
        links, self.TOLD_AS = [], {}
        for number in range(1, len(self.rows) + 1):
            told = {name: given.get(f"{name}_{number}") for name in self.rows[0]}
            if told["person"]:
                links.append(LinkFacts(**told))  # type: ignore[arg-type]
                self.TOLD_AS[str(len(links))] = f"person_{number}"
        seen = given.get("seen")
        return {"links": links, "seen": seen if isinstance(seen, list) else []}


class FilterForm(FoldingForm):
    """The filters above the list. What cannot be understood filters nothing."""

    FURTHER = ("kind", "programme", "place", "closed")

    text = forms.CharField(label=_("名称或代码"), required=False, max_length=100)
    standing = forms.ChoiceField(
        label=_("研判"),
        required=False,
        choices=[
            ("", _("全部")),
            *((str(one.value), _(words)) for one, (_mark, words) in reversed(LEVELS.items())),
            *((one.value, _(words)) for one, (_mark, words) in LACKS.items()),
        ],
    )
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *_SITE_KINDS])
    programme = forms.ChoiceField(label=_("对口支援"), required=False)
    place = forms.ChoiceField(label=_("所在区县"), required=False)
    closed = forms.BooleanField(label=_("看已销号的"), required=False)

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
            "standing": given.get("standing", ""),
            "kind": SiteKind(given["kind"]) if given.get("kind") else None,
            "programme": given.get("programme") or None,
            "place": given.get("place", ""),
            "closed": bool(given.get("closed")),
        }


def stream_words(name: str, station: str, unit: str) -> str:
    """A datastream in a list to choose from."""
    return f"{station} · {gettext(name)} {unit}".strip()
