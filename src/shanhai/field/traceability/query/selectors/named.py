# SPDX-License-Identifier: Apache-2.0
"""Questions that are kept under a name."""

from __future__ import annotations

from shanhai.field.traceability.models import NamedQuery
from shanhai.field.traceability.query.rules.parameters import parse
from shanhai.field.traceability.query.values import Query
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

NO_SUCH_QUERY = gettext_noop("没有叫“%(name)s”的查询。请从 /queries 看有哪些。")


def query_named(*, viewer: Actor, name: str) -> NamedQuery:
    """The query of that name of a party that the viewer acts for. Raises NotVisible."""
    rows = NamedQuery.objects.visible_to(viewer).select_related("party__programme")
    found = rows.filter(name=name).order_by("pk").first()
    if found is None:
        raise NotVisible(NO_SUCH_QUERY, "traceability.epcis_no_such_query", name=name[:100])
    return found


def list_queries(*, viewer: Actor, after: str, size: int) -> list[NamedQuery]:
    """Those of the parties that the viewer acts for, by name, beyond ``after``; one more than ``size``."""
    return list(NamedQuery.objects.visible_to(viewer).filter(name__gt=after).order_by("name", "pk")[: size + 1])


def parsed(named: NamedQuery) -> Query:
    """What it asks for. Raises QueryParameter and so on where the product has changed since it was kept."""
    asked = [(name, value) for name, value in named.query.items() if name != "@context"]
    return parse(asked, named.names, plain=False)
