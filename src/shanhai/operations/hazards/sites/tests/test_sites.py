# SPDX-License-Identifier: Apache-2.0
"""Registering, correcting and closing a site, and all that may be wrong with what is typed."""

import json
from dataclasses import replace

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.operations.hazards.models import HazardSite, Incident, SiteMove
from shanhai.operations.hazards.sites.services.sites import correct_site, move_site, register_site
from shanhai.operations.hazards.sites.values import SiteFacts
from shanhai.operations.hazards.states import SiteState
from shanhai.operations.hazards.tests.builders import a_site
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, STRANGER, actor

ENGINEER = actor("station_engineer", programme="zj-ganzi")
OFFICER = actor("duty_officer", programme="zj-ganzi")
CORNERS = "101.96,30.05\n101.962,30.05\n101.962,30.052\n101.96,30.052"
FACTS = SiteFacts(
    code="wuse-2",
    name="色乌绒二号坡",
    kind="landslide",
    programme="zj-ganzi",
    outline=CORNERS,
    crs="wgs84",
    place="513301",
    households=12,
    people=47,
    shelter="村小学操场",
)


def register(by=ENGINEER, **facts):
    return register_site(by=by, at=AT, facts=replace(FACTS, **facts))


@pytest.mark.parametrize(
    ("given", "field"), [({"shelter_lon": "101.9"}, "shelter_lat"), ({"shelter_lat": "30"}, "shelter_lon")]
)
def test_half_of_where_the_shelter_is_asks_for_the_other_half(ganzi, given, field):
    with pytest.raises(BadInput) as told:
        register(**given)

    assert (told.value.field, told.value.code) == (field, "hazards.point_incomplete")


def test_a_site_is_registered_with_its_outline_closed_and_its_box(ganzi):
    site = register(route="101.961,30.049；101.965,30.048", shelter_lon="101.965", shelter_lat="30.048")

    ring = site.outline["coordinates"][0]
    assert ring[0] == ring[-1] == [101.96, 30.05]
    assert (site.west, site.south, site.east, site.north) == (101.96, 30.05, 101.962, 30.052)
    assert site.route["coordinates"] == [[101.961, 30.049], [101.965, 30.048]]
    row = AuditRow.objects.get(action="hazards.site.registered")
    assert row.changes["people"] == 47


def test_pasted_geojson_is_read_also_as_a_feature_and_gcj02_is_turned_into_wgs84(ganzi):
    ring = [[101.96, 30.05], [101.962, 30.05], [101.962, 30.052], [101.96, 30.05]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geometry}]}

    plain = register(outline=json.dumps(geometry))
    shifted = register(code="other", outline=json.dumps(collection), crs="gcj02")

    assert plain.outline["coordinates"] == [ring]
    # Some 200 metres to the west and south of where the map of the web has it.
    assert 0.001 < plain.west - shifted.west < 0.004


