# SPDX-License-Identifier: Apache-2.0
"""What places offer the registries: importers, a line of the menu, and a check of integrity."""

from __future__ import annotations

import shapely

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things
from shanhai.base.formats import named
from shanhai.base.maps import Layer
from shanhai.kernel.actors import Actor
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck, MenuItem, SearchHit, SearchSource
from shanhai.registers.places import forms
from shanhai.registers.places.labels import LEVELS, SITE_KINDS
from shanhai.registers.places.models import Division, Site
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.selectors import list_divisions, list_wrong_boxes
from shanhai.registers.places.services import import_changes, import_divisions, import_sites
from shanhai.registers.places.values import ChangeRow, DivisionRow, SiteRow
from shanhai.registers.tables.selectors.registers import Register

THINGS = Things(
    "places.division",
    lambda _viewer: Division.objects.all(),
    named,
    lambda one: f"/places/?text={one.code}",
    ("name", "name_en", "code"),
    "code",
)

MENU = MenuItem("places", message(gettext_noop("行政区划")), "places:list", Permission.PROGRAMME_VIEW.value, order=84)
# With coordinates ``crs`` is needed: wgs84, cgcs2000, gcj02 or bd09; ``provenance`` is public, demo or nothing.
_SAID = frozenset({"crs", "provenance"})
_MANAGE = PlacePermission.MANAGE.value
IMPORTERS = (
    Register(
        forms.DIVISIONS,
        DivisionRow,
        import_divisions,
        permission=_MANAGE,
        options=_SAID,
        features=forms.division_rows,
    ),
    Register(forms.CHANGES, ChangeRow, import_changes, permission=_MANAGE),
    Register(forms.SITES, SiteRow, import_sites, permission=_MANAGE, options=_SAID, features=forms.site_rows),
)

NAME = MapField("name", message(gettext_noop("名称")))
LAYERS = (
    Layer(
        "divisions",
        message(gettext_noop("行政区划")),
        "MultiPolygon",
        lambda _viewer: Division.objects.exclude(outline=None).select_related("outline", "parent"),
        lambda one: shapely.from_wkb(bytes(one.outline.wkb)),
        (
            (NAME, lambda one: one.name),
            (MapField("name_en", message(gettext_noop("英文名"))), lambda one: one.name_en),
            (MapField("level", message(gettext_noop("级别")), words=LEVELS), lambda one: one.level),
            (
                MapField("parent", message(gettext_noop("上级代码"))),
                lambda one: one.parent.code if one.parent else None,
            ),
        ),
        permission="",
        thing="places.division",
        order=900,
        by="code",
        mark="▢",
    ),
    Layer(
        "sites",
        message(gettext_noop("地点")),
        "Point",
        lambda viewer: Site.objects.visible_to(viewer).select_related("division"),
        lambda one: shapely.Point(one.lon, one.lat),
        (
            (NAME, lambda one: one.name),
            (MapField("kind", message(gettext_noop("类别")), words=SITE_KINDS), lambda one: one.kind),
            (MapField("division", message(gettext_noop("区划代码"))), lambda one: one.division.code),
            (MapField("altitude_m", message(gettext_noop("海拔（米）")), "integer"), lambda one: one.altitude_m),
            (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.provenance),
        ),
        permission=Permission.PROGRAMME_VIEW.value,
        everywhere=True,
        order=500,
        mark="◆",
    ),
)


class Found(SearchSource):
    """Divisions by what their list is searched for."""

    key = "places"
    order = 80

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those in force."""
        if not viewer.may_somewhere(Permission.PROGRAMME_VIEW):
            return ()
        found = list_divisions(text=text).select_related("parent")[:limit]
        return tuple(
            SearchHit(
                " ".join([one.code, *(named(part) for part in (one.parent, one) if part)]),
                MENU.label,
                f"/places/?text={one.code}",
            )
            for one in found
        )


class Boxes(IntegrityCheck):
    """That the bounding box of a division is that of its outline: finding by location would miss it."""

    key = "places.boxes"
    label = message(gettext_noop("轮廓的外包矩形"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each division of which it is not."""
        text = gettext_noop("%(code)s 的外包矩形与轮廓不符。请重新导入它的轮廓。")
        return tuple(str(message(text, code=code)) for code in list_wrong_boxes())
