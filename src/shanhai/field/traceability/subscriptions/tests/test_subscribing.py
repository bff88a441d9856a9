# SPDX-License-Identifier: Apache-2.0
"""Subscriptions with real webhooks: what arrives, when, signed by whom, and what happens where nobody takes it."""

import json
import time
from datetime import timedelta

import pytest

from shanhai.base.outbox.services import deliver_due
from shanhai.field.traceability.capture.services.credentials import revoke_credential
from shanhai.field.traceability.events.tests.builders import FOLDER, official
from shanhai.field.traceability.models import Credential, Delivery, NamedQuery, Subscription
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.query.tests.builders import TAG, a_program, ids_of, seen, store
from shanhai.field.traceability.subscriptions.adapters.sending import Webhooks
from shanhai.field.traceability.subscriptions.rules.signing import signature
from shanhai.field.traceability.subscriptions.services.delivering import claim_due
from shanhai.field.traceability.subscriptions.tests.servers import (
    Webhook,
    a_silent_webhook,
    a_trickling_webhook,
    events_in,
)
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.kernel.actors import system
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

pytestmark = pytest.mark.django_db
WORKER = system("worker")
SECRET = "13df38d8275b13f05704629e5f1cf3d45d6132d5"


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.TRACE_WEBHOOK_NETWORKS, settings.TRACE_WEBHOOK_TIMEOUT_S = ["127.0.0.0/8"], 1


@pytest.fixture
def coop(frozen_clock):
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


@pytest.fixture
def program(coop):
    made = a_program(coop)
    assert made.post("queries", {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}).status_code == 201
    return made


@pytest.fixture
def hook():
    made = Webhook()
    yield made
    made.close()


def subscribe(program, dest, status=201, **wish):
    """Subscribe to the query "shipped", as a stream where nothing else is said; answers the id."""
    more = {"stream": True} if "schedule" not in wish else {}
    answer = program.post("queries/shipped/subscriptions", {"dest": dest, "signatureToken": SECRET, **more, **wish})
    assert answer.status_code == status, answer.content
    assert SECRET not in answer.content.decode()
    return answer.json().get("subscriptionID")


def work(at=AT, webhooks=None, until=0, patience=4.0):
    """Let the worker deliver news and look, again and again, until at most so many letters are under way."""
    webhooks = webhooks or Webhooks()
    deliver_due(by=WORKER, at=at)
    ends = time.monotonic() + patience
    while webhooks.run(by=WORKER, at=at) > until and time.monotonic() < ends:
        time.sleep(0.01)
    return webhooks


def shipping(minute, **more):
    return seen(minute, bizStep="shipping", **more)


def standing(program, subscription):
    return program.get(f"queries/shipped/subscriptions/{subscription}").json()


def test_a_stream_is_told_of_each_new_event_once_and_signed(coop, by, program, hook):
    store(coop, by, shipping(1))
    subscription = subscribe(program, hook.dest)
    work()
    assert hook.letters == []
    store(coop, by, shipping(2), seen(3, bizStep="packing"))
    store(coop, by, shipping(4))
    work()
    store(coop, by, shipping(5))
    work()
    work()

    found = [one for letter in hook.told() for one in letter]
    # The first was there before.
    assert found == ids_of(program.get("events", EQ_bizStep="shipping"))[::-1][1:]
    for headers, body in hook.letters:
        assert headers["gs1-signature"] == signature(body, SECRET)
        assert headers["content-type"] == "application/json"
        results = json.loads(body)["epcisBody"]["queryResults"]
        assert (results["subscriptionID"], results["queryName"]) == (subscription, "shipped")
        if FOLDER:
            official().validate(json.loads(body))
    told = standing(program, subscription)
    assert told["lastNotifiedAt"] == "2026-11-22T02:00:00.000Z"
    assert SECRET not in json.dumps(told)
    assert program.get("queries/shipped/subscriptions").json() == [told]


