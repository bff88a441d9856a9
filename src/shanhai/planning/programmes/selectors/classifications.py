# SPDX-License-Identifier: Apache-2.0
"""Reading the table of livelihood categories. It holds no secret: whoever may see a programme may see it."""

from __future__ import annotations

from datetime import date

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Classification
from shanhai.planning.programmes.models.programmes import VIEW
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, Category


def find_classification(*, viewer: Actor, on: date) -> Classification | None:
    """The version in force on that day, or None when there is none or the viewer may see no programme at all."""
    return Classification.objects.in_force(on).first() if viewer.may_somewhere(VIEW) else None


def list_categories(*, viewer: Actor, on: date) -> tuple[Category, ...]:
    """The categories in force on that day, in order; the sample when no version has been recorded."""
    found = find_classification(viewer=viewer, on=on)
    if found is None:
        return SAMPLE_CATEGORIES
    items = found.items.order_by("position")
    return tuple(Category(item.code, item.name, item.livelihood_percent) for item in items)
