# SPDX-License-Identifier: Apache-2.0
"""Recording a version of the table of livelihood categories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.core.rules import fields
from shanhai.planning.programmes.models import Classification, ClassificationItem
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.values import Category

VERSION = message(gettext_noop("分类表版本"))
CODE = message(gettext_noop("类别编号"))
NAME = message(gettext_noop("类别名称"))


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
    _check(categories)
    if Classification.objects.filter(version=version).exists():
        raise Conflict(
            gettext_noop("分类表“%(version)s”已经有了。请换一个版本名。"),
            "programmes.version_already_there",
            version=version,
        )

    found = Classification.objects.create(
        version=version, valid_from=valid_from, approved_by_document=approved_by_document
    )
    ClassificationItem.objects.bulk_create(
        ClassificationItem(
            classification=found,
            position=position,
            code=fields.checked_code(category.code, CODE),
            name=fields.checked_text(category.name, NAME, 60),
            livelihood_percent=category.livelihood_percent,
        )
        for position, category in enumerate(categories, start=1)
    )
    audit.record(
        by=by,
        at=at,
        action="programmes.classification.recorded",
        subject_type="programmes.classification",
        subject_id=found.uuid,
        changes={
            "version": version,
            "valid_from": valid_from.isoformat(),
            "categories": {category.code: category.livelihood_percent for category in categories},
        },
    )
    return found


def _check(categories: Sequence[Category]) -> None:
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
