# SPDX-License-Identifier: Apache-2.0
"""The words for kinds of organisation, as the pages show them and as files may write them."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.organisations.values import OrganisationKind

KINDS = {
    OrganisationKind.GOVERNMENT: gettext_noop("党政机关"),
    OrganisationKind.COMPANY: gettext_noop("企业"),
    OrganisationKind.SCHOOL: gettext_noop("学校"),
    OrganisationKind.HOSPITAL: gettext_noop("医院"),
    OrganisationKind.COOPERATIVE: gettext_noop("合作社"),
    OrganisationKind.SOCIAL: gettext_noop("社会组织"),
    OrganisationKind.TEAM: gettext_noop("援派工作队"),
    OrganisationKind.OTHER: gettext_noop("其他"),
}

AREA = Area(
    "organisations",
    message(gettext_noop("单位")),
    {
        "organisations.organisation.created": gettext_noop("登记单位"),
        "organisations.organisation.corrected": gettext_noop("更正单位"),
        "organisations.imported": gettext_noop("导入单位"),
    },
    {
        "organisation.manage": gettext_noop("管单位名录"),
    },
    fields={
        "division": gettext_noop("区划"),
        "name": gettext_noop("名称"),
        "short_name": gettext_noop("简称"),
        "uscc": gettext_noop("统一社会信用代码"),
    },
    words={
        "kind": (KINDS,),
        "provenance": ({"demo": gettext_noop("演示数据"), "public": gettext_noop("公开数字")},),
    },
)
