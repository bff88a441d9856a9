# SPDX-License-Identifier: Apache-2.0
"""Handing a shift over: what stands is kept as it was, and another takes it."""

import json
from datetime import timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.operations.hazards.incidents.services.shifts import hand_over, take_over
from shanhai.operations.hazards.incidents.tests.builders import a_patrol, an_incident
from shanhai.operations.hazards.models import Dispatch, DutyHandover, SiteTrack
from shanhai.operations.hazards.tests.builders import a_site
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, OFFICE, actor

pytestmark = pytest.mark.django_db
COUNTY = actor("duty_officer", programme="zj-ganzi", place="513301", ref="user:county")


def given(by=DUTY_OFFICER, words="后缘裂缝在看，夜里有雨"):
    return hand_over(by=by, at=AT, programme="zj-ganzi", words=words)


def test_what_stands_is_kept_as_it_was():
    site, quiet = a_site(), a_site("quiet", name="静坡")
    SiteTrack.objects.create(site=site, level=2, lack="")
    SiteTrack.objects.create(site=quiet, lack="no_data")
    rising, over = an_incident("yellow", site=site), an_incident("lifted", site=quiet)
    patrol = a_patrol(site=site)
    for of in (rising, over):
        Dispatch.objects.create(incident=of, channel="mail", state="dead", next_at=AT)

    stands = given().snapshot

    assert [one["uuid"] for one in stands["incidents"]["rows"]] == [str(rising.uuid)]
    assert stands["lacking"] == {"count": 1, "rows": [{"code": "quiet", "name": "静坡", "lack": "no_data"}]}
    assert [one["uuid"] for one in stands["patrols"]["rows"]] == [str(patrol.uuid)]
    assert stands["dead"] == 1
    told = AuditRow.objects.get(action="hazards.handover.offered")
    assert told.changes == {
        "incidents": 1,
        "lacking": 1,
        "patrols": 1,
        "dead": 1,
    }


def test_a_snapshot_of_many_sites_is_small_and_counts_all():
    first = a_site()
    for number in range(70):
        a_site(f"slope-{number}", name=f"{number}号坡", programme=first.programme)

    stands = given().snapshot

    assert (stands["lacking"]["count"], len(stands["lacking"]["rows"])) == (71, 50)
    assert len(json.dumps(stands)) < 10_000


def test_a_shift_is_taken_once_and_by_another():
    a_site()
    shift = given()
    with pytest.raises(Refused, match="别人"):
        take_over(by=DUTY_OFFICER, at=AT, handover=shift.uuid)
    with pytest.raises(NotAllowed):
        take_over(by=OFFICE, at=AT, handover=shift.uuid)

    taken = take_over(by=CONSULTATION_LEAD, at=AT + timedelta(minutes=9), handover=shift.uuid)

    assert (taken.state, taken.taken_by, taken.taken_at) == ("taken", CONSULTATION_LEAD.ref, AT + timedelta(minutes=9))
    with pytest.raises(IllegalMove):
        take_over(by=CONSULTATION_LEAD, at=AT, handover=shift.uuid)


def test_the_next_shift_is_handed_over_when_the_last_was_taken():
    a_site()
    shift = given()
    with pytest.raises(Conflict, match="没有人接"):
        given(by=CONSULTATION_LEAD)
    take_over(by=CONSULTATION_LEAD, at=AT, handover=shift.uuid)

    assert given(by=CONSULTATION_LEAD).pk != shift.pk


def test_who_is_on_duty_in_a_county_hands_over_that_county():
    a_site()
    a_site("luding", place="513322")

    shift = given(by=COUNTY)

    assert (shift.place, shift.snapshot["lacking"]["count"]) == ("513301", 1)
    assert given().place == ""
    assert list(DutyHandover.objects.visible_to(COUNTY)) == [shift]


def test_who_is_not_on_duty_hands_nothing_over():
    a_site()
    with pytest.raises(NotAllowed):
        given(by=OFFICE)
    with pytest.raises(BadInput):
        given(words=" ")
    assert not DutyHandover.objects.exists()
