# SPDX-License-Identifier: Apache-2.0
"""A walk over pages while others capture: each event that was there once, none that came later, whatever the order."""

import json
import random

import pytest
from django.core.signing import Signer

from shanhai.field.traceability.models import Event
from shanhai.field.traceability.query.tests.builders import TAG, a_program, events_of, ids_of, seen, store
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_programme

pytestmark = pytest.mark.django_db
# 101 events in no order of time; four in each minute.
STEPS = ("shipping", "packing")
THERE = [seen(at // 4, epcList=[TAG.format(at)], bizStep=STEPS[at % 2]) for at in range(101)]
LATER = [seen(at // 4, epcList=[TAG.format(1000 + at)], bizStep="shipping") for at in range(101)]


@pytest.fixture
def coop(frozen_clock):
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


@pytest.fixture
def program(coop):
    return a_program(coop)


def walk(program, coop, by, address, **query):
    """All pages, with events that come between them: before, within and behind what was shown."""
    left = LATER.copy()
    pages = [program.get(address, **query)]
    while "Link" in pages[-1].headers:
        for _ in range(7):
            if left:
                store(coop, by, left.pop())
        pages.append(program.follow(pages[-1].headers["Link"].partition(">")[0][1:]))
    assert len(left) < 100
    return pages


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"orderBy": "eventTime", "orderDirection": "ASC"},
        {"orderBy": "recordTime"},
        {"EQ_bizStep": "shipping"},
        {"MATCH_epc": "|".join(TAG.format(number) for number in range(0, 1200, 9))},
        {"orderBy": "eventTime", "eventCountLimit": "40"},
    ],
)
def test_a_walk_neither_loses_nor_repeats(coop, by, program, query):
    random.Random(7).shuffle(there := THERE.copy())
    store(coop, by, *there)
    should = set(ids_of(program.get("events", **query, perPage=1000)))
    pages = walk(program, coop, by, "events", **query, perPage=11)
    found = ids_of(*pages)

    assert (len(found), set(found)) == (len(should), should)
    times = [one["eventTime"] for page in pages for one in events_of(page)]
    if query.get("orderBy") != "recordTime":
        assert times == sorted(times, reverse=query.get("orderDirection") != "ASC")


def test_a_walk_that_counts_rows_would_lose_and_repeat(coop, by):
    """The control: pages by number, as another server has them."""
    store(coop, by, *THERE)
    left, found = LATER.copy(), []
    ordered = Event.objects.order_by("-time", "-pk").values_list("event_id", flat=True)
    while rows := ordered.all()[len(found) : len(found) + 11]:
        found += rows
        for _ in range(7):
            if left:
                store(coop, by, left.pop())

    assert len(set(found)) < len(found)


def test_a_page_ends_early_where_much_is_looked_at_and_the_next_goes_on(coop, by, program, settings):
    store(coop, by, *(seen(minute, bizStep="packing") for minute in range(60)), seen(61, bizStep="shipping"))
    store(coop, by, *(seen(minute, bizStep="packing") for minute in range(70, 120)), seen(1, bizStep="killing"))
    settings.TRACE_LOOKED_AT = 20
    pages = program.walk("events", EQ_bizStep="shipping|killing", perPage=10)

    assert [one["bizStep"] for page in pages for one in events_of(page)] == ["shipping", "killing"]
    assert len(pages) > 4
    assert events_of(pages[1]) == []


def test_who_has_little_of_much_finds_it_at_once(coop, by, program, settings, django_assert_max_num_queries):
    other = a_party(coop.programme, "OTHER")
    store(other, a_recorder(other), *(seen(minute) for minute in range(200)))
    store(coop, by, seen(1, epcList=[TAG.format(5000)]))
    settings.TRACE_LOOKED_AT = 10
    with django_assert_max_num_queries(14):
        answer = program.get("events")

    assert [one["epcList"][0][-4:] for one in events_of(answer)] == ["5000"]
    assert "Link" not in answer.headers


def test_a_token_leads_on_only_for_its_own_question_and_time(coop, by, program, frozen_clock):
    store(coop, by, *THERE)
    link = program.get("events", perPage=10).headers["Link"].partition(">")[0][1:]
    token = link.partition("nextPageToken=")[2]

    def refused(address, who=program):
        answer = who.follow(address)
        assert (answer.status_code, answer.json()["type"]) == (400, "epcisException:QueryParameterException")
        return answer.json()["detail"]

    assert "另一个查询" in refused(f"{link}&EQ_bizStep=shipping")
    assert "另一个查询" in refused(link, a_program(coop))
    assert "不是这里给的" in refused(link[:-3] + "abc")
    assert "不是这里给的" in refused("/epcis/v2/events?nextPageToken=3A15506738749783AU6D7DENAKwM2gQRRwGrataeq")
    kept = Signer(salt="traceability.nextPageToken").unsign_object(token.replace("%3A", ":"))
    old = Signer(salt="traceability.nextPageToken").sign_object({**kept, "e": kept["e"] - 7200})
    assert "过期" in refused(f"/epcis/v2/events?perPage=10&nextPageToken={old}")
    assert program.follow(link.replace("perPage=10", "perPage=5")).status_code == 200


@pytest.mark.parametrize(("size", "rows"), [("5", 5), ("100000", 30)])
def test_how_many_are_on_a_page(coop, by, program, settings, size, rows):
    settings.TRACE_PAGE_MOST = 30
    store(coop, by, *THERE)
    assert len(ids_of(program.get("events", perPage=size))) == rows
    assert len(ids_of(program.get("events"))) == 30
    for wrong in ("0", "-1", "x", "1.5", "٣"):
        assert json.loads(program.get("events", perPage=wrong).content)["status"] == 400
