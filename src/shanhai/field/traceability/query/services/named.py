# SPDX-License-Identifier: Apache-2.0
"""Queries are kept under a name, and given up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, names_of
from shanhai.field.traceability.models import NamedQuery, Party
from shanhai.field.traceability.query.rules.parameters import parse
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, Refused
from shanhai.kernel.messages import gettext_noop

_NAME = re.compile(r"[\w~-][\w.~-]{0,99}")


@transaction.atomic
def keep_query(
    *, party: Party, name: str, query: Mapping[str, Any], names: Mapping[str, str], by: Actor, at: datetime
) -> NamedQuery:
    """Keep a query of a party under a name of its own. ``names`` are the namespaces of extensions by prefix.

    Raises BadInput, QueryParameter, QueryValidation, QueryTooComplex; Conflict for a name that is taken; Refused beyond
    the setting; NotAllowed for who does not act for the party.
    """
    require_acting(party=party, by=by, at=at)
    if not _NAME.fullmatch(name):
        text = gettext_noop("查询的名字“%(name)s”不能用：最多 100 个字，只能有文字、数字、_ . ~ 和连字符。")
        raise BadInput(text, "traceability.epcis_query_name", field="name", name=name[:60])
    known = names_of(query.get("@context"), names)
    parse([(key, value) for key, value in query.items() if key != "@context"], known, plain=False)
    held = NamedQuery.objects.filter(party=party).exclude(name=name)
    if held.count() >= settings.TRACE_QUERIES_MOST:
        text = gettext_noop("一家最多存 %(most)s 个查询。请先删去不用的。")
        raise Refused(text, "traceability.epcis_too_many_queries", most=settings.TRACE_QUERIES_MOST)
    kept = {prefix: space for prefix, space in known.items() if BUILT_IN.get(prefix) != space}
    made = NamedQuery(party=party, name=name, query=dict(query), names=kept, made_at=at, made_by=by.ref)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        text = gettext_noop("已经有叫“%(name)s”的查询。请换一个名字，或者先删去原来的。")
        raise Conflict(text, "traceability.epcis_query_exists", field="name", name=name) from None
    audit.record(by=by, at=at, action="traceability.query.kept", on=made.subject())
    return made


@transaction.atomic
def give_up_query(*, query: NamedQuery, by: Actor, at: datetime) -> None:
    """Delete a query with its subscriptions. Raises NotAllowed."""
    require_acting(party=query.party, by=by, at=at)
    subject = query.subject()
    query.delete()
    audit.record(by=by, at=at, action="traceability.query.given_up", on=subject)


def require_acting(*, party: Party, by: Actor, at: datetime) -> None:
    """Raise NotAllowed for who does not act for the party, and for all once it has ended."""
    ended = party.ended_on is not None and party.ended_on <= local_date(at)
    if ended or not Party.objects.acted_for_by(by).filter(pk=party.pk).exists():
        raise NotAllowed(gettext_noop("您不为这一家办事。请用它的令牌。"), "traceability.epcis_not_acting")
