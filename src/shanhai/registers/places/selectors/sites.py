# SPDX-License-Identifier: Apache-2.0
"""Reading sites, for viewers who may view some programme."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.models import Site


class SiteNotFound(NotVisible):
    """There is no such site, or this viewer may not know."""

    code = "places.site_not_found"


def get_site(*, viewer: Actor, uuid: UUID) -> Site:
    """The site with its division. Raises SiteNotFound."""
    found = Site.objects.visible_to(viewer).select_related("division").filter(uuid=uuid).first()
    if found is None:
        raise SiteNotFound(gettext_noop("没有找到这个地点。请从列表重新选择。"))
    return found


def list_sites(*, viewer: Actor, under: str | None = None) -> QuerySet[Site]:
    """Sites with their divisions, by division and name; ``under`` keeps those in that division."""
    found = Site.objects.visible_to(viewer).select_related("division").order_by("division__code", "name", "pk")
    return found.filter(within(under, "division__code"))
