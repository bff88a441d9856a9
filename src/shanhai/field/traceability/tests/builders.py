# SPDX-License-Identifier: Apache-2.0
"""Parties of a chain, who records for them, and events."""

from __future__ import annotations

from typing import Any

from shanhai.base.accounts.models import User
from shanhai.field.traceability.models import Party, Recorder
from shanhai.field.traceability.store.rules.keys import keys_of
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Programme
from shanhai.registers.organisations.tests.builders import an_organisation
from tests.cast import a_user, actor_of

STEM = "https://shanhai.example"


def a_party(programme: Programme, name: str = "COOP", *, kind: str = "cooperative", place: str = "513338") -> Party:
    """A party of its own organisation."""
    identifier = f"{STEM}/x/party/{name}"
    return Party.objects.create(
        organisation=an_organisation(name),
        programme=programme,
        place=place,
        kind=kind,
        identifier=identifier,
        key=keys_of(identifier)[0],
    )


def a_recorder(party: Party, username: str = "") -> Actor:
    """Who records for it."""
    user = a_user("trace_recorder", username=username or f"rec-{party.pk}", programme=party.programme.code)
    Recorder.objects.create(party=party, user=user)
    return actor_of(User.objects.get(pk=user.pk))


def shipped(*things: str, at: str = "2026-11-20T10:00:00+08:00", **more: Any) -> dict[str, Any]:
    """An event as JSON without a context: things that left."""
    return {
        "type": "ObjectEvent",
        "eventTime": at,
        "eventTimeZoneOffset": "+08:00",
        "epcList": list(things),
        "action": "OBSERVE",
        "bizStep": "shipping",
        **more,
    }
