# SPDX-License-Identifier: Apache-2.0
"""Queries under a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.encoding import escape_uri_path

from shanhai.field.traceability.capture.values import Exceptional
from shanhai.field.traceability.capture.views.serving import Asked, Problem, Resources
from shanhai.field.traceability.models import NamedQuery
from shanhai.field.traceability.query.selectors.named import list_queries, parsed, query_named
from shanhai.field.traceability.query.services.named import give_up_query, keep_query
from shanhai.field.traceability.query.views.answers import (
    answered,
    body_of,
    names_of_extensions,
    no_parameters,
    parameters_of,
    require_json,
    told,
    turn_of,
    with_next,
)
from shanhai.field.traceability.query.views.asking import page
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop

_SCHEDULE = {"second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "stream", "reportIfEmpty"}


def queries(asked: Asked) -> HttpResponse:
    """The queries of the party, by name."""
    require_json(asked)
    with told():
        no_parameters(asked)
        turn = turn_of(asked)
    found = list_queries(viewer=asked.viewer, after=turn.token.get("p", ""), size=turn.size)
    shown = found[: turn.size]
    after = {"p": shown[-1].name} if len(found) > turn.size else None
    return with_next(answered([_told(one) for one in shown]), asked, after)


def keep(asked: Asked) -> HttpResponse:
    """Keep the query that came: {name, query}."""
    party = asked.party
    assert party is not None
    given = body_of(asked)
    name, query = given.get("name"), given.get("query")
    if not isinstance(name, str) or not isinstance(query, dict):
        text = gettext_noop('命名查询要写成 {"name": 名字, "query": {参数: 值}}。请补全。')
        raise BadInput(text, "traceability.epcis_query_shape", field="query")
    if strange := sorted(given.keys() - {"name", "query", "@context"}):
        text = gettext_noop("命名查询没有“%(name)s”这一项。请去掉它；参数写在 query 里。")
        raise BadInput(text, "traceability.epcis_query_shape", field=strange[0][:60], name=strange[0][:60])
    with told():
        made = keep_query(
            party=party, name=name, query=query, names=names_of_extensions(asked), by=asked.viewer, at=asked.request.at
        )
    answer = HttpResponse(status=HTTPStatus.CREATED)
    answer.headers["Location"] = f"{asked.root}/queries/{escape_uri_path(made.name)}"
    return answer


def query(asked: Asked, name: str) -> HttpResponse:
    """What a query asks for."""
    require_json(asked)
    with told():
        no_parameters(asked)
    return answered(_told(found(asked, name)))


def give_up(asked: Asked, name: str) -> HttpResponse:
    """Delete a query, and end its subscriptions."""
    give_up_query(query=found(asked, name), by=asked.viewer, at=asked.request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def answers(asked: Asked, name: str) -> HttpResponse:
    """The events that answer it, in view of who asks."""
    if _SCHEDULE & {one for one, _ in parameters_of(asked)} or "Upgrade" in asked.request.headers:
        text = gettext_noop(
            "这里不用 WebSocket 推送。要收到新事件，请 POST 到 /queries/%(name)s/subscriptions，用 webhook。"
        )
        raise Problem(Exceptional.SUBSCRIPTION, HTTPStatus.BAD_REQUEST, text, name=name[:100])
    with told():
        no_parameters(asked)
        kept = found(asked, name)
        return page(asked, parsed(kept), name=kept.name, question=str(kept.uuid))


def found(asked: Asked, name: str) -> NamedQuery:
    """The query of that name. Raises Problem."""
    with no_such_name():
        return query_named(viewer=asked.viewer, name=name)


@contextmanager
def no_such_name() -> Iterator[None]:
    """Say as the standard does that there is no query or subscription of that name. Raises Problem."""
    try:
        yield
    except NotVisible as error:
        text, params = error.message.text, error.message.params
        raise Problem(Exceptional.NO_SUCH_NAME, HTTPStatus.NOT_FOUND, text, **params) from error


def _told(one: NamedQuery) -> dict[str, Any]:
    return {"name": one.name, "query": one.query}


RESOURCES: Resources = {
    "queries": {"GET": queries, "POST": keep},
    "queries/{name}": {"GET": query, "DELETE": give_up},
    "queries/{name}/events": {"GET": answers},
}