def test_a_schedule_is_told_when_it_is_time(coop, by, program, hook):
    subscribe(program, hook.dest, schedule={"minute": "5"}, reportIfEmpty=True)
    store(coop, by, shipping(1), shipping(2))
    work(AT + timedelta(minutes=4))
    assert hook.letters == []
    work(AT + timedelta(minutes=5))
    work(AT + timedelta(minutes=6))
    assert [len(one) for one in hook.told()] == [2]
    work(AT + timedelta(minutes=65))
    assert [len(one) for one in hook.told()] == [2, 0]


def test_nothing_new_is_no_letter_unless_it_is_asked_for(coop, by, program, hook):
    subscribe(program, hook.dest, schedule={"minute": "5"})
    work(AT + timedelta(minutes=5))

    assert hook.letters == []


def test_what_was_recorded_since_an_instant_is_told_first(coop, by, program, hook):
    store(coop, by, shipping(1), at=AT - timedelta(hours=3))
    store(coop, by, shipping(2), at=AT - timedelta(hours=1))
    subscribe(program, hook.dest, initialRecordTime="2026-11-22T08:00:00+08:00")
    work()

    ((one,),) = hook.told()
    assert one == ids_of(program.get("events", GE_recordTime="2026-11-22T00:00:00Z"))[0]


def test_a_letter_that_nobody_took_goes_again_later_and_then_once(coop, by, program, hook):
    hook.answers = [500, 503, 200]
    subscription = subscribe(program, hook.dest)
    store(coop, by, shipping(1))
    work()
    work(AT + timedelta(seconds=14))
    assert len(hook.letters) == 1
    work(AT + timedelta(seconds=16))
    work(AT + timedelta(seconds=40))
    assert len(hook.letters) == 2
    work(AT + timedelta(seconds=60))

    assert len(hook.letters) == 3
    assert hook.told()[0] == hook.told()[2]
    assert not Delivery.objects.exists()
    assert standing(program, subscription)["lastNotifiedAt"] == "2026-11-22T02:01:00.000Z"


@pytest.mark.parametrize(("answer", "attempts", "word"), [(500, 2, "HTTP 500"), (410, 1, "410")])
def test_it_is_given_up_with_a_word(coop, by, program, hook, settings, answer, attempts, word):
    settings.TRACE_WEBHOOK_ATTEMPTS = 2
    hook.answers = [answer]
    subscription = subscribe(program, hook.dest)
    store(coop, by, shipping(1))
    for hour in range(4):
        work(AT + timedelta(hours=hour))
    store(coop, by, shipping(2))
    work(AT + timedelta(hours=9))

    assert len(hook.letters) == attempts
    told = standing(program, subscription)
    assert word in told["stoppedBecause"]
    # From there somebody may begin again.
    assert told["minRecordTime"] == "2026-11-22T02:00:00.000Z"


def test_who_finds_a_letter_too_large_gets_smaller_ones_in_order(coop, by, program, hook):
    subscribe(program, hook.dest)
    store(coop, by, *(shipping(minute) for minute in range(40)))
    hook.largest = 6000
    work()
    sizes = [len(one) for one in hook.told()]

    assert [one for letter in hook.told() for one in letter] == ids_of(program.get("events", perPage=100))[::-1]
    assert 1 < max(sizes) < 20
    assert len(sizes) >= 3


@pytest.mark.parametrize("bad", [a_silent_webhook, a_trickling_webhook])
def test_a_webhook_that_never_answers_delays_nobody_elses(coop, by, program, hook, bad):
    with bad() as dest:
        hanging = subscribe(program, dest)
        subscribe(program, hook.dest)
        store(coop, by, shipping(1))
        began = time.monotonic()
        webhooks = work(until=1)
        while not hook.letters and time.monotonic() < began + 3:
            webhooks.run(by=WORKER, at=AT)
        assert time.monotonic() - began < 0.9
        assert Delivery.objects.get().subscription.uuid.hex == hanging.replace("-", "")
        work(webhooks=webhooks)
        assert time.monotonic() - began < 3
    assert Delivery.objects.get().because.startswith("timed_out")


