# SPDX-License-Identifier: Apache-2.0
"""One of everything, and somebody who asks for it by the API."""

import pytest

from shanhai.base.programs import hashed
from shanhai.field.sensors.models import ApiToken
from shanhai.field.sensors.tests.builders import (
    a_datastream,
    a_feature,
    a_location,
    a_move,
    a_multi,
    a_property,
    a_thing,
    observations,
)
from tests.cast import AT


@pytest.fixture
def get(client, db):
    """What an analyst with a token that sees all is answered."""
    ApiToken.objects.create(name="analyst", hashed=hashed("secret"), made_at=AT, made_by="tests")

    def ask(path="", status=200, **options):
        options = {f"${name}": value for name, value in options.items()}
        answer = client.get(f"/sta/v1.1{path}", options, headers={"Authorization": "Bearer secret"})
        assert answer.status_code == status, answer.content.decode()
        if answer.headers["Content-Type"] != "application/json":
            return answer.content.decode()
        if status != 200:
            assert answer.json()["code"] == status
            assert answer.json()["type"] == "error"
        return answer.json()

    return ask


@pytest.fixture
def world():
    """One of everything, linked."""
    place = a_location()
    thing = a_thing(locations=[place], properties={"owner": "泸定县"})
    moved = a_move(thing, 0, place)
    feature = a_feature()
    stream = a_datastream(thing=thing, feature=feature)
    both = (stream.observed_property, a_property("气压"))
    multi = a_multi("温湿度", *both, thing=thing, sensor=stream.sensor, feature=feature)
    first, _second = observations(stream, 4.5, 5)
    several = observations(multi, [1, 2])[0]
    ids = {
        "Thing": thing,
        "Location": place,
        "HistoricalLocation": moved,
        "Datastream": stream,
        "MultiDatastream": multi,
        "Sensor": stream.sensor,
        "ObservedProperty": stream.observed_property,
        "FeatureOfInterest": feature,
        "Observation": first,
    }
    return {key: row.pk for key, row in ids.items()} | {"several": several.pk}
