# SPDX-License-Identifier: Apache-2.0
"""The words for levels and kinds of site, as the pages show them and as files may write them."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.places.values import ChangeKind, Crs, Level, SiteKind

LEVELS = {
    Level.PROVINCE: gettext_noop("省级"),
    Level.PREFECTURE: gettext_noop("地级"),
    Level.COUNTY: gettext_noop("县级"),
}

SITE_KINDS = {
    SiteKind.SETTLEMENT: gettext_noop("居民点"),
    SiteKind.SCHOOL: gettext_noop("学校"),
    SiteKind.HOSPITAL: gettext_noop("医院"),
    SiteKind.FARM: gettext_noop("农牧场"),
    SiteKind.PARK: gettext_noop("园区"),
    SiteKind.WORKS: gettext_noop("工程"),
    SiteKind.STATION: gettext_noop("站点"),
    SiteKind.OTHER: gettext_noop("其他"),
}

CHANGE_KINDS = {
    ChangeKind.RENAMED: gettext_noop("更名"),
    ChangeKind.RECODED: gettext_noop("换码"),
    ChangeKind.MERGED: gettext_noop("并入"),
    ChangeKind.SPLIT: gettext_noop("分设"),
    ChangeKind.CEDED: gettext_noop("析置"),
    ChangeKind.FOUNDED: gettext_noop("新设"),
}

# By what somebody has their numbers from.
SYSTEMS = {
    Crs.WGS84: gettext_noop("WGS 84（GPS、北斗）"),
    Crs.CGCS2000: gettext_noop("CGCS2000（测绘成果）"),
    Crs.GCJ02: gettext_noop("GCJ-02（高德、腾讯地图）"),
    Crs.BD09: gettext_noop("BD-09（百度地图）"),
}

AREA = Area(
    "places",
    message(gettext_noop("地点")),
    {
        "places.divisions.imported": gettext_noop("导入行政区划"),
        "places.changes.imported": gettext_noop("导入区划变更"),
        "places.sites.imported": gettext_noop("导入地点"),
    },
    {
        "place.manage": gettext_noop("管区划和地点"),
    },
    fields={
        "codes": gettext_noop("区划代码"),
        "divisions": gettext_noop("区划"),
    },
    words={
        "level": (LEVELS,),
        "kind": (SITE_KINDS,),
        "crs": ({"wgs84": "WGS 84", "cgcs2000": "CGCS 2000", "gcj02": "GCJ-02", "bd09": "BD-09"},),
    },
)
