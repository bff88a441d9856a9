# SPDX-License-Identifier: Apache-2.0
"""The categories of a day, and the published figures of a programme."""

from __future__ import annotations

from datetime import date

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Classification, PublicStatement
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, Category


def find_classification(*, viewer: Actor, on: date) -> Classification | None:
    """The version in force on that day, or None when there is none or the viewer may see no programme at all."""
    rows = Classification.objects.filter(valid_from__lte=on).order_by("-valid_from", "-pk")
    return rows.first() if viewer.may_somewhere(Permission.PROGRAMME_VIEW) else None


def list_categories(*, viewer: Actor, on: date) -> tuple[Category, ...]:
    """The categories in force on that day, in order; the sample when no version has been recorded."""
    found = find_classification(viewer=viewer, on=on)
    if found is None:
        return SAMPLE_CATEGORIES
    items = found.items.order_by("position")
    return tuple(Category(item.code, item.name, item.livelihood_percent) for item in items)


def list_statements(*, viewer: Actor, programme: str, as_of: date | None = None) -> list[PublicStatement]:
    """What has been published about a programme up to that day, the newest first. Raises NotVisible."""
    rows = get_programme(viewer=viewer, code=programme).statements.order_by("-on", "pk")
    return list(rows if as_of is None else rows.filter(on__lte=as_of))


def get_statement(*, viewer: Actor, programme: str, key: str) -> PublicStatement:
    """One published figure. Raises NotVisible."""
    found = get_programme(viewer=viewer, code=programme).statements.filter(key=key).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个公开数字。请从资金页或计划页重新进入。"))
    return found
