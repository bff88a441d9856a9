# SPDX-License-Identifier: Apache-2.0
"""The pages of sites: who is answered, what they say, and how many questions they ask of the database."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from shanhai.kernel.registry import registries
from shanhai.operations.hazards.labels import LEVELS
from shanhai.operations.hazards.models import HazardSite, MonitoringPoint, SiteTrack, Track
from shanhai.operations.hazards.sites.selectors.curves import MOST_LINES
from shanhai.operations.hazards.sites.tests.test_sites import CORNERS
from shanhai.operations.hazards.tests.builders import a_chain, a_point, a_site, a_threshold_set, an_incident
from shanhai.operations.hazards.values import Lack, Level
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.people.tests.builders import a_person
from tests.cast import actor

SCOPE = {"programme": "zj-ganzi"}


@pytest.fixture
def engineer(ganzi, sign_in):
    return sign_in("station_engineer", username="engineer", **SCOPE)


@pytest.fixture
def officer(ganzi, sign_in):
    return sign_in("duty_officer", username="officer", **SCOPE)


def questions(client, path):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def filled(point):
    site = f"/hazards/sites/{point.site.code}"
    return ["/hazards/sites/", "/hazards/sites/sites.xlsx", f"{site}/", f"/hazards/points/{point.uuid}/"]


def managing(point):
    site = f"/hazards/sites/{point.site.code}"
    return [f"{site}/edit", f"{site}/chain", f"{site}/points"]


def test_pages_are_for_who_sees_the_site_and_forms_for_who_manages_it(engineer, officer, sign_in):
    point = a_point(a_site())
    stranger = sign_in(None)
    elsewhere = sign_in("station_engineer", username="other", programme="other")

    for path in filled(point):
        answers = [client.get(path).status_code for client in (engineer, officer, stranger)]
        assert answers == [200, 200, 404], path
    for path in [*managing(point), "/hazards/sites/new"]:
        answers = [client.get(path).status_code for client in (engineer, officer, stranger)]
        assert answers == [200, 403, 404], path
    assert elsewhere.get(filled(point)[2]).status_code == elsewhere.get(filled(point)[3]).status_code == 404
    for act in ("close", "set_apart"):
        base = f"/hazards/sites/{point.site.code}" if act == "close" else f"/hazards/points/{point.uuid}"
        sent = [client.post(f"{base}/{act}", {"because": "试"}).status_code for client in (officer, stranger)]
        assert sent == [403, 404]
    assert not HazardSite.objects.filter(state="closed").exists()


def test_a_site_is_registered_corrected_and_closed_by_pages(engineer):
    sent = {
        "name": "色乌绒二号坡", "code": "wuse-2", "kind": "landslide", "programme": "zj-ganzi", "crs": "wgs84",
        "outline": CORNERS, "place": "康定", "people": "47", "shelter": "村小学操场",
    }  # fmt: skip

    refused = engineer.post("/hazards/sites/new", {**sent, "people": "-3", "outline": "101,30"})
    assert refused.status_code == 400
    assert "三个角点" in refused.content.decode()
    assert engineer.post("/hazards/sites/new", sent)["Location"] == "/hazards/sites/wuse-2/"
    page = engineer.get("/hazards/sites/wuse-2/edit").content.decode()
    assert "101.962,30.052" in page
    del sent["code"], sent["programme"]
    assert engineer.post("/hazards/sites/wuse-2/edit", {**sent, "people": "50"}).status_code == 302
    assert HazardSite.objects.get().people == 50
    assert engineer.post("/hazards/sites/wuse-2/close", {"because": "已治理"}).status_code == 302
    assert "已销号" in engineer.get("/hazards/sites/?closed=on").content.decode()
    assert "wuse-2" not in engineer.get("/hazards/sites/").content.decode()


@pytest.mark.parametrize("seen", ['{"a":' * 3000, "9" * 5000], ids=["too deep", "too many digits"])
@pytest.mark.parametrize("page", ["edit", "chain"])
def test_what_stood_when_a_form_was_shown_is_refused_where_nobody_can_read_it(engineer, page, seen):
    a_chain(a_site())

    assert engineer.post(f"/hazards/sites/wuse-slope/{page}", {"seen": seen}).status_code == 422


def test_a_point_is_added_from_stations_nearby_or_found_and_set_apart(engineer):
    site = a_site()
    near = a_point(a_site("helper"), name="近").datastream
    MonitoringPoint.objects.all().delete()
    sent = {"datastream": near.pk, "name": "后缘 1", "zone": "crown", "lon": "102.2", "lat": "30.05"}

    assert engineer.post(f"/hazards/sites/{site.code}/points?text=没有", sent).status_code == 422
    answer = engineer.post(f"/hazards/sites/{site.code}/points", sent, follow=True)
    assert "公里" in answer.content.decode()
    point = MonitoringPoint.objects.get()
    assert engineer.post(f"/hazards/points/{point.uuid}/set_apart", {"because": "牛蹭的"}).status_code == 302
    assert "牛蹭的" in engineer.get(f"/hazards/points/{point.uuid}/").content.decode()
    assert engineer.post(f"/hazards/points/{point.uuid}/dance", {}).status_code == 404


def test_the_chain_is_written_row_by_row_and_says_what_is_wrong_in_its_row(engineer):
    site = a_site()
    person = str(a_person("丁四").uuid)
    address = f"/hazards/sites/{site.code}/chain"
    row = {"person_2": person, "role_2": "village", "channels_2": ["sms", "app"], "seen": "[]"}

    refused = engineer.post(address, {**row, "channels_2": []})
    assert refused.status_code == 400
    assert "person_2" in refused.context["form"].errors
    assert "第 2 个叫谁" in refused.content.decode()
    assert engineer.post(address, row).status_code == 302
    assert "丁四" in engineer.get(f"/hazards/sites/{site.code}/").content.decode()
    assert engineer.post(address, row).status_code == 409


def test_the_worst_comes_first_and_what_is_not_known_before_what_is_well(engineer):
    for code, level, lack in (("calm", Level.NONE, ""), ("dark", None, Lack.NO_DATA), ("red", Level.RED, "")):
        SiteTrack.objects.create(site=a_site(code, name=code), level=level, lack=lack)
    a_site("new", name="new")

    found = [row[0].code for row in engineer.get("/hazards/sites/").context["rows"]]
    assert found == ["red", "dark", "new", "calm"]
    for standing, codes in (("4", ["red"]), ("no_data", ["dark"]), ("warm_up", ["new"]), ("nonsense", found)):
        rows = engineer.get(f"/hazards/sites/?standing={standing}").context["rows"]
        assert [row[0].code for row in rows] == codes


def test_a_chain_in_which_nobody_decides_is_told(engineer):
    site = a_site()
    (link,) = a_chain(site, a_person("丁四"))
    link.role = "village"
    link.save()

    village = engineer.get(f"/hazards/sites/{site.code}/").content.decode()
    site.chain.update(role="duty")

    assert "不会叫人来会商" in village
    assert "不会叫人来会商" not in engineer.get(f"/hazards/sites/{site.code}/").content.decode()


def test_the_table_has_what_the_list_has(engineer):
    site = a_site()
    a_point(site)
    an_incident("orange", site=site)
    an_incident("red", site=site, exercise=True)
    a_programme(code="other", name="另一项")
    a_site("hidden", programme="other")

    content = b"".join(engineer.get("/hazards/sites/sites.xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows if row[1].startswith(("wuse", "hidden"))] == ["wuse-slope"]
    # What was decided in earnest stands beside what is judged; a drill does not.
    assert [row[7] for row in rows if row[1] == "wuse-slope"] == ["橙色"]
    listed = engineer.get("/hazards/sites/").content.decode()
    assert "橙色" in listed.split("会商定的级别")[1]


def test_more_sites_and_points_ask_no_more_questions(engineer):
    site = a_site()
    for _number in range(MOST_LINES):
        a_point(site)
    a_chain(site)
    a_threshold_set(site)
    engineer.get("/hazards/sites/")
    before = questions(engineer, "/hazards/sites/"), questions(engineer, f"/hazards/sites/{site.code}/")

    for number in range(5):
        a_point(a_site(f"more-{number}"))
        a_point(site)
    assert (questions(engineer, "/hazards/sites/"), questions(engineer, f"/hazards/sites/{site.code}/")) == before


def test_the_site_says_why_it_is_judged_so_and_how_each_point_stands(engineer):
    point = a_point(a_site(), name="后缘 GNSS")
    reason = {"code": "rate", "point": str(point.uuid), "level": 4, "numbers": {"rate": 31.4}}
    SiteTrack.objects.create(site=point.site, level=Level.RED, lack="", reasons=[reason], since=1)
    Track.objects.create(point=point, conclusions=[["rate", 4, None, {"rate": 31.4}, ""]])

    page = engineer.get("/hazards/sites/wuse-slope/")

    assert [(where, words.text) for where, words, _numbers in page.context["reasons"]] == [("后缘 GNSS", "速率倍数")]
    assert [str(value) for _where, _words, numbers in page.context["reasons"] for _name, value in numbers] == [
        "31.4 mm"
    ]
    assert page.context["points"][0]["standing"] == LEVELS[Level.RED]


def test_search_finds_a_site_for_who_sees_it(ganzi):
    a_site()
    source = registries.search.get("hazards")

    hits = [source.find(viewer=actor(role, **SCOPE), text="乌绒", limit=5) for role in ("duty_officer", None)]
    assert [[one.url for one in found] for found in hits] == [["/hazards/sites/wuse-slope/"], []]
