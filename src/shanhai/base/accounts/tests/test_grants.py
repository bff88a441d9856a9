# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_new_user, acts
from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Scope
from shanhai.kernel.errors import BadInput, Conflict, Refused
from tests.cast import ADMIN, AT, a_user, actor_of
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ganzi")]
KANGDING = {"programme": "zj-ganzi", "place": "513301"}
TODAY = date(2026, 11, 22)


def grant(user, role="county_user", **scope):
    return users.grant_role(by=ADMIN, at=AT, user=user, role=role, **(KANGDING | scope))


def test_a_granted_role_holds_in_its_scope_from_today():
    made = a_new_user()

    grant(made.uuid)
    actor = actor_of(User.objects.get(uuid=made.uuid))

    assert actor.roles == ("county_user",)
    assert actor.scopes("project.view") == (Scope("zj-ganzi", "513301"),)
    assert not actor.may("project.view", programme="zj-ganzi", place="513322")


def test_a_grant_is_audited_in_its_scope():
    made = a_new_user()

    uuid = grant(made.uuid)
    row = AuditRow.objects.last()

    assert (row.action, row.subject_id, row.programme, row.place) == (
        "accounts.role.granted", str(made.uuid), "zj-ganzi", "513301",
    )  # fmt: skip
    assert row.changes == {"grant": str(uuid), "role": "county_user", "valid_from": "2026-11-22"}


def test_a_role_granted_from_tomorrow_does_not_hold_today():
    made = a_new_user()

    grant(made.uuid, valid_from=TODAY + timedelta(days=1))

    assert actor_of(User.objects.get(uuid=made.uuid)).roles == ()


def test_a_role_nobody_knows_is_refused():
    with refused(BadInput, "accounts.grant.role_unknown") as caught:
        grant(a_new_user().uuid, role="emperor")

    assert "emperor" in str(caught.value)


@pytest.mark.parametrize("place", ["51330", "5133011", "513399", "５１３３０１", "康定市", "'; --"])
def test_a_place_that_is_not_registered_is_refused(place):
    with refused(BadInput, "accounts.grant.scope_not_accepted"):
        grant(a_new_user().uuid, place=place)

    assert not RoleGrant.objects.exists()


@pytest.mark.parametrize("programme", ["ZJ-Ganzi", "zj-ganz", "浙江", "x" * 41])
def test_a_programme_that_is_not_registered_is_refused(programme):
    with refused(BadInput, "accounts.grant.scope_not_accepted"):
        grant(a_new_user().uuid, programme=programme)


@pytest.mark.parametrize(
    ("role", "named"),
    [("office", {}), ("auditor", {"place": "513301"}), ("county_user", {"programme": "zj-ganzi"}), ("county_user", {})],
)
def test_a_role_without_what_it_is_bound_to_is_refused_unless_all_is_said(role, named):
    made = a_new_user()

    with refused(BadInput, "accounts.grant.scope_missing"):
        users.grant_role(by=ADMIN, at=AT, user=made.uuid, role=role, **named)
    assert not RoleGrant.objects.exists()
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role=role, **named, everywhere=True)

    scope = Scope(named.get("programme"), named.get("place"))
    assert actor_of(User.objects.get(uuid=made.uuid)).scopes("project.view") == (scope,)


@pytest.mark.parametrize("scope", [{"programme": "zj-ganzi"}, {"place": "513301"}])
def test_an_administrator_cannot_be_one_of_a_part_only(scope):
    made = a_new_user()

    with refused(BadInput, "accounts.grant.scope_not_accepted"):
        users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="administrator", **scope)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_user("administrator", **scope)


def test_the_same_role_in_the_same_scope_is_refused_and_in_another_is_not():
    made = a_new_user()
    grant(made.uuid, place="513301")

    with refused(Conflict, "accounts.grant.already_granted"):
        grant(made.uuid, place="513301")
    grant(made.uuid, place="513322")

    assert RoleGrant.objects.count() == 2


def test_nobody_gives_himself_a_role():
    admin = a_user("administrator")

    with refused(Refused, "accounts.user.own_account"):
        users.grant_role(by=actor_of(admin), at=AT, user=admin.uuid, role="finance")


def test_an_ended_role_no_longer_holds_on_the_same_day_and_can_be_given_again():
    made = a_new_user()
    uuid = grant(made.uuid)

    users.end_grant(by=ADMIN, at=AT, grant=uuid)
    ended = actor_of(User.objects.get(uuid=made.uuid)).roles
    grant(made.uuid)

    assert ended == ()
    assert actor_of(User.objects.get(uuid=made.uuid)).roles == ("county_user",)
    assert acts()[-3:] == ["accounts.role.granted", "accounts.role.ended", "accounts.role.granted"]


def test_a_role_that_has_not_begun_never_begins_once_ended():
    made = a_new_user()
    uuid = grant(made.uuid, valid_from=TODAY + timedelta(days=9))

    users.end_grant(by=ADMIN, at=AT, grant=uuid)
    ended = RoleGrant.objects.get(uuid=uuid)

    assert ended.valid_until == ended.valid_from == TODAY + timedelta(days=9)


def test_ending_twice_is_recorded_once():
    uuid = grant(a_new_user().uuid)

    users.end_grant(by=ADMIN, at=AT, grant=uuid)
    users.end_grant(by=ADMIN, at=AT + timedelta(days=3), grant=uuid)

    assert acts().count("accounts.role.ended") == 1
    assert RoleGrant.objects.get(uuid=uuid).valid_until == TODAY


def test_the_last_administrator_does_not_lose_the_role():
    admin = a_user("administrator")
    second = a_user("administrator", username="second")

    users.end_grant(by=ADMIN, at=AT, grant=second.grants.get().uuid)
    with refused(Refused, "accounts.user.last_administrator"):
        users.end_grant(by=ADMIN, at=AT, grant=admin.grants.get().uuid)

    assert actor_of(admin).roles == ("administrator",)


def test_a_shut_administrator_may_lose_the_role():
    a_user("administrator")
    second = a_user("administrator", username="second")
    users.deactivate_user(by=ADMIN, at=AT, user=second.uuid)

    users.end_grant(by=ADMIN, at=AT, grant=second.grants.get().uuid)

    assert not second.grants.filter(valid_until=None).exists()


@pytest.mark.parametrize("role", [*ROLES, "emperor"])
def test_the_database_knows_the_same_roles_as_the_classes(role):
    user = a_user(None)
    row = {"user": user, "role": role, "valid_from": TODAY}

    if role in ROLES:
        RoleGrant.objects.create(**row)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(**row)
