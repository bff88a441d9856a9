# SPDX-License-Identifier: Apache-2.0
"""Events that answer a question, and what there is to ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus

from django.http import HttpResponse

from shanhai.field.traceability.capture.values import Exceptional
from shanhai.field.traceability.capture.views.serving import JSON, Asked, Problem, Resources
from shanhai.field.traceability.query.rules.documents import document
from shanhai.field.traceability.query.rules.parameters import of_resource, parse
from shanhai.field.traceability.query.selectors.collections import is_known, members_of
from shanhai.field.traceability.query.selectors.narrowing import newest
from shanhai.field.traceability.query.selectors.pages import Mark, read_page, require_few
from shanhai.field.traceability.query.values import Condition, Op, Query
from shanhai.field.traceability.query.views.answers import (
    collection,
    format_of,
    names_of_extensions,
    no_parameters,
    parameters_of,
    require_json,
    told,
    turn_of,
    with_next,
)
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

_ANY = "SimpleEventQuery"


def events(asked: Asked) -> HttpResponse:
    """All events in view that answer the parameters of the address."""
    with told():
        return page(asked, _query(asked), name=_ANY)


def event(asked: Asked, event_id: str) -> HttpResponse:
    """The event of an id, with its error declaration where there is one."""
    with told():
        no_parameters(asked)
        condition = Condition("eventID", of_resource("events"), Op.EQ, (event_id,))
        found = page(asked, Query((condition,), ascending=True, declared=True), name=_ANY, lone=True)
    return found


def page(asked: Asked, query: Query, *, name: str, question: str = "", lone: bool = False) -> HttpResponse:
    """A page of the events that answer; ``lone``: there is to be one. Raises QueryParameter, NotVisible and so on."""
    require_json(asked)
    wanted, turn = format_of(asked), turn_of(asked, question)
    token = turn.token
    bound = token["b"] if token else newest()
    after = Mark(token["v"], token["p"]) if token else None
    left = token["n"] if token else query.limit
    if not token:
        require_few(viewer=asked.viewer, query=query, bound=bound)
    size = turn.size if left is None else min(turn.size, left)
    found = read_page(viewer=asked.viewer, query=query, size=size, bound=bound, after=after)
    if lone and not found.rows:
        text = gettext_noop("没有找到这个事件，或者您看不到它。请核对 eventID。")
        raise NotVisible(text, "traceability.epcis_event_not_found")
    written = document(
        ((row.content, row.recorded) for row in found.rows), name=name, wanted=wanted, at=asked.request.at
    )
    answer = HttpResponse(written, content_type=JSON)
    answer.headers["GS1-EPC-Format"] = str(wanted)
    left = None if left is None else left - len(found.rows)
    if found.after is None or left == 0:
        return answer
    return with_next(answer, asked, {"b": bound, "v": found.after.value, "p": found.after.pk, "n": left}, question)


def resources(asked: Asked, kind: str) -> HttpResponse:
    """What there is of a kind: the words of the standard, and what events in view name."""
    require_json(asked)
    with told():
        no_parameters(asked)
        turn = turn_of(asked)
        token = turn.token
        members = members_of(
            viewer=asked.viewer, kind=kind, size=turn.size, after=token.get("p"), bound=token.get("b") or newest()
        )
    return with_next(collection(members.names), asked, members.after)


def resource(asked: Asked, kind: str, name: str) -> HttpResponse:
    """What can be asked of one of these: its events."""
    require_json(asked)
    with told():
        no_parameters(asked)
        _require_known(asked, kind, name)
    return collection(["events"])


def events_of(asked: Asked, kind: str, name: str) -> HttpResponse:
    """The events that name it and answer the parameters of the address."""
    with told():
        condition = _require_known(asked, kind, name)
        query = _query(asked)
        return page(asked, replace(query, conditions=(condition, *query.conditions)), name=_ANY)


def release(asked: Asked, token: str) -> HttpResponse:
    """A token holds nothing here that could be released."""
    text = gettext_noop("nextPageToken 在这里不占资源，不用释放；到期自动作废。")
    raise Problem(Exceptional.IMPLEMENTATION, HTTPStatus.NOT_IMPLEMENTED, text)


def _query(asked: Asked) -> Query:
    return parse(parameters_of(asked), names_of_extensions(asked), plain=True)


def _require_known(asked: Asked, kind: str, name: str) -> Condition:
    """The condition of a resource. Raises NotVisible where nothing in view names it."""
    (condition,) = parse([(_PARAMETERS[kind], [name])], names_of_extensions(asked), plain=False).conditions
    condition = replace(condition, field=of_resource(kind), parameter=kind)
    if not is_known(viewer=asked.viewer, condition=condition):
        text = gettext_noop("没有看得到的事件用过“%(name)s”。请核对写法。")
        raise NotVisible(text, "traceability.epcis_nothing_names_it", name=name[:100])
    return condition


_PARAMETERS = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}


def _of(handler: Callable[..., HttpResponse], kind: str) -> dict[str, Callable[..., HttpResponse]]:
    return {"GET": partial(handler, kind=kind)}


RESOURCES: Resources = {
    "events": {"GET": events},
    "events/{event_id}": {"GET": event},
    "nextPageToken/{token}": {"DELETE": release},
    **{kind: _of(resources, kind) for kind in _PARAMETERS},
    **{f"{kind}/{{name}}": _of(resource, kind) for kind in _PARAMETERS},
    **{f"{kind}/{{name}}/events": _of(events_of, kind) for kind in _PARAMETERS},
}
