# SPDX-License-Identifier: Apache-2.0
"""Queries under a name: kept for a party, asked again, given up."""

import pytest

from shanhai.field.traceability.models import NamedQuery
from shanhai.field.traceability.query.tests.builders import EX, a_program, ids_of, seen, store
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_programme

pytestmark = pytest.mark.django_db
SHIPPED = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"], "eventType": ["ObjectEvent"]}}


@pytest.fixture
def coop(frozen_clock):
    return a_party(a_programme())


@pytest.fixture
def program(coop):
    return a_program(coop)


def test_it_is_kept_asked_page_by_page_and_given_up(coop, program):
    made = program.post("queries", SHIPPED)
    assert (made.status_code, made["Location"]) == (201, "http://testserver/epcis/v2/queries/shipped")
    store(coop, a_recorder(coop), *(seen(minute, bizStep=("shipping", "packing")[minute % 2]) for minute in range(20)))

    assert program.get("queries").json() == [SHIPPED]
    assert program.get("queries/shipped").json() == SHIPPED
    pages = program.walk("queries/shipped/events", perPage=3)
    assert len(set(ids_of(*pages))) == len(ids_of(*pages)) == 10
    assert pages[0].json()["epcisBody"]["queryResults"]["queryName"] == "shipped"
    again = program.post("queries", SHIPPED)
    assert (again.status_code, again.json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")
    assert program.delete("queries/shipped").status_code == 204
    assert program.get("queries/shipped").status_code == 404
    assert program.delete("queries/shipped").status_code == 404


def test_it_is_the_partys_and_nobody_elses(coop, program):
    program.post("queries", SHIPPED)
    other = a_program(a_party(coop.programme, "OTHER"))

    assert other.get("queries").json() == []
    assert other.delete("queries/shipped").status_code == 404
    assert other.post("queries", SHIPPED).status_code == 201
    assert NamedQuery.objects.count() == 2


def test_names_of_extensions_are_kept_with_it(coop, program):
    store(coop, a_recorder(coop), seen(1, **{"ex:grade": 4}), seen(2, **{"ex:grade": 2}))
    program.post("queries", {"name": "good", "query": {"@context": {"my": EX}, "GE_my:grade": 3}})
    program.post("queries", {"name": "bad", "query": {"LT_ex:grade": 3}}, {"GS1-Extensions": f"ex={EX}"})

    good, bad = (ids_of(program.get(f"queries/{name}/events")) for name in ("good", "bad"))
    assert len(good) == len(bad) == 1
    assert good != bad


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"name": "a\\ud800", "query": {}}', 400),
        (b'{"name": "a", "query": {"GE_quantity": NaN}}', 400),
        (b'{"name": "a", "query": {"EQ_eventID": ["\\u0000"]}}', 400),
        ({"name": "a"}, 400),
        ({"name": "a/b", "query": {}}, 400),
        ({"name": "x" * 101, "query": {}}, 400),
        ({"name": "a", "query": {}, "other": 1}, 400),
        ({"name": "a", "query": {"EQ_bizStep": "shipping"}}, 400),
        ({"name": "a", "query": {"EQ_bizStp": ["shipping"]}}, 400),
        ({"name": "a", "query": {"WD_readPoint": ["urn:x:1"]}}, 400),
        ({"name": "a", "query": {"MATCH_epc": ["urn:x:1"] * 501}}, 413),
        ({"name": "a", "query": {"MATCH_epc": ["x" * 300_000]}}, 413),
        ({"name": "a", "query": {}}, 201),
    ],
)
def test_what_is_no_query_is_told_and_not_kept(program, body, status):
    answer = program.post("queries", body)

    assert answer.status_code == status, answer.content
    assert NamedQuery.objects.exists() == (status == 201)


def test_no_more_than_a_setting_allows(program, settings):
    settings.TRACE_QUERIES_MOST = 1
    program.post("queries", SHIPPED)

    assert program.post("queries", {**SHIPPED, "name": "another"}).status_code == 422


def test_nothing_is_pushed_where_events_are_read(program):
    program.post("queries", SHIPPED)
    for address in ("queries/shipped/events?stream=true", "queries/shipped/events?minute=5"):
        answer = program.get(address)
        assert (answer.status_code, answer.json()["type"]) == (400, "epcisException:SubscriptionControlsException")
