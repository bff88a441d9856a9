# SPDX-License-Identifier: Apache-2.0
"""Recording what the money is read beside: a version of the table of livelihood categories, and published figures."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.units import UNITS, Dimension, money_in
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Classification, ClassificationItem, PublicStatement
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.values import Category, StatementFlag

VERSION = message(gettext_noop("分类表版本"))
CATEGORY_CODE = message(gettext_noop("类别编号"))
CATEGORY = message(gettext_noop("类别名称"))
KEY = message(gettext_noop("公开数字的编号"))
LABEL = message(gettext_noop("公开数字的名称"))
OUTLET = message(gettext_noop("发布媒体"))
TITLE = message(gettext_noop("文章标题"))
POSITION = message(gettext_noop("在原文中的位置"))
NOTE = message(gettext_noop("说明"))
_ADDRESS = re.compile(r"https?://[^\s\[\]<>\"'\x00-\x1f]+")


@transaction.atomic
def record_classification(
    *,
    by: Actor,
    at: datetime,
    version: str,
    valid_from: date,
    categories: Sequence[Category],
    approved_by_document: UUID | None = None,
) -> Classification:
    """Record a version that is in force from a day on; without an approving document it is marked as a sample.

    Raises Conflict, BadInput.
    """
    by.require(ProgrammePermission.MANAGE)

    version = fields.checked_text(version, VERSION, 40)
    _check_categories(categories)
    if standing := fields.twin(version, Classification.objects.values_list("version", flat=True)):
        raise Conflict(
            gettext_noop("分类表“%(version)s”已经有了。请换一个版本名。"),
            "programmes.version_already_there",
            version=standing,
        )

    found = Classification.objects.create(
        version=version, valid_from=valid_from, approved_by_document=approved_by_document
    )
    ClassificationItem.objects.bulk_create(
        ClassificationItem(
            classification=found,
            position=position,
            code=fields.checked_code(category.code, CATEGORY_CODE),
            name=fields.checked_text(category.name, CATEGORY, 60),
            livelihood_percent=category.livelihood_percent,
        )
        for position, category in enumerate(categories, start=1)
    )
    audit.record(
        by=by,
        at=at,
        action="programmes.classification.recorded",
        on=found.subject(),
        changes={
            "version": version,
            "valid_from": valid_from.isoformat(),
            "categories": {category.code: category.livelihood_percent for category in categories},
        },
    )
    return found


@transaction.atomic
def record_statement(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    key: str,
    label: str,
    value: Decimal,
    unit: str,
    on: date,
    outlet: str,
    title: str,
    url: str = "",
    position: str = "",
    note: str = "",
    flags: Collection[str] = (),
    provenance: str = "public",
) -> PublicStatement:
    """Record a published figure as it stands: ``value`` (up to 16 digits and 4 decimals) in ``unit``, a key of UNITS.

    Raises Conflict, BadInput, and AmountNotUnderstood for an amount finer than one fen.
    """
    found = programmes.managed_programme(viewer=by, code=programme)

    fields.checked_code(key, KEY)
    fields.checked_provenance(provenance)
    _check_statement(value=value, unit=unit, url=url, flags=flags)
    if found.statements.filter(key=key).exists():
        raise Conflict(
            gettext_noop("编号“%(key)s”已经用过了。请换一个编号。"), "programmes.statement_already_there", key=key
        )

    statement = PublicStatement.objects.create(
        programme=found,
        key=key,
        label=fields.checked_text(label, LABEL, 120),
        value=value,
        unit=unit,
        on=on,
        outlet=fields.checked_text(outlet, OUTLET, 60),
        title=fields.checked_text(title, TITLE, 200),
        url=url,
        position=fields.checked_text(position, POSITION, 60, optional=True),
        note=fields.checked_text(note, NOTE, 2000, optional=True),
        flags=sorted(set(flags)),
        provenance=provenance,
    )
    audit.record(
        by=by,
        at=at,
        action="programmes.statement.recorded",
        on=statement.subject(),
        changes={"key": key, "value": str(value), "unit": unit, "on": on.isoformat(), "outlet": statement.outlet},
    )
    return statement


def _check_categories(categories: Sequence[Category]) -> None:
    codes = [category.code for category in categories]
    if not codes or len(set(codes)) != len(codes):
        raise BadInput(
            gettext_noop("分类表至少要有一个类别，每个编号只能出现一次。"), "programmes.categories_not_accepted"
        )
    for category in categories:
        if not 0 <= category.livelihood_percent <= 100:
            raise BadInput(
                gettext_noop("类别“%(name)s”的民生比例应在 0 到 100 之间，现在是 %(percent)s。"),
                "programmes.categories_not_accepted",
                name=category.name,
                percent=str(category.livelihood_percent)[:20],
            )


def _check_statement(*, value: Decimal, unit: str, url: str, flags: Collection[str]) -> None:
    if not value.is_finite() or abs(value) >= Decimal(10) ** 16 or value != value.quantize(Decimal("0.0001")):
        raise BadInput(
            gettext_noop("数值“%(value)s”记不下：整数部分最多 16 位，小数最多 4 位。"),
            "programmes.statement_not_accepted",
            value=str(value)[:60],
        )
    if unit not in UNITS:
        raise BadInput(
            gettext_noop("单位“%(unit)s”不认识。可用的单位是：%(known)s。"),
            "programmes.statement_not_accepted",
            unit=unit[:60],
            known="、".join(UNITS),
        )
    if UNITS[unit].dimension == Dimension.MONEY:
        money_in(value, UNITS[unit])
    unknown = sorted(set(flags) - set(StatementFlag))
    if unknown:
        raise BadInput(
            gettext_noop("存疑标记“%(flag)s”不认识。"), "programmes.statement_not_accepted", flag=str(unknown[0])[:60]
        )
    if url and (len(url) > 500 or not _ADDRESS.fullmatch(url)):
        raise BadInput(
            gettext_noop("网址应以 http:// 或 https:// 开头，最多 500 个字符。"), "programmes.statement_not_accepted"
        )
