# SPDX-License-Identifier: Apache-2.0
"""What somebody sees of a layer follows from their readership alone: the file of one is right for all of it."""

from dataclasses import replace

import pytest

from shanhai.base.database.selectors import member_of, readership_of
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.stations.tests.builders import a_station
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.registry import registries
from shanhai.operations.hazards.tests.builders import a_point
from shanhai.operations.hazards.tests.builders import a_site as a_hazard_site
from shanhai.planning.projects.tests.builders import a_project
from shanhai.registers.places.models import Division
from shanhai.registers.places.tests.builders import a_division, a_site
from tests.cast import ADMIN, AUDITOR, DUTY_OFFICER, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db
ELSEWHERE = {"trace.manage": (Scope(),), "sensor.manage": (Scope(),), "project.manage": (Scope(),)}
VIEWERS = (OFFICE, KANGDING, DUTY_OFFICER, AUDITOR, ADMIN, STRANGER)


@pytest.fixture
def things(ganzi):
    a_division("330100", box=(118.0, 29.0, 120.0, 30.0))
    Division.objects.update(label_lon=101.5, label_lat=30.0)
    for place in ("513301", "513322"):
        a_project(code=place, place=place)
        stream = a_station(f"station-{place}", place=place).datastreams.first()
        a_point(a_hazard_site(f"site-{place}", place=place), datastream=stream)
    a_site()
    # Published are its observations, and no station.
    Datastream.objects.filter(thing__code="station-513322").update(published=True)


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda one: one.name)
def test_who_is_of_a_readership_sees_what_its_member_sees(things, viewer):
    # What else they may do changes nothing.
    viewer = replace(viewer, grants={**ELSEWHERE, **viewer.grants})
    for layer in registries.layers:
        readership = readership_of(layer, viewer)
        seen = [one.id for one in layer.features(viewer=viewer)] if readership else []
        assert seen == ([one.id for one in layer.features(viewer=member_of(layer, readership))] if readership else [])


def test_a_county_sees_its_own_alone_and_somebody_sees_each_layer(things):
    scope = (Scope("zj-ganzi", "513301"),)
    county = Actor("user:county", grants=dict.fromkeys(("project.view", "sensor.view", "hazard.view"), scope))
    seen = {}
    for layer in registries.layers:
        assert [*layer.features(viewer=OFFICE)]
        seen[layer.key] = [one.id for one in layer.features(viewer=county)]

    assert seen["stations"] + seen["hazard-sites"] == ["station-513301", "site-513301"]
    assert (len(seen["projects"]), seen["sites"]) == (1, [])
