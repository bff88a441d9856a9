# SPDX-License-Identifier: Apache-2.0
"""Another's client (frost-sta-client) writes and reads every entity over HTTP; any body is answered, never with 500."""

import datetime

import frost_sta_client as fsc
import pytest
from frost_sta_client.service.auth_handler import AuthHandler
from geojson import Point
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.tests.sta_client import DATASTREAM, LOCATION, MEASUREMENT, THING, a_program, a_token

SPRING = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


class Bearer:
    """What requests puts into each request."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Units(list):
    """The client 1.1.53 asks a list for its state, which is None since Python 3.11: it sends null for the units."""

    def __getstate__(self):
        return [one.__getstate__() for one in self]


class Handler(AuthHandler):
    def __init__(self, token):
        super().__init__("", "")
        self.token = token

    def add_auth_header(self):
        return Bearer(self.token)


@pytest.fixture
def service(live_server, transactional_db):
    return fsc.SensorThingsService(f"{live_server.url}/sta/v1.1", auth_handler=Handler(a_token()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.django_db(transaction=True)
def test_another_s_client_drives_every_entity(service):
    point = Point((101.9, 30.05))
    place = fsc.Location(name="康定", description="坡脚", location=point, encoding_type="application/geo+json")
    thing = fsc.Thing(name="站", description="一号", properties={"a": 1}, locations=[place])
    service.create(thing)
    unit = fsc.UnitOfMeasurement(name="Celsius", symbol="C", definition="urn:C")
    sensor = fsc.Sensor(name="表", description="表", encoding_type="text/plain", metadata="x")
    air = fsc.ObservedProperty(name="气温", definition="urn:air", description="两米")
    stream = fsc.Datastream(
        name="气温", description="气温", observation_type=MEASUREMENT, unit_of_measurement=unit,
        thing=thing, sensor=sensor, observed_property=air,
    )  # fmt: skip
    service.create(stream)
    feature = fsc.FeatureOfInterest(name="坡", description="坡", encoding_type="application/geo+json", feature=point)
    service.create(feature)
    seen = fsc.Observation(result=1.5, phenomenon_time=SPRING, datastream=stream, feature_of_interest=feature)
    service.create(seen)
    history = fsc.HistoricalLocation(time=SPRING, thing=thing, locations=[place])
    history.locations = service.locations().query().list().entities
    service.create(history)

    assert service.observations().find(seen.id).result == 1.5
    assert service.things().find(thing.id).name == "站"
    thing.name = "改名"
    thing.locations = None
    service.update(thing)
    assert service.things().find(thing.id).name == "改名"
    arrays = fsc.model.ext.data_array_value.DataArrayValue()
    arrays.datastream = stream
    arrays.components = {arrays.Property.PHENOMENON_TIME, arrays.Property.RESULT}
    for minute in range(1, 4):
        arrays.add_observation(
            fsc.Observation(
                result=minute, phenomenon_time=SPRING + datetime.timedelta(minutes=minute), datastream=stream
            )
        )
    arrays.add_observation(fsc.Observation(result=-1, phenomenon_time=SPRING, datastream=stream))
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(arrays)
    made = service.observations().create(document)
    assert [one.self_link.startswith("error: 这个数据流在这个时间已经有另一个结果") for one in made] == [False] * 3 + [
        True
    ]
    assert Datastream.objects.get(pk=stream.id).count == 4
    multi = fsc.MultiDatastream(
        name="风", description="风", thing=thing, sensor=sensor, observed_properties=[air, air],
        unit_of_measurements=Units([unit, unit]), multi_observation_data_types=[MEASUREMENT, MEASUREMENT],
    )  # fmt: skip
    service.create(multi)
    both = fsc.Observation(result=[1, 2], phenomenon_time=SPRING, multi_datastream=multi)
    service.create(both)
    assert service.observations().find(both.id).result == [1, 2]
    service.delete(thing)
    assert not Datastream.objects.exists()


NAMES = st.sampled_from(
    ["name", "description", "properties", "location", "encodingType", "Datastreams", "Thing", "Locations", "result",
     "phenomenonTime", "Observations", "Sensor", "ObservedProperty", "@iot.id", "unitOfMeasurement",
     "FeatureOfInterest", "observationType", "metadata", "definition", "time", "feature", "parameters",
     "validTime", "colour", "ObservedProperties", "unitOfMeasurements",
     "multiObservationDataTypes", "type", "coordinates", "Things"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES | st.sampled_from([THING, LOCATION, DATASTREAM, MEASUREMENT, "Point", "application/geo+json"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=5),
    max_leaves=12,
)
PATHS = st.sampled_from(
    ["Things", "Locations", "Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties", "FeaturesOfInterest",
     "Observations", "HistoricalLocations", "CreateObservations", "$batch", "Things(1)", "Things(1)/Datastreams",
     "Datastreams(1)/Observations", "Observations(1)", "Nothing", "Things(1)/Locations", "Datastreams(1)"]
)  # fmt: skip
BODIES = VALUES | st.dictionaries(NAMES, VALUES, max_size=6).map(lambda extra: {**THING, **LOCATION, **extra})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(["POST", "PATCH", "PUT", "DELETE"]), path=PATHS, body=BODIES)
@pytest.mark.django_db
def test_any_body_is_answered_and_never_with_a_failure_of_the_server(method, path, body):
    status, _found = a_program().send(method, path, body)

    assert status < 500
