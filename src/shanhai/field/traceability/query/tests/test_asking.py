# SPDX-License-Identifier: Apache-2.0
"""Asked over HTTP: the events that answer are those that a look at every content finds."""

import json
from decimal import Decimal

import pytest

from shanhai.field.traceability.events.rules.checking import check
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.tests.builders import DOCUMENTS, EXAMPLES, needs_vectors, official
from shanhai.field.traceability.query.rules.matching import matches
from shanhai.field.traceability.query.rules.parameters import parse
from shanhai.field.traceability.query.tests.builders import (
    EX,
    LINK,
    TAG,
    a_program,
    all_contents,
    events_of,
    ids_of,
    seen,
    store,
)
from shanhai.field.traceability.store.rules.preparing import prepare
from shanhai.field.traceability.store.services.putting import put
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

pytestmark = pytest.mark.django_db
NAMES = {"GS1-Extensions": f"ex={EX},example=http://ns.example.com/epcis/"}
SPACES = {"ex": EX, "example": "http://ns.example.com/epcis/"}


@pytest.fixture
def coop(frozen_clock):
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


@pytest.fixture
def program(coop):
    return a_program(coop)


COLD = {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL"}]}]}
QUERIES = [
    {},
    {"eventType": "ObjectEvent|TransformationEvent"},
    {"EQ_action": "ADD"},
    {"EQ_bizStep": "shipping|receiving|inspecting"},
    {"EQ_disposition": "in_transit"},
    {"EQ_bizStep": "shipping", "EQ_action": "OBSERVE"},
    {"GE_eventTime": "2013-06-08T14:58:56.591Z", "LT_eventTime": "2021-01-01T00:00:00Z"},
    {"GE_recordTime": "2020-01-01T00:00:00Z"},
    {"LT_recordTime": "2020-01-01T00:00:00Z"},
    {"MATCH_epc": "urn:epc:id:sgtin:0614141.107346.2017"},
    {"MATCH_epc": "urn:epc:idpat:sgtin:0614141.107346.*"},
    {"MATCH_anyEPC": "https://id.gs1.org/01/10614141073464/21/2018|urn:epc:id:sscc:0614141.1234567890"},
    {"MATCH_parentID": "urn:epc:id:sscc:0614141.1234567890"},
    {"MATCH_anyEPCClass": "urn:epc:class:lgtin:4012345.012345.998877|urn:epc:class:lgtin:4012345.011111.4444"},
    {"MATCH_inputEPC": "urn:epc:id:sgtin:4012345.011122.25", "eventType": "TransformationEvent"},
    {"MATCH_outputEPC": "urn:epc:id:sgtin:4012345.077889.25"},
    {"EQ_readPoint": "urn:epc:id:sgln:0614141.07346.1234"},
    {"EQ_bizLocation": "urn:epc:id:sgln:0012345.11111.0|urn:epc:id:sgln:4012345.00001.0"},
    {"EQ_bizTransaction_po": "http://transaction.acme.com/po/12345678"},
    {"EQ_source_possessing_party": "urn:epc:id:pgln:4012345.00225"},
    {"GE_value_KEL": "299.1"},
    {"GE_value_CEL": "20", "EQ_type": "Temperature"},
    {"LT_value_P1": "13"},
    {"EXISTS_sensorElementList": "true"},
    {"EQ_deviceID": "urn:epc:id:giai:4000001.111"},
    {"GE_quantity": "10"},
    {"GE_quantity_GRM": "10000"},
    {"EXISTS_ILMD_ex:lot": ""},
    {"EXISTS_example:myField": ""},
    {"EQ_example:myField": "Example of a vendor/user extension"},
    {"GE_ex:grade": "3"},
    {"EQ_INNER_ex:deep": "x"},
    {"EQ_persistentDisposition_set": "completeness_inferred"},
]


def the_corpus(party, by, valid=lambda content: check(content).valid):
    """Everything official that is valid, and some of our own."""
    put_in = []
    for path in (*DOCUMENTS, *EXAMPLES):
        content = path.read_bytes()
        if valid(content):
            put_in += [prepare(one) for one in read(content).events if one.content["type"].removesuffix("Event")]
    put(party=party, ready=put_in, rollback=False, by=by, at=AT)
    special = {"ex:grade": 3.5, "ex:part": {"ex:deep": "x"}, "ilmd": {"ex:lot": "L"}}
    store(party, by, seen(1, **COLD), seen(2, bizStep="shipping", action="ADD"), seen(3, action="ADD", **special))


@needs_vectors
def test_what_answers_is_what_a_look_at_every_content_finds(coop, by, program):
    the_corpus(coop, by)
    contents = all_contents()
    found = 0

    for query in QUERIES:
        conditions = parse(query.items(), SPACES, plain=True).conditions
        should = {one["eventID"] for _, at, one in contents if matches(conditions, _exact(one), recorded=at)}
        pages = program.walk("events", **query, perPage=7) if ":" not in str(query) else None
        if pages is None:
            pages = [program.get("events", NAMES, **query, perPage=1000)]
        assert set(ids_of(*pages)) == should, query
        found += bool(should)
    assert len(contents) > 60
    # A query that nothing answers shows nothing.
    assert found >= len(QUERIES) - 4


def _exact(content):
    return json.loads(json.dumps(content), parse_float=Decimal)


@needs_vectors
def test_what_is_told_is_a_query_document_of_the_standard(coop, by, program):
    # Some examples of the standard are none by its own schema.
    the_corpus(coop, by, lambda content: official().is_valid(json.loads(content)))
    for one in program.walk("events", perPage=40):
        assert one["Content-Type"] == "application/json"
        official().validate(json.loads(one.content))


def test_an_event_is_read_as_it_came_in_links_and_with_its_record_time(coop, by, program):
    store(coop, by, seen(1, quantityList=[{"epcClass": "urn:epc:class:lgtin:0614141.107346.L", "quantity": 1.50}]))
    linked = events_of(program.get("events"))[0]
    kept = events_of(program.get("events", {"GS1-EPC-Format": "Never_Translates"}))[0]

    assert (linked["epcList"], kept["epcList"]) == ([LINK.format(1)], [TAG.format(1)])
    assert linked["recordTime"] == kept["recordTime"] == "2026-11-22T02:00:00.000Z"
    assert {**linked, "epcList": 0, "quantityList": 0} == {**kept, "epcList": 0, "quantityList": 0}
    wrong = program.get("events", {"GS1-EPC-Format": "Roman"})
    assert (wrong.status_code, wrong.json()["type"]) == (406, "epcisException:NotAcceptableException")


def test_numbers_keep_their_digits(coop, by, program):
    body = json.dumps({"@context": {"ex": EX}, **seen(1)}).encode()
    body = body[:-1] + b', "ex:a": 1.50, "ex:b": 123456789012345678901234567890}'
    put(party=coop, ready=[prepare(one) for one in read(body).events], by=by, at=AT)

    assert b'"ex:a":1.50,"ex:b":123456789012345678901234567890' in program.get("events").content


def test_what_was_declared_wrong_is_hidden_until_it_is_asked_for(coop, by, program):
    told = seen(1, eventID="urn:uuid:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
    declared = {"declarationTime": "2026-11-22T01:00:00Z", "reason": "incorrect_data"}
    declared["correctiveEventIDs"] = ["urn:x:2"]
    store(coop, by, told, seen(2, eventID="urn:x:2"))
    assert len(ids_of(program.get("events"))) == 2
    store(coop, by, {**told, "errorDeclaration": declared})

    assert ids_of(program.get("events")) == ["urn:x:2"]
    asking = {"EXISTS_errorDeclaration": "true", "EQ_errorReason": "incorrect_data", "EQ_correctiveEventID": "urn:x:2"}
    for asked, value in asking.items():
        (one,) = events_of(program.get("events", **{asked: value}))
        assert one["errorDeclaration"]["reason"] == "incorrect_data"
    both = events_of(program.get(f"events/{told['eventID']}"))
    assert ["errorDeclaration" in one for one in both] == [False, True]


def test_order_and_limits(coop, by, program):
    for minute in (3, 1, 2):
        store(coop, by, seen(minute, eventID=f"urn:x:{minute}", **{"ex:grade": 10 - minute}))
    store(coop, by, seen(9, eventID="urn:x:none"))

    def asked(**query):
        return [one[-1] for one in ids_of(program.get("events", NAMES, **query))]

    assert asked(orderBy="eventTime", orderDirection="ASC") == ["1", "2", "3", "e"]
    assert asked() == asked(orderBy="eventTime") == ["e", "3", "2", "1"]
    assert asked(orderBy="recordTime", orderDirection="ASC") == ["3", "1", "2", "e"]
    assert asked(orderBy="ex:grade", orderDirection="ASC") == ["3", "2", "1", "e"]
    assert asked(orderBy="ex:grade", perPage=2) == ["1", "2"]
    assert asked(orderBy="eventTime", eventCountLimit=2) == ["e", "3"]
    assert asked(maxEventCount=4) == ["e", "3", "2", "1"]
    much = program.get("events", maxEventCount=3)
    assert (much.status_code, much.json()["type"]) == (413, "epcisException:QueryTooLargeException")


def test_an_order_by_an_extension_goes_on_over_pages(coop, by, program):
    store(coop, by, *(seen(minute, eventID=f"urn:x:{minute}", **{"ex:grade": minute % 5}) for minute in range(23)))
    first = program.get("events", NAMES, orderBy="ex:grade", perPage=5)
    pages = [first]
    while "Link" in pages[-1].headers:
        address = pages[-1].headers["Link"].partition(">")[0][1:]
        pages.append(program.client.get(address, headers={"Authorization": f"Bearer {program.token}", **NAMES}))
    grades = [one["ex:grade"] for page in pages for one in events_of(page)]

    assert grades == sorted(grades, reverse=True)
    assert len(set(ids_of(*pages))) == 23


def test_counting_that_would_look_at_too_much_is_too_complex(coop, by, program, settings):
    settings.TRACE_LOOKED_AT = 10
    store(coop, by, *(seen(minute) for minute in range(30)))
    answer = program.get("events", maxEventCount=5000)

    assert (answer.status_code, answer.json()["type"]) == (413, "epcisException:QueryTooComplexException")


def test_few_queries_whatever_is_asked(coop, by, program, django_assert_max_num_queries):
    store(coop, by, *(seen(minute, bizStep="shipping") for minute in range(60)))
    for query in ({}, {"MATCH_epc": TAG.format(7)}, {"EQ_bizStep": "shipping"}, {"EQ_ILMD_ex:lot": "A"}):
        with django_assert_max_num_queries(12):
            assert program.get("events", NAMES, **query).status_code == 200