def test_letters_do_not_go_inside(coop, by, program, hook, settings):
    subscribe(program, hook.dest)
    settings.TRACE_WEBHOOK_NETWORKS = []
    store(coop, by, shipping(1))
    work()

    assert hook.letters == []
    assert Delivery.objects.get().because.startswith("forbidden")


def test_a_deleted_query_ends_its_subscriptions(coop, by, program, hook):
    subscription = subscribe(program, hook.dest)
    ended = subscribe(program, hook.dest)
    assert program.delete(f"queries/shipped/subscriptions/{ended}").status_code == 204
    assert program.get(f"queries/shipped/subscriptions/{ended}").status_code == 404
    assert program.delete("queries/shipped").status_code == 204
    store(coop, by, shipping(1))
    work()

    assert hook.letters == []
    assert not Subscription.objects.filter(uuid=subscription).exists()


def test_a_revoked_credential_ends_what_was_subscribed_with_it(coop, by, program, hook):
    subscription = subscribe(program, hook.dest)
    office = system("test", (TracePermission.MANAGE,))
    revoke_credential(party=coop, credential=Credential.objects.get().uuid, by=office, at=AT)
    store(coop, by, shipping(1))
    work()

    assert hook.letters == []
    assert Subscription.objects.get(uuid=subscription).because.startswith("credential")


def test_a_query_that_cannot_be_asked_any_more_is_told_once_as_a_problem(coop, by, program, hook):
    subscribe(program, hook.dest)
    NamedQuery.objects.update(query={"WD_readPoint": ["urn:x:1"]})
    for minute in (1, 2):
        store(coop, by, shipping(minute))
        work()

    ((_, body),) = hook.letters
    assert json.loads(body)["type"] == "epcisException:QueryValidationException"


def test_who_subscribes_is_told_of_what_they_may_see(coop, by, program, hook):
    other = a_party(coop.programme, "OTHER")
    subscribe(program, hook.dest)
    to = [{"type": "owning_party", "destination": coop.identifier}]
    store(other, a_recorder(other), shipping(1), shipping(2, epcList=[TAG.format(9)], destinationList=to))
    work()

    ((one,),) = [events_in(body) for _, body in hook.letters]
    assert one["epcList"][0].endswith("/9")


def test_a_killed_worker_leaves_its_letter_to_the_next(coop, by, program, hook):
    subscribe(program, hook.dest)
    store(coop, by, shipping(1))
    deliver_due(by=WORKER, at=AT)
    Webhooks().run(by=WORKER, at=AT)
    # It is handed over, and nobody is left to mark it.
    ends = time.monotonic() + 4
    while not hook.letters and time.monotonic() < ends:
        time.sleep(0.01)
    assert claim_due(by=WORKER, at=AT, most=9) == []
    work(AT + timedelta(minutes=4))
    before = len(hook.letters)
    work(AT + timedelta(minutes=6))

    assert (before, len(hook.letters)) == (1, 2)
    assert hook.told()[0] == hook.told()[1]


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ({}, {"dest": "http://example.com/"}),
        ({"orderBy": "eventTime", "eventCountLimit": 3}, {}),
        ({"maxEventCount": 3}, {}),
    ],
)
def test_what_cannot_be_subscribed_to_is_told(program, query, wish):
    program.post("queries", {"name": "other", "query": query})
    body = {"dest": "https://hook.example.com/", "stream": True, **wish}
    answer = program.post("queries/other/subscriptions", body)

    assert (answer.status_code, answer.json()["type"]) == (400, "epcisException:SubscriptionControlsException")
    assert not Subscription.objects.exists()


def test_only_few_queries_where_nothing_is_due(django_assert_num_queries, db):
    webhooks = Webhooks()
    with django_assert_num_queries(2):
        webhooks.run(by=WORKER, at=AT)
