# SPDX-License-Identifier: Apache-2.0
"""Query options beside $filter: what is selected, expanded, ordered, paged, counted, and what it costs."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.field.sensors.models import Datastream, Observation, Thing
from shanhai.field.sensors.sta.selectors import expanding
from shanhai.field.sensors.tests.builders import a_datastream, a_feature, a_multi, a_property, a_thing, observations
from shanhai.field.sensors.tests.streams import SECOND, START

pytestmark = pytest.mark.django_db
ROOT = "http://testserver/sta/v1.1"


@pytest.fixture
def follow(get):
    """All of a set, page by page as nextLink leads, and how many pages."""

    def ask(path, **options):
        found, pages = [], 0
        while path is not None:
            page = get(path, **options)
            found += page["value"]
            pages += 1
            parts = urlsplit(page.get("@iot.nextLink", ""))
            path = parts.path.removeprefix("/sta/v1.1") or None
            options = {name.removeprefix("$"): value for name, value in parse_qsl(parts.query)}
        return found, pages

    return ask


def results(found):
    return [one["result"] for one in found]


def test_only_what_was_selected_is_answered(get, world):
    thing = f"/Things({world['Thing']})"

    assert get(thing, select="name") == {"name": "五色二号"}
    assert get(thing, select="id, Datastreams") == {
        "@iot.id": world["Thing"],
        "Datastreams@iot.navigationLink": f"{ROOT}{thing}/Datastreams",
    }
    assert get("/Observations", select="result,phenomenonTime", top="1")["value"] == [
        {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 4.5}
    ]
    assert get(thing, select="name", expand="Datastreams($select=name)") == {
        "name": "五色二号",
        "Datastreams": [{"name": "气温"}],
    }
    assert get(thing, select="@iot.selfLink") == {"@iot.selfLink": f"{ROOT}{thing}"}
    get(thing, select="nothing", status=400)
    get(thing, expand="Datastreams($select=nothing)", status=400)


def test_links_are_expanded_to_any_level(get, world):
    thing = get(
        f"/Things({world['Thing']})",
        expand="Locations,Datastreams/ObservedProperty,Datastreams/Observations,MultiDatastreams",
    )

    assert [one["name"] for one in thing["Locations"]] == ["坡脚"]
    stream = thing["Datastreams"][0]
    assert stream["ObservedProperty"]["@iot.id"] == world["ObservedProperty"]
    assert results(stream["Observations"]) == [4.5, 5]
    assert [one["name"] for one in thing["MultiDatastreams"]] == ["温湿度"]
    assert [one["name"] for one in get("/Sensors", expand="Datastreams/Thing")["value"][0]["Datastreams"]] == ["气温"]


def test_pages_within_are_shorter_where_many_entities_have_them(get, monkeypatch):
    monkeypatch.setattr(expanding, "_MOST_ROWS", 7)
    thing = a_thing()
    for name in "abc":
        observations(a_datastream(name, thing=thing), 1, 2, 3, 4)

    found = get("/Datastreams", expand="Observations($top=4)")["value"]
    assert [len(one["Observations"]) for one in found] == [2, 2, 2]
    rest = urlsplit(found[0]["Observations@iot.nextLink"])
    given = {name.removeprefix("$"): value for name, value in parse_qsl(rest.query)}
    assert [one["result"] for one in get(rest.path.removeprefix("/sta/v1.1"), **given)["value"]] == [3, 4]
    deep = get("/Things", expand="Datastreams/Observations")["value"][0]["Datastreams"]
    assert [len(one["Observations"]) for one in deep] == [2, 2, 2]


def test_what_is_expanded_has_options_of_its_own(get, world):
    stream = Datastream.objects.get(pk=world["Datastream"])
    for second, value in ((1200, 6), (1800, 7)):
        observations(stream, value, time=START + second * SECOND)

    found = get(
        "/Datastreams",
        expand="Observations($filter=result gt 4.5 and result ne 6;$orderby=phenomenonTime desc;$top=1;$count=true;"
        "$select=result;$expand=FeatureOfInterest($select=name))",
    )["value"][0]

    assert found["Observations"] == [{"result": 7, "FeatureOfInterest": {"name": "坡体"}}]
    assert found["Observations@iot.count"] == 2
    link = urlsplit(found["Observations@iot.nextLink"])
    assert link.path == f"/sta/v1.1/Datastreams({stream.pk})/Observations"
    following = get(link.path.removeprefix("/sta/v1.1"), **{n[1:]: v for n, v in parse_qsl(link.query)})
    assert following["value"] == [{"result": 5, "FeatureOfInterest": {"name": "坡体"}}]


def test_an_observation_has_the_feature_of_its_own_or_that_of_its_datastream(get, world):
    other = a_feature("别处")
    Observation.objects.filter(pk=world["Observation"]).update(feature=other)
    stream = world["Datastream"]

    found = get(f"/Datastreams({stream})/Observations", expand="FeatureOfInterest($select=name)")["value"]

    assert [one["FeatureOfInterest"]["name"] for one in found] == ["别处", "坡体"]
    assert get(f"/Observations({world['Observation']})/FeatureOfInterest/name") == {"name": "别处"}
    assert results(get(f"/FeaturesOfInterest({other.pk})/Observations")["value"]) == [4.5]
    assert results(get(f"/FeaturesOfInterest({world['FeatureOfInterest']})/Observations")["value"]) == [5, [1, 2]]
    expanded = get("/FeaturesOfInterest", expand="Observations($select=result)")["value"]
    assert [results(one["Observations"]) for one in expanded] == [[5, [1, 2]], [4.5]]
    assert results(get("/Observations", filter="FeatureOfInterest/name eq '别处'")["value"]) == [4.5]
    names = [one["name"] for one in get("/FeaturesOfInterest", filter="Observations/result eq 5")["value"]]
    assert names == ["坡体"]


def test_properties_of_a_multidatastream_stand_as_its_results_do(get):
    second, first = a_property("second"), a_property("first")
    multi = a_multi("both", first, second)

    direct = get(f"/MultiDatastreams({multi.pk})/ObservedProperties")["value"]
    expanded = get("/MultiDatastreams", expand="ObservedProperties")["value"][0]["ObservedProperties"]

    assert [one["name"] for one in direct] == [one["name"] for one in expanded] == ["first", "second"]


def test_rows_come_in_the_order_asked_for(get):
    for name, height in (("b", 2), ("a", None), ("c", 10), ("d", "x")):
        a_thing(name, properties={"height": height})

    def names(orderby):
        return "".join(one["name"] for one in get("/Things", orderby=orderby)["value"])

    assert names("name") == names("name asc") == "abcd"
    assert names("name desc") == "dcba"
    assert names("properties/height") == "adbc"
    assert names("properties/height desc,name") == "cbda"
    assert names("length(name),name desc") == "dcba"
    assert names("id desc") == "dcab"
    get("/Things", orderby="Datastreams/name", status=400)
    get("/Things", orderby="nothing", status=400)
    get("/Locations", orderby="location", status=400)


def test_observations_of_a_datastream_come_by_time_and_others_by_id(get):
    stream = a_datastream()
    for second, value in ((30, 3), (10, 1), (20, 2)):
        observations(stream, value, time=START + second * SECOND)

    assert results(get(f"/Datastreams({stream.pk})/Observations")["value"]) == [1, 2, 3]
    assert results(get("/Datastreams", expand="Observations")["value"][0]["Observations"]) == [1, 2, 3]
    assert results(get("/Observations", filter=f"Datastream/id eq {stream.pk}")["value"]) == [1, 2, 3]
    assert results(get("/Observations")["value"]) == [3, 1, 2]
    assert results(get("/Observations", orderby="Datastream/name,result desc")["value"]) == [3, 2, 1]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"orderby": "phenomenonTime desc"},
        {"orderby": "phenomenonTime"},
        {"orderby": "result desc"},
        {"filter": "result ge 2"},
        {"skip": "3"},
        {"top": "2", "orderby": "id desc", "count": "true"},
        {"select": "result", "expand": "Datastream($select=name)"},
    ],
)
@pytest.mark.parametrize("path", ["/Observations", "/Datastreams(%s)/Observations"])
def test_pages_hold_everything_once(get, follow, settings, path, options):
    settings.SENSORS_PAGE = 3
    first, other = a_datastream(), a_datastream()
    for stream in (first, other):
        observations(stream, *range(8))
    path = path.replace("%s", str(first.pk))
    settings.SENSORS_PAGE = 100
    whole = get(path, **{name: value for name, value in options.items() if name != "top"})["value"]
    settings.SENSORS_PAGE = 3

    found, pages = follow(path, **options)

    assert found == whole
    assert pages == -(-len(whole) // int(options.get("top", 3)))


def test_a_page_deep_within_begins_where_the_one_before_ended(get, settings):
    settings.SENSORS_PAGE = 2
    stream = a_datastream()
    observations(stream, *range(5))
    link = get(f"/Datastreams({stream.pk})/Observations")["@iot.nextLink"]

    # Had it counted, what was taken away would shift it.
    Observation.objects.filter(number=0).delete()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        query = {name[1:]: value for name, value in parse_qsl(urlsplit(link).query)}
        assert results(get(f"/Datastreams({stream.pk})/Observations", **query)["value"]) == [2, 3]
    assert not any("OFFSET" in one["sql"] for one in asked.captured_queries)


def test_top_and_skip_lead_on_as_clients_know_it(get):
    for name in "abc":
        a_thing(name)

    first = get("/Things", top="2", count="true")
    assert ([one["name"] for one in first["value"]], first["@iot.count"]) == (["a", "b"], 3)
    query = dict(parse_qsl(urlsplit(first["@iot.nextLink"]).query))
    assert (query["$top"], query["$skip"], query["$count"]) == ("2", "2", "true")
    assert [one["name"] for one in get("/Things", top="2", skip="1")["value"]] == ["b", "c"]
    assert get("/Things", top="0", count="true") == {"@iot.count": 3, "value": []}
    assert get("/Things", skip="9") == {"value": []}
    assert "@iot.nextLink" not in get("/Things")
    assert "@iot.count" not in get("/Things", count="false")


def test_options_are_applied_in_the_order_of_the_standard(get):
    for number, name in enumerate("dacbe"):
        a_thing(name, properties={"n": number})

    found = get("/Things", filter="properties/n ge 1", count="true", orderby="name", skip="1", top="2", select="name")

    assert [one["name"] for one in found["value"]] == ["b", "c"]
    assert found["@iot.count"] == 4


def test_counts_of_observations_are_those_that_datastreams_keep(get):
    stream = a_datastream()
    observations(stream, 1, 2, 3)
    Datastream.objects.filter(pk=stream.pk).update(count=12_345_678_901)

    with CaptureQueriesContext(connection) as asked:
        assert get("/Observations", count="true", top="0")["@iot.count"] == 12_345_678_901
        assert get(f"/Datastreams({stream.pk})/Observations", count="true")["@iot.count"] == 12_345_678_901
        expanded = get("/Datastreams", expand="Observations($count=true)")["value"][0]
        assert expanded["Observations@iot.count"] == 12_345_678_901
    assert not any("COUNT(*)" in one["sql"] for one in asked.captured_queries)
    assert get(f"/Datastreams({stream.pk})/Observations", count="true", filter="result gt 1")["@iot.count"] == 2


def test_what_is_too_much_to_count_is_refused(get, settings):
    settings.SENSORS_COUNTED = 2
    observations(a_datastream(), 1, 2, 3)

    assert get("/Observations", count="true", filter="result gt 1")["@iot.count"] == 2
    assert "2" in get("/Observations", count="true", filter="result gt 0", status=422)["message"]
    get("/Datastreams", expand="Observations($count=true;$filter=result gt 0)", status=422)


def test_a_question_that_would_look_at_too_many_observations_is_refused(get, settings):
    stream = a_datastream()
    first = observations(stream, 1, 2, 3)[0]
    settings.SENSORS_LOOKED_AT = 2

    assert "2" in get("/Observations", filter="result gt 100", status=422)["message"]
    get("/Observations", orderby="result", status=422)
    get("/Observations", filter="phenomenonTime ge 2026-01-01T00:00:00Z", status=422)
    assert len(get("/Observations")["value"]) == 3
    assert results(get("/Observations", filter="phenomenonTime lt 2026-03-01T00:20:00Z")["value"]) == [1, 2]
    assert results(get("/Observations", filter=f"result gt 0 and id eq {first.pk}")["value"]) == [1]
    of_one = f"Datastream/id eq {stream.pk} and "
    get("/Observations", filter=f"{of_one} result gt 2", status=422)
    early = "phenomenonTime lt 2026-03-01T00:20:00Z"
    assert results(get("/Observations", filter=f"{of_one} {early} and result gt 1")["value"]) == [2]
    get("/Things", filter="Datastreams/Observations/result gt 2", status=422)
    get("/Datastreams", filter="Observations/any(o:o/result gt 2)", status=422)
    get("/Datastreams", filter="Observations/all(o:o/result gt 2)", status=422)
    short = "phenomenonTime lt 2026-03-01T00:20:00Z and"
    assert len(get("/Datastreams", filter=f"Observations/any(o:o/{short} o/result gt 1)")["value"]) == 1
    assert len(get("/Datastreams", filter=f"Observations/{short} Observations/result gt 1")["value"]) == 1
    assert len(get("/Datastreams", filter="Observations/any()")["value"]) == 1


def test_within_one_datastream_or_feature_a_question_is_bounded_too(get, settings):
    feature = a_feature()
    stream = a_datastream(feature=feature)
    observations(stream, 1, 2, 3)
    Datastream.objects.filter(pk=stream.pk).update(count=3)
    settings.SENSORS_LOOKED_AT = 2
    early = "phenomenonTime lt 2026-03-01T00:20:00Z"

    for way in (f"/Datastreams({stream.pk})/Observations", f"/FeaturesOfInterest({feature.pk})/Observations"):
        assert "2" in get(way, filter="result gt 2", status=422)["message"]
        get(way, orderby="result desc", status=422)
        get(way, skip=3, status=422)
        assert results(get(way, skip=2)["value"]) == [3]
        assert results(get(way, filter=f"{early} and result gt 1")["value"]) == [2]
        assert results(get(way, orderby="id desc", top=1)["value"]) == [3]
    way = f"/Datastreams({stream.pk})/Observations"
    assert results(
        get(way, filter="phenomenonTime ge 2026-01-01T00:00:00Z", orderby="phenomenonTime desc")["value"]
    ) == [3, 2, 1]
    get("/Datastreams", expand="Observations($filter=result gt 2)", status=422)
    get("/FeaturesOfInterest", expand="Observations($orderby=result)", status=422)
    [found] = get("/Datastreams", expand=f"Observations($filter={early} and result gt 1)")["value"]
    assert results(found["Observations"]) == [2]
    settings.SENSORS_LOOKED_AT = 3
    assert results(get(way, filter="result gt 2")["value"]) == [3]
    [found] = get("/Datastreams", expand="Observations($filter=result gt 2)")["value"]
    assert results(found["Observations"]) == [3]


def test_an_expansion_costs_one_statement_a_level(get):
    def statements(count):
        Thing.objects.all().delete()
        for _one in range(count):
            thing = a_thing()
            for _two in range(2):
                observations(a_datastream(thing=thing, feature=a_feature()), 1, 2, 3)
        with CaptureQueriesContext(connection) as asked:
            found = get("/Things", expand="Datastreams($expand=Sensor,Observations($top=2;$expand=FeatureOfInterest))")
        assert len(found["value"]) == count
        assert [len(s["Observations"]) for t in found["value"] for s in t["Datastreams"]] == [2] * 2 * count
        return len(asked)

    # That a token is used is written down at its first use.
    get()
    # The token, things, datastreams, sensors, observations, which months have moved, features.
    assert statements(1) == statements(7) == 7


def test_the_newest_observation_of_each_datastream_is_found_in_the_index(get):
    for _one in range(3):
        observations(a_datastream(), *range(30))

    with CaptureQueriesContext(connection) as asked:
        found = get("/Datastreams", expand="Observations($top=1;$orderby=phenomenonTime desc)")["value"]
    assert [results(one["Observations"]) for one in found] == [[29], [29], [29]]
    if connection.vendor == "sqlite":
        sql = asked.captured_queries[-1]["sql"]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "sensors_observation_is_one_of_its_time" in plan or "USING INDEX" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "options",
    [
        {"top": "-1"},
        {"top": "x"},
        {"top": "1.5"},
        {"skip": "9" * 40},
        {"count": "maybe"},
        {"nothing": "1"},
        {"expand": "Nothing"},
        {"expand": "name"},
        {"expand": "Datastreams("},
        {"expand": "Datastreams)("},
        {"expand": "Datastreams($nothing=1)"},
        {"expand": "Datastreams($top=x)"},
        {"expand": "Datastreams/Nothing"},
        {"expand": "/".join(["Datastreams/Thing"] * 9)},
        {"expand": "Datastreams($skiptoken=1)"},
        {"expand": ",".join(f"Datastreams/Observations/{one}" for one in "abcdefghijklmnopqrstuvwxyz")},
        {"skiptoken": "x"},
        {"skiptoken": "1.2.3"},
        {"skiptoken": "9" * 30},
        {"orderby": "name sideways"},
        {"orderby": "1"},
        {"orderby": "-(1)"},
        {"orderby": "name desc", "skiptoken": "5"},
        {"select": "Thing/name"},
        {"resultFormat": "XML"},
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(get, options):
    assert get("/Things", status=400, **options)["message"]


def test_an_option_given_twice_is_refused(client):
    assert client.get("/sta/v1.1/Things?$top=1&$top=2").status_code == 400


def test_references_are_addresses_alone(get, world):
    thing = f"/Things({world['Thing']})"

    assert get(f"{thing}/Datastreams/$ref") == {
        "value": [{"@iot.selfLink": f"{ROOT}/Datastreams({world['Datastream']})"}]
    }
    assert get(f"/Datastreams({world['Datastream']})/Thing/$ref") == {"@iot.selfLink": f"{ROOT}{thing}"}
    assert get("/Things/$ref", filter="name eq 'x'") == {"value": []}


def test_an_address_may_be_asked_for_by_head(client, world):
    answer = client.head("/sta/v1.1/Things")

    assert (answer.status_code, answer.content) == (200, b"")
