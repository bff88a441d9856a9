# SPDX-License-Identifier: Apache-2.0
"""Months that have moved to files are read on in by the API, or the answer says that they were not."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from shanhai.field.sensors.models import ArchivedMonth, Datastream, Observation
from shanhai.field.sensors.sta.selectors import bounds, expanding
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.field.sensors.tests.builders import a_feature
from shanhai.field.sensors.tests.sta_client import a_program
from shanhai.field.sensors.tests.streams import a_stream, came
from shanhai.kernel.actors import system

pytestmark = pytest.mark.django_db
KEEPER = system("keeper", ("sensor.manage", "sensor.view", "sensor.write"))
DAY = 86_400


@pytest.fixture
def stream(settings, tmp_path):
    """Readings of March to May, some of them no numbers."""
    settings.SENSORS_KEEP_MONTHS = 1
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "history")
    settings.SENSORS_PAGE = 20
    stream = a_stream()
    rows = [(day * DAY, float(day)) for day in range(90)]
    rows[3] = (3 * DAY, {"开": [1, None]})
    came(stream, rows)
    came(a_stream(), [(DAY, 1000.0)])
    return stream


@pytest.fixture
def pages(get):
    """All of a set, page by page."""

    def ask(path, **options):
        found = []
        while path is not None:
            page = get(path, **options)
            assert "@shanhai.notReadUntil" not in page
            found += page["value"]
            parts = urlsplit(page.get("@iot.nextLink", ""))
            path = parts.path.removeprefix("/sta/v1.1") or None
            options = {name.removeprefix("$"): value for name, value in parse_qsl(parts.query)}
        return found

    return ask


def move():
    archive_months(by=KEEPER, at=datetime(2026, 6, 10, 2, 0, tzinfo=UTC))
    assert ArchivedMonth.objects.count() == 2
    assert 0 < Observation.objects.count() < 40


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"orderby": "phenomenonTime desc"},
        {"orderby": "phenomenonTime desc", "top": "7", "skip": "40"},
        {"skip": "25"},
        {"filter": "phenomenonTime ge 2026-03-20T00:00:00Z and phenomenonTime lt 2026-05-03T00:00:00Z"},
        {"filter": "2026-04-20T00:00:00Z lt phenomenonTime", "orderby": "phenomenonTime desc"},
        {"filter": "phenomenonTime eq 2026-03-20T00:00:00Z"},
        {"filter": "phenomenonTime le 2026-03-20T00:00:00Z", "select": "result,id"},
    ],
)
def test_what_has_moved_is_answered_as_before(pages, stream, options):
    path = f"/Datastreams({stream.pk})/Observations"
    before = pages(path, **options)
    move()

    assert pages(path, **options) == before
    assert before


def test_what_has_moved_is_counted_where_no_row_is_asked_for(get, stream):
    own = f"/Datastreams({stream.pk})"
    asked = {"filter": "phenomenonTime lt 2026-05-03T00:00:00Z", "count": "true", "top": "0"}
    before = get(f"{own}/Observations", **asked)
    move()

    assert get(f"{own}/Observations", **asked) == before
    assert before["@iot.count"] == 63
    within = "Observations($count=true;$top=0;$filter=phenomenonTime lt 2026-05-03T00:00:00Z)"
    assert get(own, expand=within)["Observations@shanhai.notReadUntil"] == "2026-04"


def test_what_has_moved_is_not_read_only_to_be_passed_over(get, stream, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_SKIPPED", 30)
    own = f"/Datastreams({stream.pk})"
    assert get(f"{own}/Observations", skip="31")["value"]
    move()

    assert "phenomenonTime" in get(f"{own}/Observations", 422, skip="31")["message"]
    assert "phenomenonTime" in get(own, 422, expand="Observations($skip=31)")["message"]
    assert get(f"{own}/Observations", skip="30")["value"]


def test_what_was_not_read_is_said(get, stream):
    own = f"/Datastreams({stream.pk})/Observations"
    move()

    for path, options in (
        ("/Observations", {}),
        (own, {"filter": "result gt 3"}),
        (own, {"orderby": "result"}),
        ("/Datastreams", {"filter": "Observations/result gt 3"}),
        ("/Observations", {"resultFormat": "dataArray"}),
    ):
        assert get(path, **options)["@shanhai.notReadUntil"] == "2026-04"
    assert "@shanhai.notReadUntil" not in get(own)
    assert "@shanhai.notReadUntil" not in get("/Datastreams")
    with_them = get("/Datastreams", expand="Observations($filter=result gt 3)")["value"][0]
    assert with_them["Observations@shanhai.notReadUntil"] == "2026-04"


def test_a_table_says_in_its_head_what_was_not_read(client, stream, get):
    move()
    answer = client.get("/sta/v1.1/Observations", {"$resultFormat": "CSV"}, headers={"Authorization": "Bearer secret"})

    assert answer.headers["Shanhai-Not-Read-Until"] == "2026-04"


@pytest.mark.parametrize(
    "options",
    [
        {"expand": "Observations($count=true)"},
        {"expand": "Observations($orderby=phenomenonTime desc;$top=7;$skip=40)"},
        {"expand": "Observations($filter=phenomenonTime lt 2026-03-09T00:00:00Z;$select=result;$expand=Datastream)"},
    ],
)
def test_what_has_moved_comes_along_as_before(get, stream, options):
    before = get("/Datastreams", **options)
    move()

    assert get("/Datastreams", **options) == before
    assert before["value"][0]["Observations"]


def test_no_more_files_are_asked_than_a_limit_and_that_is_said(get, stream, monkeypatch):
    monkeypatch.setattr(expanding, "_MOST_READ_ON", 1)
    newest = {"expand": "Observations($orderby=phenomenonTime desc;$top=1)"}
    before = get("/Datastreams", **newest)["value"][0]
    move()

    first, second = get("/Datastreams", expand="Observations")["value"]
    assert (first["Observations"][0]["result"], second["Observations"]) == (0, [])
    assert "Observations@shanhai.notReadUntil" not in first
    assert second["Observations@shanhai.notReadUntil"] == "2026-04"
    # What is not old needs no file.
    assert get("/Datastreams", **newest)["value"][0] == before


def test_what_has_moved_is_counted(get, stream):
    options = {"filter": "phenomenonTime ge 2026-03-20T00:00:00Z", "count": "true", "top": "1"}
    before = get(f"/Datastreams({stream.pk})/Observations", **options)
    move()

    assert get(f"/Datastreams({stream.pk})/Observations", **options) == before
    assert before["@iot.count"] == 71


@pytest.fixture
def placed(stream):
    """The third observation is about a feature of its own, the others about that of the datastream."""
    own, of_stream = a_feature("棚内"), a_feature("棚外")
    Datastream.objects.filter(pk=stream.pk).update(feature=of_stream)
    keys = list(Observation.objects.filter(datastream=stream).order_by("time").values_list("pk", flat=True))
    Observation.objects.filter(pk=keys[3]).update(feature=own)
    return keys, own, of_stream


def test_one_that_has_moved_is_found_as_before(get, stream, placed):
    keys, own, of_stream = placed
    paths = [
        path
        for key in keys[3:5]
        for path in (
            f"/Observations({key})",
            f"/Observations({key})/result",
            f"/Observations({key})/phenomenonTime/$value",
            f"/Observations({key})/$ref",
            f"/Observations({key})/Datastream",
            f"/Observations({key})/Datastream/Thing",
            f"/Observations({key})/FeatureOfInterest",
            f"/Datastreams({stream.pk})/Observations({key})",
            f"/Datastreams({stream.pk})/Observations({key})/FeatureOfInterest",
        )
    ]
    paths += [f"/FeaturesOfInterest({own.pk})/Observations({keys[3]})"]
    paths += [f"/FeaturesOfInterest({of_stream.pk})/Observations({keys[4]})"]
    along = {"expand": "Datastream,MultiDatastream,FeatureOfInterest"}
    before = [get(path) for path in paths] + [get(f"/Observations({keys[3]})", **along)]
    move()

    assert [get(path) for path in paths] + [get(f"/Observations({keys[3]})", **along)] == before
    for path in (
        f"/Datastreams({stream.pk + 1})/Observations({keys[3]})",
        f"/FeaturesOfInterest({of_stream.pk})/Observations({keys[3]})",
        f"/Observations({keys[3]})/MultiDatastream",
        f"/Observations({keys[-1] + 1000})",
    ):
        get(path, status=404)


def test_one_that_has_moved_is_there_for_who_sees_its_datastream_alone(client, stream):
    key = Observation.objects.filter(datastream=stream).order_by("time").values_list("pk", flat=True)[0]
    path = f"/sta/v1.1/Observations({key})"
    move()

    assert client.get(path).status_code == 404
    Datastream.objects.filter(pk=stream.pk).update(published=True)
    assert client.get(path).json()["result"] == 0


def test_one_that_has_moved_is_not_changed_and_that_is_said(stream):
    key = Observation.objects.filter(datastream=stream).order_by("time").values_list("pk", flat=True)[0]
    move()

    for method, body in (("DELETE", None), ("PATCH", {"result": 3})):
        assert a_program().refused(method, f"Observations({key})", body) == 409
    assert a_program(programme="elsewhere").refused("DELETE", f"Observations({key})") == 404
