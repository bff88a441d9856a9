# SPDX-License-Identifier: Apache-2.0
"""Events that are stored, and a program that asks for them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from shanhai.field.traceability.capture.services.credentials import give_credential
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.tests.builders import a_document
from shanhai.field.traceability.models import Event, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.store.rules.preparing import prepare
from shanhai.field.traceability.store.services.putting import put
from shanhai.kernel.actors import Actor, system
from tests.cast import AT

EX = "https://ns.example.org/"
TAG = "urn:epc:id:sgtin:0614141.107346.{}"
LINK = "https://id.gs1.org/01/10614141073464/21/{}"


def seen(number: int = 1, **more: Any) -> dict[str, Any]:
    """A thing was seen, in the minute ``number``."""
    return {
        "type": "ObjectEvent",
        "eventTime": f"2026-11-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [TAG.format(number)],
        "action": "OBSERVE",
        **more,
    }


def store(party: Party, by: Actor, *events: dict[str, Any], at=AT) -> list[int]:
    """Put them, and answer their places in the sequence."""
    ready = [prepare(one) for one in read(a_document(*events)).events]
    return list(put(party=party, ready=ready, by=by, at=at).keys)


class Program:
    """A program of a party, with its token."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client()

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any):
        """Ask. A query's names may be anything."""
        address = f"/epcis/v2/{path}" + (f"?{urlencode(query)}" if query else "")
        return self.client.get(address, headers=self._headers(headers))

    def follow(self, address: str):
        """Ask at a whole address."""
        return self.client.get(address.removeprefix("http://testserver"), headers=self._headers(None))

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None):
        given = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/epcis/v2/{path}"
        return self.client.post(address, given, content_type="application/json", headers=self._headers(headers))

    def delete(self, path: str):
        return self.client.delete(f"/epcis/v2/{path}", headers=self._headers(None))

    def walk(self, path: str, **query: Any):
        """All pages, from the first to the last."""
        pages = [self.get(path, **query)]
        while "Link" in pages[-1].headers:
            pages.append(self.follow(pages[-1].headers["Link"].partition(">")[0][1:]))
        return pages

    def _headers(self, more: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(more or {})}


def a_program(party: Party, *, write: bool = False) -> Program:
    """A program with a credential of its own."""
    office = system("test", (TracePermission.MANAGE,))
    return Program(give_credential(party=party, name="program", write=write, by=office, at=AT))


def events_of(answer) -> list[dict[str, Any]]:
    """The events of an answer."""
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def ids_of(*answers) -> list[str]:
    """The ids of the events of answers, in their order."""
    return [one["eventID"] for answer in answers for one in events_of(answer)]


def all_contents() -> list[tuple[int, int, dict[str, Any]]]:
    """Everything that is stored and counts: its place, when it was recorded, what it says."""
    rows = Event.objects.filter(state=1).order_by("pk").values_list("pk", "recorded", "content")
    return [(pk, recorded, json.loads(text)) for pk, recorded, text in rows]
