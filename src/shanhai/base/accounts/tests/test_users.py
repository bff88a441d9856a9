# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_new_user, acts
from shanhai.base.accounts.values import DEMO_PASSWORD
from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.registry import registries
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, OFFICE, PASSWORD, STRANGER, a_user, actor_of
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_new_user_gets_a_random_password_that_must_be_changed():
    made = users.create_user(by=ADMIN, at=AT, username="zhangsan", display_name="张三")
    user = User.objects.get(uuid=made.uuid)

    assert user.check_password(made.first_password)
    assert len(made.first_password) == 19
    assert user.must_change_password
    assert (user.display_name, user.email, user.created_at) == ("张三", "", AT)


def test_two_new_users_get_different_passwords():
    first = users.create_user(by=ADMIN, at=AT, username="first")
    second = users.create_user(by=ADMIN, at=AT, username="second")

    assert first.first_password != second.first_password


def test_a_given_password_is_the_users_own():
    made = a_new_user(password=PASSWORD)
    user = User.objects.get(uuid=made.uuid)

    assert user.check_password(PASSWORD)
    assert not user.must_change_password


def test_a_demo_account_has_the_public_password_and_no_other():
    made = users.create_user(by=ADMIN, at=AT, username="deputy", is_demo=True)

    assert made.first_password == DEMO_PASSWORD
    with pytest.raises(ValueError, match="public password"):
        users.create_user(by=ADMIN, at=AT, username="office", is_demo=True, password=PASSWORD)


def test_making_a_user_is_audited_without_his_names():
    made = users.create_user(by=ADMIN, at=AT, username="zhangsan", display_name="张三", email="z@example.org")
    row = AuditRow.objects.get()

    assert (row.action, row.actor, row.subject_id) == ("accounts.user.created", "user:administrator", str(made.uuid))
    assert row.changes == {"demo": False}


def test_a_username_is_kept_in_small_letters():
    assert a_new_user(username="  ZhangSan ").username == "zhangsan"


@pytest.mark.parametrize(
    "username",
    ["", " ", "a", "张三", "zhang san", "-zhang", "zhang\x00san", "a" * 61, "<script>", "../etc", "a/b", "ａｂｃ"],
)
def test_a_username_with_other_signs_is_refused_and_nothing_is_stored(username):
    with refused(BadInput, "accounts.username.not_accepted"):
        a_new_user(username=username)

    assert not User.objects.exists()
    assert acts() == []


def test_a_username_is_taken_whatever_its_case():
    a_user("office", username="LiSi")

    with refused(Conflict, "accounts.username.taken"):
        a_new_user(username="lisi")


def test_the_database_too_refuses_a_username_that_differs_in_case_only():
    a_user("office", username="LiSi")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_user("office", username="lisi")


@pytest.mark.parametrize("name", ["x" * 61, "张\n三", "张\u202e三", " \t "])
def test_a_display_name_that_cannot_be_printed_is_refused(name):
    with refused(BadInput, "accounts.display_name.not_accepted"):
        a_new_user(display_name=name)


@pytest.mark.parametrize("email", ["z", "z@", "z@@example.org", "z@example.org\nBcc: x@example.org"])
def test_what_is_no_email_address_is_refused(email):
    with refused(BadInput, "accounts.email.not_accepted"):
        a_new_user(email=email)


@pytest.mark.parametrize("password", ["", "short", "password123", "1234567890123", "zhangsan12"])
def test_a_weak_password_is_refused(password):
    with refused(BadInput, "accounts.password.too_weak"):
        a_new_user(username="zhangsan12", password=password)


@pytest.mark.parametrize("by", [DEPUTY, OFFICE, AUDITOR, STRANGER], ids=lambda actor: actor.name)
def test_only_who_manages_users_changes_them(by):
    made = a_new_user()

    for change in (
        lambda: users.create_user(by=by, at=AT, username="another"),
        lambda: users.deactivate_user(by=by, at=AT, user=made.uuid),
        lambda: users.reactivate_user(by=by, at=AT, user=made.uuid),
        lambda: users.set_password(by=by, at=AT, user=made.uuid),
        lambda: users.remove_second_factors(by=by, at=AT, user=made.uuid),
        lambda: users.erase_user(by=by, at=AT, user=made.uuid),
        lambda: users.erase_due_users(by=by, at=AT),
        lambda: users.grant_role(by=by, at=AT, user=made.uuid, role="office", everywhere=True),
        lambda: users.end_grant(by=by, at=AT, grant=uuid4()),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert acts() == ["accounts.user.created"]


def test_a_user_nobody_has_made_is_not_found():
    with refused(NotVisible, "accounts.user.not_found"):
        users.deactivate_user(by=ADMIN, at=AT, user=UUID(int=1))


def test_a_shut_account_keeps_its_roles_and_opens_again():
    made = a_new_user()
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="office", everywhere=True)

    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    shut = actor_of(User.objects.get(uuid=made.uuid))
    users.reactivate_user(by=ADMIN, at=AT, user=made.uuid)
    opened = actor_of(User.objects.get(uuid=made.uuid))

    assert shut.roles == ()
    assert opened.roles == ("office",)
    assert acts()[-2:] == ["accounts.user.deactivated", "accounts.user.reactivated"]


