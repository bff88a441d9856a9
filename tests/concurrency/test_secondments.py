# SPDX-License-Identifier: Apache-2.0
"""A person is dispatched to two full-time posts at once: one stands, the other is told that somebody was faster."""

import pytest
from django.db import connection

from shanhai.kernel.errors import Conflict
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Secondment
from shanhai.team.secondments.services import secondments
from shanhai.team.secondments.tests.builders import PERSONNEL, SINCE, UNTIL, a_nomination, a_post, two_counties
from tests.cast import AT
from tests.concurrency.together import meet, outcomes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def dispatching():
    programme, person = two_counties(), a_person()
    named = [a_nomination(a_post(programme, title=title), person) for title in ("骨科医生", "带教医生")]
    return [
        lambda one=one: secondments.dispatch(by=PERSONNEL, at=AT, nomination=one.uuid, since=SINCE, until=UNTIL)
        for one in named
    ]


def test_of_two_full_time_posts_a_person_gets_one(monkeypatch):
    jobs = dispatching()
    # Both have looked whether the person is free before one is stored.
    meet(monkeypatch, secondments, "require_free")

    found = outcomes(*jobs)

    assert Secondment.objects.count() == 1
    [error] = [one for one in found if isinstance(one, Exception)]
    assert isinstance(error, Conflict)
    assert error.code == "secondments.somebody_was_faster"


def test_control_without_the_constraint_both_are_stored(monkeypatch):
    jobs = dispatching()
    [held] = [one for one in Secondment._meta.constraints if one.name.endswith("full_time_one_of_a_person")]
    meet(monkeypatch, secondments, "require_free")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Secondment, held)
    try:
        outcomes(*jobs)
        assert Secondment.objects.count() == 2
    finally:
        Secondment.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Secondment, held)