BOWTIE = "101.96,30.05\n101.962,30.052\n101.962,30.05\n101.96,30.052"
HOLED = {
    "type": "Polygon",
    "coordinates": [
        [[101.9, 30.0], [102.0, 30.0], [102.0, 30.1], [101.9, 30.1], [101.9, 30.0]],
        [[101.94, 30.04], [101.96, 30.04], [101.96, 30.06], [101.94, 30.06], [101.94, 30.04]],
    ],
}
PARTS = {"type": "MultiPolygon", "coordinates": [[[[x, 30], [x + 0.01, 30], [x, 30.01], [x, 30]]] for x in (101, 102)]}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"outline": BOWTIE}, "outline"),
        *(({"siren": topic}, "siren") for topic in ("sirens/+", "sirens/#", "$SYS/x", "shanhai/a/b/c", "x" * 201)),
        ({"outline": json.dumps(HOLED)}, "outline"),
        ({"outline": json.dumps(PARTS)}, "outline"),
        ({"outline": "101.96,30.05\n101.97,30.05"}, "outline"),
        ({"outline": "101.96,30.05\n101.97,30.05\n101.98,30.05"}, "outline"),
        # Corners in a line that no float says is one; less than a step across; what crosses itself in an alert.
        ({"outline": "101.96,30.05\n101.97,30.06\n101.98,30.07"}, "outline"),
        ({"outline": "101.96,30.05\n101.9600001,30.05\n101.9600001,30.0500001"}, "outline"),
        ({"outline": "101.96,30.05\n101.97,30.05\n101.97,30.0500001"}, "outline"),
        ({"outline": "101.96 东\n30.05"}, "outline"),
        ({"outline": "30.05,101.96\n30.05,101.962\n30.052,101.962"}, "outline"),
        ({"outline": "0,0\n1,0\n1,1"}, "outline"),
        ({"outline": "101,30\n103,30\n103,31"}, "outline"),
        ({"outline": "{"}, "outline"),
        ({"outline": '{"type": "Point", "coordinates": [101.96, 30.05]}'}, "outline"),
        ({"outline": "[" * 10_000}, "outline"),
        ({"outline": ""}, "outline"),
        ({"outline": "101.96,30.05\n" * 3000}, "outline"),
        ({"outline": "nan,30.05\n101.962,30.05\n101.962,30.052"}, "outline"),
        ({"crs": ""}, "outline"),
        ({"crs": "beijing54"}, "outline"),
        ({"route": "101.96,30.05"}, "route"),
        ({"route": "110,20\n111,21"}, "route"),
        ({"route": "101.96,30.05\n101.96,30.05"}, "route"),
        ({"shelter": ""}, "shelter"),
        ({"shelter_lon": "101.961", "shelter_lat": "30.051"}, "shelter_lon"),
        ({"shelter_lon": "101.961"}, "shelter_lat"),
        ({"shelter_lon": "110", "shelter_lat": "20"}, "shelter_lon"),
        ({"people": -1}, "people"),
        ({"households": 10**9}, "households"),
        ({"kind": "volcano"}, "kind"),
        ({"code": "二号"}, "code"),
        ({"code": "a/b"}, "code"),
        ({"name": "  "}, "name"),
        ({"name": "\u200b\x07\ufeff"}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"place": "火星"}, "place"),
        ({"place": "540602"}, "place"),
        ({"place": ""}, "place"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(ganzi, facts, field):
    with pytest.raises(BadInput) as refused:
        register(**facts)

    assert field in {one.field for one in (refused.value, *refused.value.others)}
    assert not HazardSite.objects.exists()


def test_what_is_pasted_with_signs_that_no_alert_holds_is_stored_without_them(ganzi):
    site = register(
        name="色乌绒\r\n二号坡\x07", shelter="村小学\x0b操场", route_words="沿村道\x0b向东\ufffe，\r\n过桥\ud800"
    )

    assert (site.name, site.shelter) == ("色乌绒 二号坡", "村小学 操场")
    assert site.route_words == "沿村道\n向东 ，\n过桥"


def test_all_faults_are_told_at_once(ganzi):
    with pytest.raises(BadInput) as refused:
        register(code="", people=-1, shelter="", outline=BOWTIE)

    assert {one.field for one in (refused.value, *refused.value.others)} == {"code", "people", "shelter", "outline"}


def test_the_county_is_found_by_the_outline_and_another_is_refused(ganzi):
    a_division("513301", box=(101.9, 30.0, 102.1, 30.1))

    assert register(place="").place == "513301"
    with pytest.raises(BadInput, match="康定市"):
        register(code="other", place="513322")


def test_a_code_is_used_once(ganzi):
    register()

    with pytest.raises(Conflict) as refused:
        register(name="另一个")
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (OFFICER, NotAllowed),
        (actor("station_engineer", programme="zj-ganzi", place="513322"), NotAllowed),
        (STRANGER, NotVisible),
    ],
    ids=["officer", "elsewhere", "stranger"],
)
def test_who_does_not_manage_the_place_registers_nothing(ganzi, by, error):
    with pytest.raises(error):
        register(by=by)
    assert not HazardSite.objects.exists()


def test_a_correction_replaces_what_is_written_and_says_both_in_the_trail(ganzi):
    register()

    site = correct_site(
        by=ENGINEER, at=AT, site="wuse-2", facts=replace(FACTS, people=50, outline=f"{CORNERS}\n101.959,30.051")
    )

    assert site.west == 101.959
    changes = AuditRow.objects.get(action="hazards.site.corrected").changes
    assert changes["people"] == [47, 50]
    assert set(changes) == {"people", "outline"}


def test_a_correction_of_what_somebody_else_has_corrected_is_refused(ganzi):
    register()

    with pytest.raises(Conflict) as refused:
        correct_site(by=ENGINEER, at=AT, site="wuse-2", facts=replace(FACTS, people=50), seen={"people": 40})
    assert refused.value.field == "people"


def test_a_site_is_closed_for_a_reason_and_watched_again(ganzi):
    register()
    act = {"by": ENGINEER, "at": AT, "site": "wuse-2"}

    with pytest.raises(BadInput):
        move_site(**act, to=SiteState.CLOSED, because=" ")
    move_site(**act, to=SiteState.CLOSED, because="已治理，验收合格")
    with pytest.raises(Conflict):
        move_site(**act, to=SiteState.CLOSED, because="再关一次")
    assert move_site(**act, to=SiteState.WATCHED, because="又裂了").state == SiteState.WATCHED
    assert list(SiteMove.objects.values_list("new", flat=True)) == ["closed", "watched"]


def test_a_site_with_an_open_incident_is_not_closed(ganzi):
    Incident.objects.create(site=a_site(), opened_at=AT, moved_at=AT)

    with pytest.raises(Conflict):
        move_site(by=ENGINEER, at=AT, site="wuse-slope", to=SiteState.CLOSED, because="已治理")
