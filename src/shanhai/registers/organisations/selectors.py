# SPDX-License-Identifier: Apache-2.0
"""Reading organisations, for viewers who may view some programme."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import holding, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.values import OrganisationKind


def get_organisation(*, viewer: Actor, uuid: UUID) -> Organisation:
    """The organisation with its division. Raises NotVisible."""
    rows = Organisation.objects.visible_to(viewer).select_related("division")
    return row_of(rows, uuid, gettext_noop("没有找到这个单位。请从列表重新选择。"), "organisations.not_found")


def list_organisations(
    *, viewer: Actor, text: str = "", kind: OrganisationKind | None = None, under: str | None = None
) -> QuerySet[Organisation]:
    """Organisations with their divisions, by name.

    ``text`` is looked for in the name, the short name, their pinyin and, whole, the credit code; ``under``
    keeps what is registered in that division.
    """
    found = Organisation.objects.visible_to(viewer).select_related("division").order_by("name", "pk")
    found = found.filter(within(under, "division__code"))
    if kind is not None:
        found = found.filter(kind=kind)
    return found.filter(holding(text, "name", "short_name", initials="spelled", whole="uscc"))
