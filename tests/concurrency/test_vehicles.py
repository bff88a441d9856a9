# SPDX-License-Identifier: Apache-2.0
"""Two desks give one car at once: one has it, the other is told who. Without the lock the database says no; without
both, the car is given twice.
"""

import pytest
from django.db import connection

from shanhai.kernel.errors import Conflict
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.models import VehicleUse
from shanhai.team.conduct.tests.builders import DESK, a_car, a_use, somebody
from shanhai.team.conduct.vehicles import selectors, services
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT
from tests.concurrency.together import meet, outcomes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def giving():
    programme = two_counties()
    car = a_car()
    uses = [(a_use(somebody(programme, name)[0]), a_person(f"{name}的驾驶员")) for name in ("甲一", "乙二")]
    given = {"by": DESK, "at": AT, "vehicle": car.uuid}
    return [lambda use=use, who=who: services.give_vehicle(use=use.uuid, driver=who.uuid, **given) for use, who in uses]


def unlocked(monkeypatch):
    """Nobody waits for the car's row."""
    read = selectors.get_vehicle
    monkeypatch.setattr(selectors, "get_vehicle", lambda **given: read(**given | {"lock": False}))


def test_of_two_desks_one_gives_the_car(monkeypatch):
    jobs = giving()
    meet(monkeypatch, services, "_at_the_desk")

    found = outcomes(*jobs)

    assert VehicleUse.objects.filter(state="given").count() == 1
    [error] = [one for one in found if isinstance(one, Exception)]
    assert isinstance(error, Conflict)
    assert error.code == "conduct.taken_then"
    assert "泸定县医院" in str(error)


def test_without_the_lock_the_database_keeps_the_second_out(monkeypatch):
    jobs = giving()
    unlocked(monkeypatch)
    meet(monkeypatch, services, "get_person")

    found = outcomes(*jobs)

    assert VehicleUse.objects.filter(state="given").count() == 1
    [error] = [one for one in found if isinstance(one, Exception)]
    assert isinstance(error, Conflict)


def test_control_without_lock_and_constraint_the_car_is_given_twice(monkeypatch):
    jobs = giving()
    unlocked(monkeypatch)
    meet(monkeypatch, services, "get_person")
    constraint = next(
        one for one in VehicleUse._meta.constraints if one.name == "conduct_vehicleuse_is_the_only_one_of_its_vehicle"
    )
    with connection.schema_editor() as editor:
        editor.execute(constraint.remove_sql(VehicleUse, editor))
    try:
        outcomes(*jobs)
        assert VehicleUse.objects.filter(state="given").count() == 2
    finally:
        VehicleUse.objects.update(vehicle=None, driver=None, state="cancelled")
        with connection.schema_editor() as editor:
            editor.add_constraint(VehicleUse, constraint)
