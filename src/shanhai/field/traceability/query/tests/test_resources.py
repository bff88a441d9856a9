# SPDX-License-Identifier: Apache-2.0
"""What there is to ask for, who sees which of it, and how a refusal is told."""

import pytest
from django.test import Client

from shanhai.field.traceability.query.tests.builders import EX, LINK, TAG, a_program, events_of, ids_of, seen, store
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_programme

pytestmark = pytest.mark.django_db
PLACE = "urn:epc:id:sgln:0614141.07346.1234"
PLACE_LINK = "https://id.gs1.org/414/0614141073467/254/1234"


@pytest.fixture
def coop(frozen_clock):
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


@pytest.fixture
def program(coop):
    return a_program(coop)


def members(program, path, **query):
    answer = program.get(path, **query)
    assert answer.status_code == 200, answer.content
    assert answer.json()["type"] == "Collection"
    return answer.json()["member"]


@pytest.mark.parametrize(
    ("kind", "event", "name", "also"),
    [
        ("bizSteps", {"bizStep": "https://ns.example.org/drying"}, "https://ns.example.org/drying", "shipping"),
        ("dispositions", {"disposition": "https://ns.example.org/dry"}, "https://ns.example.org/dry", "in_transit"),
        ("bizLocations", {"bizLocation": {"id": PLACE}}, PLACE_LINK, ""),
        ("readPoints", {"readPoint": {"id": PLACE}}, PLACE_LINK, ""),
        ("epcs", {"epcList": [TAG.format(7)]}, LINK.format(7), ""),
        ("eventTypes", {}, "ObjectEvent", "AssociationEvent"),
    ],
)
def test_a_resource_is_listed_and_leads_to_its_events(coop, by, program, kind, event, name, also):
    store(coop, by, seen(1, **event), seen(2, quantityList=[{"epcClass": LINK.format(1)}]))
    listed = members(program, kind, perPage=100)

    assert {name, also} - {""} <= set(listed)
    assert members(program, f"{kind}/{name}") == ["events"]
    found = events_of(program.get(f"{kind}/{name}/events"))
    assert seen(1)["eventTime"] in [one["eventTime"] for one in found]
    assert events_of(program.get(f"{kind}/{name}/events", GE_eventTime="2030-01-01T00:00:00Z")) == []
    strange = program.get(f"{kind}/https://ns.example.org/nothing")
    assert strange.status_code in (400, 404)
    other = a_program(a_party(coop.programme, "OTHER"))
    assert (name in members(other, kind, perPage=100)) == (kind == "eventTypes")


def test_names_come_page_by_page(coop, by, program):
    store(coop, by, *(seen(minute) for minute in range(20)))
    for kind, count in (("epcs", 20), ("bizSteps", 41)):
        pages = program.walk(kind, perPage=7)
        found = [one for page in pages for one in page.json()["member"]]
        assert (len(found), len(set(found)), len(pages)) == (count, count, -(-count // 7))


def test_an_event_is_read_by_its_id(coop, by, program):
    store(coop, by, seen(1))
    (event_id,) = ids_of(program.get("events"))
    assert event_id.startswith("ni:///sha-256;")
    escaped = event_id.replace("?", "%3F")

    assert ids_of(program.get(f"events/{escaped}")) == [event_id]
    missing = program.get("events/urn:uuid:831c0292-4de1-430a-8255-2aca821abaab")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


def test_who_sees_what(coop, by, sign_in):
    """The party what is its own, the other what was handed to it, an inspector all there, a stranger nothing."""
    other, third = a_party(coop.programme, "OTHER"), a_party(coop.programme, "THIRD")
    to = [{"type": "owning_party", "destination": other.identifier}]
    store(coop, by, seen(1), seen(2, destinationList=to), seen(3, epcList=[TAG.format(2)]))
    store(third, a_recorder(third), seen(4, epcList=[TAG.format(2)]))

    def minutes(answer):
        return sorted(int(one["eventTime"][14:16]) for one in events_of(answer))

    assert minutes(a_program(coop).get("events")) == [1, 2, 3]
    assert minutes(a_program(other).get("events")) == [2, 3]
    assert minutes(a_program(third).get("events")) == [4]
    for role, seen_by in (("trace_inspector", [1, 2, 3, 4]), ("trace_recorder", []), (None, [])):
        client = sign_in(role, username=f"who-{role}", programme=coop.programme.code if role else "")
        assert minutes(client.get("/epcis/v2/events")) == seen_by
    assert Client().get("/epcis/v2/events").status_code == 401


def test_a_page_of_those_who_see_much_and_those_who_see_little_in_one_order(coop, by):
    other = a_party(coop.programme, "OTHER")
    to = [{"type": "owning_party", "destination": other.identifier}]
    store(coop, by, *(seen(minute, destinationList=to) for minute in range(0, 40, 2)))
    store(other, a_recorder(other), *(seen(minute) for minute in range(1, 41, 2)))
    pages = a_program(other).walk("events", perPage=7, orderBy="eventTime", orderDirection="ASC")

    assert [one["eventTime"] for page in pages for one in events_of(page)] == [
        seen(at)["eventTime"] for at in range(40)
    ]


@pytest.mark.parametrize(
    ("path", "headers", "status", "kind"),
    [
        ("events?EQ_bizStp=x", {}, 400, "QueryParameter"),
        ("events?WD_bizLocation=urn:x:1", {}, 400, "QueryValidation"),
        ("events?perPage=0", {}, 400, "QueryParameter"),
        ("events?GE_ex:a=1", {}, 400, "QueryParameter"),
        ("events?GE_ex:a=1", {"GS1-Extensions": "ex"}, 400, "QueryParameter"),
        ("events?GE_ex:a=1", {"GS1-Extensions": f"ex={EX}"}, 200, ""),
        ("events", {"Accept": "application/xml"}, 406, "NotAcceptable"),
        ("events", {"Accept": "text/html, */*;q=0.1"}, 200, ""),
        ("bizSteps?EQ_action=ADD", {}, 400, "QueryParameter"),
        ("queries/none/events", {}, 404, "NoSuchName"),
        ("events?MATCH_epc=" + "x" * 9000, {}, 414, "URITooLong"),
        ("events?MATCH_epc=" + "%7C".join(["urn:x:1"] * 501), {}, 413, "QueryTooComplex"),
    ],
)
def test_a_refusal_has_the_name_of_the_standard(program, path, headers, status, kind):
    answer = program.get(path, headers)

    assert answer.status_code == status
    if kind:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == f"epcisException:{kind}Exception"


def test_a_token_of_a_page_holds_nothing(program):
    answer = program.delete("nextPageToken/abc")

    assert (answer.status_code, answer.json()["type"]) == (501, "epcisException:ImplementationException")
