# SPDX-License-Identifier: Apache-2.0
"""Reading organisations, for viewers who may view some programme."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import holding, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.values import OrganisationKind


def get_organisation(*, viewer: Actor, uuid: UUID) -> Organisation:
    """The organisation with its division. Raises NotVisible."""
    rows = Organisation.objects.visible_to(viewer).select_related("division")
    return row_of(rows, uuid, gettext_noop("没有找到这个单位。请从列表重新选择。"), "organisations.not_found")


def named_organisation(*, viewer: Actor, name: str) -> Organisation:
    """The one organisation of that whole name. Raises BadInput for none and for several."""
    bare = name.replace("\x00", "").strip()
    # Cells are read in half width: a name has its brackets in either.
    wide, narrow = (bare.translate(str.maketrans(*pair)) for pair in (("()", "（）"), ("（）", "()")))
    found = list(list_organisations(viewer=viewer).filter(name__in={bare, wide, narrow})[:2])
    if len(found) == 1:
        return found[0]
    if found:
        text = gettext_noop("有几个单位叫“%(name)s”。请先在单位登记里区分名称。")
    else:
        text = gettext_noop("没有登记“%(name)s”。请先在“单位名录”里登记，或核对名称。")
    raise BadInput(text, "organisations.not_named", name=name[:120])


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
