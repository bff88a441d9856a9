# SPDX-License-Identifier: Apache-2.0
"""The words for what acts change, where many apps mean the same; each app brings its own beside them."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.kernel.units import UNITS

AREA = Area(
    "audit",
    message(gettext_noop("操作记录")),
    {},
    # The same fields name the same things in every app.
    fields={
        "action": gettext_noop("办法"),
        "amount_fen": gettext_noop("金额"),
        "batch": gettext_noop("批次"),
        "changed": gettext_noop("更改"),
        "code": gettext_noop("编号"),
        "created": gettext_noop("新建"),
        "crs": gettext_noop("坐标系"),
        "currency": gettext_noop("币种"),
        "digest": gettext_noop("校验值"),
        "document": gettext_noop("文件"),
        "due_on": gettext_noop("截止日期"),
        "ends_on": gettext_noop("结束日期"),
        "fund_source": gettext_noop("资金来源"),
        "kind": gettext_noop("种类"),
        "name": gettext_noop("名称"),
        "number": gettext_noop("编号"),
        "on": gettext_noop("日期"),
        "project": gettext_noop("项目"),
        "provenance": gettext_noop("出处"),
        "reason": gettext_noop("原因"),
        "row": gettext_noop("行"),
        "rows": gettext_noop("行数"),
        "rule": gettext_noop("规则"),
        "sha256": gettext_noop("校验值"),
        "starts_on": gettext_noop("开始日期"),
        "state": gettext_noop("状态"),
        "subject": gettext_noop("对象"),
        "unit": gettext_noop("计量单位"),
        "valid_from": gettext_noop("生效日期"),
        "valid_until": gettext_noop("截至日期"),
        "value": gettext_noop("数值"),
        "version": gettext_noop("版本"),
        "year": gettext_noop("年度"),
    },
    words={"unit": ({key: unit.symbol for key, unit in UNITS.items()},)},
    things={
        "amounts": "programmes.fund_source",
        "categories": "programmes.category",
        "category": "programmes.category",
        "code_new": "places.division",
        "codes": "places.division",
        "division": "places.division",
        "document": "documents.document",
        "entry": "ledger.entry",
        "fund_source": "programmes.fund_source",
        "helpers": "programmes.workgroup",
        "line": "projects.line",
        "organisation": "organisations.organisation",
        "owner_group": "programmes.workgroup",
        "place": "places.division",
        "programmes": "programmes.code",
        "project": "projects.project",
        "recipient": "places.division",
        "reversed": "ledger.entry",
        "supporter": "places.division",
    },
)