def test_shutting_twice_and_opening_twice_is_recorded_once():
    made = a_new_user()

    for _ in range(2):
        users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    for _ in range(2):
        users.reactivate_user(by=ADMIN, at=AT, user=made.uuid)

    assert acts() == ["accounts.user.created", "accounts.user.deactivated", "accounts.user.reactivated"]


def test_nobody_shuts_erases_or_strips_his_own_account():
    admin = a_user("administrator")
    a_user("administrator", username="second")
    by = actor_of(admin)

    for change in (users.deactivate_user, users.erase_user, users.remove_second_factors):
        with refused(Refused, "accounts.user.own_account"):
            change(by=by, at=AT, user=admin.uuid)


def test_the_last_administrator_is_not_shut_nor_erased():
    admin = a_user("administrator")
    shut = a_user("administrator", username="second")
    users.deactivate_user(by=ADMIN, at=AT, user=shut.uuid)

    with refused(Refused, "accounts.user.last_administrator"):
        users.deactivate_user(by=ADMIN, at=AT, user=admin.uuid)
    with refused(Refused, "accounts.user.last_administrator"):
        users.erase_user(by=ADMIN, at=AT, user=admin.uuid)


def test_one_of_two_administrators_can_be_shut():
    a_user("administrator")
    second = a_user("administrator", username="second")

    users.deactivate_user(by=ADMIN, at=AT, user=second.uuid)

    assert not User.objects.get(pk=second.pk).is_active


def test_a_reset_password_must_be_changed_and_is_answered():
    made = a_new_user()

    password = users.set_password(by=ADMIN, at=AT, user=made.uuid)
    user = User.objects.get(uuid=made.uuid)

    assert user.check_password(password)
    assert user.must_change_password
    assert not user.check_password(PASSWORD)


def test_a_weak_password_is_not_set():
    made = a_new_user()

    with refused(BadInput, "accounts.password.too_weak"):
        users.set_password(by=ADMIN, at=AT, user=made.uuid, password="short")

    assert User.objects.get(uuid=made.uuid).check_password(PASSWORD)


def test_erasing_leaves_nothing_personal_and_ends_the_roles():
    made = a_new_user(display_name="张三", email="z@example.org")
    user = User.objects.get(uuid=made.uuid)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    SocialAccount.objects.create(user=user, provider="oidc", uid="42")
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="office", everywhere=True)

    users.erase_user(by=ADMIN, at=AT, user=made.uuid)
    user.refresh_from_db()

    assert user.username == f"erased-{made.uuid.hex[-12:]}"
    assert (user.display_name, user.email, user.is_active, user.last_login) == ("", "", False, None)
    assert not user.has_usable_password()
    assert not Authenticator.objects.exists()
    assert not SocialAccount.objects.exists()
    assert not user.grants.filter(valid_until=None).exists()
    assert acts()[-2:] == ["accounts.role.ended", "accounts.user.erased"]


def test_an_erased_account_stays_erased():
    made = a_new_user()
    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    for change in (users.reactivate_user, users.set_password, users.erase_user):
        with refused(Refused, "accounts.user.erased"):
            change(by=ADMIN, at=AT, user=made.uuid)


def test_accounts_shut_two_years_ago_are_due_for_erasure():
    old, young = a_new_user(username="old"), a_new_user(username="young")
    users.deactivate_user(by=ADMIN, at=AT - timedelta(days=730), user=old.uuid)
    users.deactivate_user(by=ADMIN, at=AT - timedelta(days=729), user=young.uuid)

    erased = registries.personal_data.get("accounts.User").erase(by=ADMIN, at=AT)

    assert erased == 1
    assert User.objects.get(uuid=old.uuid).erased_at == AT
    assert User.objects.get(uuid=young.uuid).erased_at is None


def test_the_database_refuses_an_erased_account_that_still_has_a_name():
    made = a_new_user()
    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(uuid=made.uuid).update(display_name="张三")
