# SPDX-License-Identifier: Apache-2.0
"""A program that talks to the API with a token, and the entities of 18-088 as it writes them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.test import Client

from shanhai.field.sensors.models import ApiToken
from tests.cast import AT

ROOT = "/sta/v1.1"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
CELSIUS = {"name": "Celsius", "symbol": "°C", "definition": "http://unitsofmeasure.org/ucum.html#para-30"}
THING = {"name": "站", "description": "一号站", "properties": {"owner": "县气象局"}}
LOCATION = {
    "name": "康定",
    "description": "坡脚",
    "encodingType": "application/vnd.geo+json",
    "location": {"type": "Point", "coordinates": [101.9, 30.05]},
}
SENSOR = {
    "name": "温度计",
    "description": "铂电阻",
    "encodingType": "application/pdf",
    "metadata": "http://example.org/a",
}
PROPERTY = {"name": "气温", "description": "两米处", "definition": "http://example.org/air"}
FEATURE = {
    "name": "坡",
    "description": "坡面",
    "encodingType": "application/vnd.geo+json",
    "feature": {"type": "Point", "coordinates": [101.8, 30.0]},
}
DATASTREAM = {
    "name": "气温",
    "description": "每十分钟",
    "observationType": MEASUREMENT,
    "unitOfMeasurement": CELSIUS,
    "Sensor": SENSOR,
    "ObservedProperty": PROPERTY,
}
MULTI = {
    "name": "风",
    "description": "风速风向",
    "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
    "unitOfMeasurements": [CELSIUS, CELSIUS],
    "Sensor": SENSOR,
    "ObservedProperties": [PROPERTY, {**PROPERTY, "name": "风向"}],
}


def a_token(*, write: bool = True, programme: str = "", place: str = "", datastream: int | None = None) -> str:
    """A token that is there, without the service that gives it."""
    secret = f"secret {write} {programme} {place} {datastream}"
    ApiToken.objects.get_or_create(
        hashed=hashlib.sha256(secret.encode()).hexdigest(),
        defaults={
            "name": "程序",
            "write": write,
            "programme": programme,
            "place": place,
            "datastream_id": datastream,
            "made_at": AT,
            "made_by": "system:test",
        },
    )
    return secret


class Program:
    """Sends JSON, and answers the status with what came of it."""

    def __init__(self, token: str | None) -> None:
        self._client = Client(headers={} if token is None else {"Authorization": f"Bearer {token}"})
        self.location = ""

    def send(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> tuple[int, Any]:
        """Below the root, or at the address that an answer told; ``body`` as it is where it is bytes."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        address = path.removeprefix("http://testserver") if path.startswith("http") else f"{ROOT}/{path}"
        answer = self._client.generic(method, address, raw, content_type=content_type)
        self.location = answer.headers.get("Location", "")
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str) -> Any:
        """What is there."""
        status, found = self.send("GET", path)
        assert status == 200, (path, status, found)
        return found

    def many(self, path: str) -> list[Any]:
        """The members of a set."""
        return self.get(path)["value"]

    def make(self, path: str, body: Any) -> int:
        """Create, and answer the id."""
        status, found = self.send("POST", path, body)
        assert status == 201, (path, status, found)
        return found["@iot.id"]

    def refused(self, method: str, path: str, body: Any = None, **kw: Any) -> int:
        """The status of a refusal, which says why."""
        status, found = self.send(method, path, body, **kw)
        assert status >= 400, (path, status, found)
        assert found["message"], found
        return status


def a_program(**scope: Any) -> Program:
    """One that may write everywhere, unless bound."""
    return Program(a_token(**scope))
