# SPDX-License-Identifier: Apache-2.0
"""Subscriptions of a query."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.encoding import escape_uri_path

from shanhai.base.formats import say
from shanhai.field.traceability.capture.values import Exceptional
from shanhai.field.traceability.capture.views.serving import Asked, Problem, Resources
from shanhai.field.traceability.models import Subscription
from shanhai.field.traceability.query.rules.documents import said, written
from shanhai.field.traceability.query.views.answers import (
    answered,
    body_of,
    format_of,
    no_parameters,
    require_json,
    told,
    turn_of,
    with_next,
)
from shanhai.field.traceability.query.views.naming import found, no_such_name
from shanhai.field.traceability.subscriptions.rules.wishes import read_wish
from shanhai.field.traceability.subscriptions.selectors.subscriptions import list_subscriptions, subscription_of
from shanhai.field.traceability.subscriptions.services.subscribing import subscribe, unsubscribe
from shanhai.field.traceability.subscriptions.values import WORDS, Why
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import message


def subscriptions(asked: Asked, name: str) -> HttpResponse:
    """The subscriptions of a query."""
    require_json(asked)
    with told():
        no_parameters(asked)
        turn = turn_of(asked)
    listed = list_subscriptions(query=found(asked, name), after=turn.token.get("p", 0), size=turn.size)
    shown = listed[: turn.size]
    after = {"p": shown[-1].pk} if len(listed) > turn.size else None
    return with_next(answered([_told(one, name) for one in shown]), asked, after)


def begin(asked: Asked, name: str) -> HttpResponse:
    """Subscribe: {dest, signatureToken, stream or schedule, reportIfEmpty, initialRecordTime}."""
    query, given, wanted = found(asked, name), body_of(asked), format_of(asked)
    try:
        with told():
            wish = read_wish(given)
            made = subscribe(query=query, wish=wish, epc_format=wanted, by=asked.viewer, at=asked.request.at)
    except BadInput as error:
        text, params = error.message.text, error.message.params
        raise Problem(Exceptional.SUBSCRIPTION, HTTPStatus.BAD_REQUEST, text, field=error.field, **params) from error
    answer = answered(_told(made, name), HTTPStatus.CREATED)
    answer.headers["Location"] = f"{asked.root}/queries/{escape_uri_path(name)}/subscriptions/{made.uuid}"
    return answer


def subscription(asked: Asked, name: str, subscription_id: str) -> HttpResponse:
    """How a subscription stands."""
    require_json(asked)
    with told():
        no_parameters(asked)
    return answered(_told(_one(asked, name, subscription_id), name))


def end(asked: Asked, name: str, subscription_id: str) -> HttpResponse:
    """End a subscription."""
    unsubscribe(subscription=_one(asked, name, subscription_id), by=asked.viewer, at=asked.request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _one(asked: Asked, name: str, subscription_id: str) -> Subscription:
    with no_such_name():
        return subscription_of(query=found(asked, name), uuid=subscription_id)


def _told(one: Subscription, name: str) -> dict[str, Any]:
    """Without the secret. What the standard has no name for comes last: since when and why nothing goes any more."""
    told: dict[str, Any] = {
        "subscriptionID": str(one.uuid),
        "queryName": name,
        "dest": one.dest,
        "createdAt": said(one.made_at),
        "epcFormat": one.epc_format,
        "reportIfEmpty": one.report_if_empty,
        **({"stream": True} if one.stream else {"schedule": one.schedule}),
    }
    for key, at in (("initialRecordTime", one.initial), ("lastNotifiedAt", one.notified_at)):
        if at is not None:
            told[key] = said(at)
    # What is recorded from then on, they have not had.
    told["minRecordTime"] = written(one.since) if one.stopped_at else said(one.looked_at or one.initial or one.made_at)
    if one.stopped_at is not None:
        why, _, status = one.because.partition(" ")
        told["stoppedAt"] = said(one.stopped_at)
        told["stoppedBecause"] = say(message(WORDS[Why(why)], status=status))
    return told


RESOURCES: Resources = {
    "queries/{name}/subscriptions": {"GET": subscriptions, "POST": begin},
    "queries/{name}/subscriptions/{subscription_id}": {"GET": subscription, "DELETE": end},
}
