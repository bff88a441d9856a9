# SPDX-License-Identifier: Apache-2.0
"""The words of people for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "people",
    message(gettext_noop("人员")),
    {
        "people.person.added": gettext_noop("登记人员"),
        "people.person.corrected": gettext_noop("更正人员"),
        "people.person.posting_ended": gettext_noop("结束任职"),
        "people.person.erased": gettext_noop("抹去人员信息"),
    },
    {
        "person.view": gettext_noop("看通讯录"),
        "person.manage": gettext_noop("管通讯录"),
    },
    fields={
        "duty": gettext_noop("职务"),
        "fields": gettext_noop("更正的内容"),
        "organisation": gettext_noop("单位"),
    },
)
