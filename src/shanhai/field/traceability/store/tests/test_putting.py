# SPDX-License-Identifier: Apache-2.0
"""Events that are put into the store: once, in order, found by what they name, opened by their owner's word."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from shanhai.field.traceability.models import Event, EventThing, EventValue, Opened
from shanhai.field.traceability.states import EventState, Role
from shanhai.field.traceability.store.rules.keys import keys_of, name_of
from shanhai.field.traceability.store.selectors.reading import contents, missing_correctives
from shanhai.field.traceability.store.services.recording import declare_wrong, record
from shanhai.field.traceability.tests.builders import a_party, a_recorder, shipped
from shanhai.kernel.errors import Conflict, NotAllowed, Refused
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

pytestmark = pytest.mark.django_db
ONE, TWO = "urn:epc:id:sgtin:4012345.012345.1", "urn:epc:id:sgtin:4012345.012345.2"
ID = "urn:uuid:831c0292-4de1-430a-8255-2aca821abaab"


@pytest.fixture
def coop():
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


def test_an_event_is_found_by_the_things_it_names_and_by_their_class(coop, by):
    (event,) = record(party=coop, contents=[shipped(ONE)], by=by, at=AT)

    key, of_class = keys_of("https://example.org/gtin/4012345123456/21/1")
    found = set(EventThing.objects.filter(event=event).values_list("role", "key"))
    assert found == {(Role.EPC, key), (Role.EPC_CLASS, of_class)}
    assert event.event_id.startswith("ni:///sha-256;")


def test_the_same_event_again_is_known(coop, by):
    first = record(party=coop, contents=[shipped(ONE), shipped(TWO)], by=by, at=AT)
    again = record(party=coop, contents=[shipped(ONE), shipped(TWO)], by=by, at=AT)

    assert again == first
    assert Event.objects.count() == 2


def test_what_another_party_keeps_under_the_id_is_no_matter(coop, by):
    other = a_party(coop.programme, "OTHER")
    record(party=other, contents=[shipped(TWO, eventID=ID)], by=a_recorder(other, "other"), at=AT)

    record(party=coop, contents=[shipped(ONE, eventID=ID)], by=by, at=AT)

    assert list(Event.objects.order_by("pk").values_list("party", flat=True)) == [other.pk, coop.pk]


def test_what_is_numbered_one_after_the_other_lies_together():
    keys = {keys_of(f"urn:epc:id:sgtin:4012345.012345.{number}")[0] for number in range(4700, 4800)}

    assert len(keys) == 100
    assert len({key >> 32 for key in keys}) == 1


def test_events_with_keys_of_an_earlier_version_stop_the_upgrade(coop, by):
    check = import_module(
        "shanhai.field.traceability.migrations.0009_things_in_the_transaction_of_their_event"
    ).refuse_other_keys
    check(apps, connection.schema_editor())
    record(party=coop, contents=[shipped(ONE)], by=by, at=AT)

    with pytest.raises(CommandError, match="/epcis/v2/events"):
        check(apps, connection.schema_editor())


def test_the_same_event_in_another_spelling_is_known(coop, by):
    record(party=coop, contents=[shipped(ONE, eventID=ID)], by=by, at=AT)
    same = shipped("https://id.gs1.org/01/04012345123456/21/1", eventID=ID, at="2026-11-20T02:00:00.000Z")
    record(party=coop, contents=[same], by=by, at=AT)

    assert Event.objects.count() == 1


def test_another_content_under_one_id_is_refused_and_nothing_is_stored(coop, by):
    record(party=coop, contents=[shipped(ONE, eventID=ID)], by=by, at=AT)
    with pytest.raises(Conflict):
        record(party=coop, contents=[shipped(ONE), shipped(TWO, eventID=ID)], by=by, at=AT)

    assert Event.objects.count() == 1


def test_two_events_of_one_hash_are_two(coop, by):
    """Of a Digital Link the hash has only the finest level."""
    lots = [f"https://id.gs1.org/01/04012345123456/10/{lot}/21/1" for lot in "AB"]
    made = record(party=coop, contents=[shipped(one) for one in lots], by=by, at=AT)
    again = record(party=coop, contents=[shipped(one) for one in lots], by=by, at=AT)

    assert len({one.event_id for one in made}) == 2
    assert again == made
    assert bytes(made[0].digest) == bytes(made[1].digest)


@pytest.mark.parametrize("first", [0, 1])
def test_a_declaration_counts_in_whichever_order_it_comes(coop, by, first):
    event = shipped(ONE, eventID=ID)
    wrong = {**event, "errorDeclaration": {"declarationTime": "2026-11-21T00:00:00Z", "reason": "incorrect_data"}}
    for one in ([event, wrong], [wrong, event])[first]:
        record(party=coop, contents=[one], by=by, at=AT)

    states = set(Event.objects.values_list("state", flat=True))
    assert states == {EventState.DECLARED, EventState.DECLARATION}


def test_a_page_declares_an_event_wrong_and_says_what_is_right(coop, by):
    (event,) = record(party=coop, contents=[shipped(ONE)], by=by, at=AT)
    declaration, right = declare_wrong(event=event, reason="incorrect_data", corrective=[shipped(TWO)], by=by, at=AT)

    event.refresh_from_db()
    assert (event.state, declaration.state, right.state) == (
        EventState.DECLARED,
        EventState.DECLARATION,
        EventState.IN_FORCE,
    )
    assert contents([declaration])[0]["errorDeclaration"]["correctiveEventIDs"] == [right.event_id]
    assert missing_correctives(viewer=by) == []
    with pytest.raises(Refused):
        declare_wrong(event=event, reason="incorrect_data", corrective=[], by=by, at=AT)


def test_a_corrective_event_that_has_not_come_is_listed_until_it_comes(coop, by):
    declared = {"declarationTime": "2026-11-21T00:00:00Z", "correctiveEventIDs": [ID, f"{ID}0"[:-2] + "00"]}
    (wrong,) = record(party=coop, contents=[shipped(ONE, errorDeclaration=declared)], by=by, at=AT)
    assert {one.corrective for one in missing_correctives(viewer=by)} == set(declared["correctiveEventIDs"])

    record(party=coop, contents=[shipped(TWO, eventID=ID)], by=by, at=AT)
    assert [one.declaration for one in missing_correctives(viewer=by)] == [wrong]


def test_values_are_kept_in_the_base_unit(coop, by):
    report = {"type": "Temperature", "value": 4, "uom": "CEL"}
    event = shipped(ONE, sensorElementList=[{"sensorReport": [report]}], **{"ex:grade": "A1"})
    event["@context"] = {"ex": "https://ns.example.org/"}
    record(party=coop, contents=[event], by=by, at=AT)

    found = dict(EventValue.objects.values_list("name", "number"))
    assert found[name_of("SENSORREPORT", "value_KEL")] == pytest.approx(277.15)
    assert name_of("", "{https://ns.example.org/}grade") in found


def test_an_owner_opens_what_it_handed_on_and_nobody_opens_it_for_them(coop, by):
    """Who says that they had a thing from us opens their own events, never ours."""
    other = a_party(coop.programme, "TRADER", kind="trader")
    theirs = a_recorder(other)
    parties = [{"type": "owning_party", "source": coop.identifier}]
    ours = record(party=coop, contents=[shipped(ONE), shipped(TWO)], by=by, at=AT)
    received = {**shipped(ONE, sourceList=parties), "bizStep": "receiving"}
    (said,) = record(party=other, contents=[received], by=theirs, at=AT)

    assert set(Event.objects.visible_to(theirs)) == {said}
    assert set(Event.objects.visible_to(by)) == {*ours, said}

    handed = [{"type": "owning_party", "destination": other.identifier}]
    (shipping,) = record(party=coop, contents=[shipped(ONE, destinationList=handed)], by=by, at=AT)
    assert set(Event.objects.visible_to(theirs)) == {said, ours[0], shipping}


def test_what_a_wrong_event_opened_is_closed_again(coop, by):
    other = a_party(coop.programme, "TRADER", kind="trader")
    handed = [{"type": "owning_party", "destination": other.identifier}]
    first, _, again = record(
        party=coop,
        contents=[
            shipped(ONE, destinationList=handed),
            shipped(TWO, destinationList=handed),
            shipped(ONE, destinationList=handed, at="2026-11-21T10:00:00+08:00"),
        ],
        by=by,
        at=AT,
    )
    declare_wrong(event=first, reason="did_not_occur", corrective=[], by=by, at=AT)
    assert Opened.objects.count() == 2

    declare_wrong(event=again, reason="did_not_occur", corrective=[], by=by, at=AT)
    assert [one.key for one in Opened.objects.all()] == [keys_of(TWO)[0]]


def test_a_class_is_not_opened(coop, by):
    other = a_party(coop.programme, "TRADER", kind="trader")
    handed = [{"type": "owning_party", "destination": other.identifier}]
    quantity = [{"epcClass": "urn:epc:idpat:sgtin:4012345.012345.*", "quantity": 2}]
    record(party=coop, contents=[shipped(quantityList=quantity, destinationList=handed)], by=by, at=AT)

    assert not Opened.objects.exists()


def test_nobody_records_for_a_party_that_is_not_theirs(coop, by):
    other = a_party(coop.programme, "TRADER", kind="trader")
    with pytest.raises(NotAllowed):
        record(party=other, contents=[shipped(ONE)], by=by, at=AT)
    assert not Event.objects.exists()


@pytest.mark.parametrize("at", ["2036-11-20T10:00:00+08:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_cannot_be_is_refused(coop, by, at):
    declared = {"eventID": "urn:x:1", "errorDeclaration": {"declarationTime": at, "reason": "did_not_occur"}}
    for content in (shipped(ONE, at=at), shipped(ONE, **declared)):
        with pytest.raises(Refused):
            record(party=coop, contents=[content], by=by, at=AT)
