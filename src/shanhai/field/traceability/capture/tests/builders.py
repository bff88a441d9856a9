# SPDX-License-Identifier: Apache-2.0
"""A program that captures, and documents."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from shanhai.field.traceability.capture.services.credentials import give_credential
from shanhai.field.traceability.models import Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.store.services.recording import CONTEXT
from shanhai.kernel.actors import system
from tests.cast import AT

ROOT = "/epcis/v2"


class Program:
    """Asks the interface with a credential of a party."""

    def __init__(self, party: Party, *, write: bool = True) -> None:
        by = system("test", (TracePermission.MANAGE,))
        self.token = give_credential(party=party, name="ERP", write=write, by=by, at=AT)

    def post(self, path: str, body: Any, media: str = "application/json", **headers: str) -> HttpResponse:
        """Send a body; what is not bytes is written as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client().post(f"{ROOT}/{path}", content, content_type=media, headers=self._headers(headers))

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Ask for an address, absolute or below the root."""
        url = path if path.startswith("http") else f"{ROOT}/{path}"
        return Client().get(url.removeprefix("http://testserver"), headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", **named}


def a_document(*events: dict[str, Any]) -> dict[str, Any]:
    """A document of these events."""
    head = {"@context": [CONTEXT], "type": "EPCISDocument", "schemaVersion": "2.0"}
    return {**head, "creationDate": "2026-11-22T02:00:00Z", "epcisBody": {"eventList": list(events)}}
