# SPDX-License-Identifier: Apache-2.0
"""Programs that others wrote read the layers: GDAL, as QGIS does, and OWSLib."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from owslib.ogcapi.features import Features
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from shanhai.insight.map.services import give_token
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from tests.cast import AT, a_user, actor_of

# No schema says which words are a filter, or which numbers a box: that one is refused is right.
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    negative_data_rejection,
]  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head(transactional_db):
    return {"Authorization": f"Bearer {give_token(name='GIS', by=actor_of(a_user('commander')), at=AT)}"}


@pytest.fixture
def made():
    given = [a_feature(f"f{number}", (100 + number / 100, 30.0), level=number) for number in range(25)]
    with registered(Made(*given)) as layer:
        yield layer


# GDAL keeps the interpreter while it waits for an answer, which would then never come: so in a process of its own.
_ASK = """
import json, sys
import pyogrio, shapely
how = {name: tuple(one) if name == "bbox" else one for name, one in json.loads(sys.argv[2]).items()}
found = {"layers": pyogrio.list_layers(sys.argv[1])[:, 0].tolist()}
told, _, shapes, columns = pyogrio.raw.read(sys.argv[1], layer="made", **how)
found |= {name: column.tolist() for name, column in zip(told["fields"], columns, strict=True)}
found |= {"x": [point.x for point in shapely.from_wkb(shapes)], "crs": told["crs"], "kind": told["geometry_type"]}
print(json.dumps(found, default=str))
"""


@pytest.fixture
def gdal(live_server, made, head):
    """What GDAL reads of the layer, asked for in its own words."""
    token = head["Authorization"].removeprefix("Bearer ")
    own = {**os.environ, "GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token}

    def read(**how):
        words = [sys.executable, "-c", _ASK, f"OAPIF:{live_server.url}/ogc/", json.dumps(how)]
        return json.loads(subprocess.run(words, env=own, stdout=subprocess.PIPE, check=True, timeout=60).stdout)

    return read


def test_gdal_finds_the_layers_and_reads_all_pages(gdal):
    found = gdal()

    assert "made" in found["layers"]
    assert ("CRS84" in found["crs"], found["kind"]) == (True, "Point")
    assert found["x"] == [100 + number / 100 for number in range(25)]
    assert (found["level"], found["open"]) == (list(range(25)), [True] * 25)


def test_gdal_hands_on_its_filter_and_its_box(gdal):
    assert gdal(where="level > 22")["level"] == [23, 24]
    assert gdal(bbox=(100.005, 29, 100.025, 31))["level"] == [1, 2]


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="no ogrinfo: bash tests/system_packages.sh gdal")
def test_ogrinfo_of_a_distribution_lists_layers_and_reads_what_it_filters(live_server, made, head):
    def ogrinfo(*words, **more):
        command = ["ogrinfo", "-ro", f"OAPIF:{live_server.url}/ogc/", *words]
        # GDAL before 3.9 knows no bearer tokens, but headers.
        own = {**os.environ, "GDAL_HTTP_HEADERS": f"Authorization: {head['Authorization']}", **more}
        return subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=60)

    assert "made (title: 试验图层)" in ogrinfo().stdout
    told = ogrinfo("-al", "made", "-where", "level > 22").stdout
    assert re.findall(r"level \(Integer\) = (\d+)", told) == ["23", "24"]
    assert re.findall(r"POINT \((100\.\d+) 30", told) == ["100.23", "100.24"]
    assert "Feature Count: 3" in ogrinfo("-so", "-spat", "100.005", "29", "100.035", "31", "made").stdout
    stranger = ogrinfo(GDAL_HTTP_HEADERS="Authorization: Bearer nothing")
    assert stranger.returncode == 1
    assert "401" in stranger.stderr


def test_owslib_reads_layers_and_items(live_server, made, head):
    service = Features(f"{live_server.url}/ogc/", headers=head)
    assert "made" in service.feature_collections()
    assert service.api()["openapi"].startswith("3.0")

    found = service.collection_items("made", bbox=[100.005, 29, 100.025, 31], limit=1)
    assert (found["numberMatched"], found["numberReturned"]) == (2, 1)
    assert service.collection_item("made", "f7")["properties"]["level"] == 7
    assert set(service.collection_queryables("made")["properties"]) >= {"level", "name"}


def test_every_answer_is_one_that_the_description_has(live_server, made, head):
    api = schemathesis.openapi.from_dict(requests.get(f"{live_server.url}/ogc/api", headers=head, timeout=30).json())
    operations = [result.ok() for result in api.get_all_operations()]

    for operation in operations:

        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(base_url=f"{live_server.url}/ogc", headers=head, checks=CHECKS)

        ask()
    assert len(operations) == 12
