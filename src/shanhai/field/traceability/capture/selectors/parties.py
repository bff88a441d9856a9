# SPDX-License-Identifier: Apache-2.0
"""The parties of chains, for who registers them and for who records for them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import row_of
from shanhai.field.traceability.models import Party, Recorder
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

_PERMISSIONS = (TracePermission.MANAGE, TracePermission.VIEW, TracePermission.RECORD)


def list_parties(*, viewer: Actor) -> QuerySet[Party]:
    """Those that the viewer sees, by name, who may do anything with traceability at all. Raises NotVisible."""
    if not any(viewer.may_somewhere(one) for one in _PERMISSIONS):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    found = Party.objects.visible_to(viewer).select_related("organisation", "programme")
    return found.order_by("organisation__name", "pk")


def get_party(*, viewer: Actor, uuid: UUID) -> Party:
    """A party that the viewer sees. Raises NotVisible."""
    missing = gettext_noop("没有找到这个经营主体，或者您的岗位看不到它。")
    found = Party.objects.visible_to(viewer).select_related("organisation", "programme")
    return row_of(found, uuid, missing, "traceability.no_party")


def list_recorders(*, party: Party) -> tuple[Recorder, ...]:
    """Who records for it, by name. One query."""
    return tuple(party.recorders.select_related("user").order_by("user__display_name", "pk"))
