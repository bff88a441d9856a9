# SPDX-License-Identifier: Apache-2.0
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator

from shanhai.base.accounts import selectors
from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_new_user
from shanhai.base.accounts.values import DEMO_PASSWORD
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.errors import NotVisible
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, OFFICE, STRANGER, a_user, actor_of

pytestmark = pytest.mark.django_db


def names(offset=0, limit=50, **given):
    found = selectors.list_users(viewer=ADMIN, at=AT, **given)
    return found.count(), [row.username for row in found[offset : offset + limit]]


def test_users_are_listed_by_name_in_pages():
    for username in ("wang", "li", "zhang"):
        a_new_user(username=username)

    assert names(limit=2) == (3, ["li", "wang"])
    assert names(limit=2, offset=2) == (3, ["zhang"])
    assert names(limit=2, offset=99) == (3, [])


@pytest.mark.parametrize(
    ("text", "found"), [("LI", ["li"]), ("三", ["zhang"]), (" zha ", ["zhang"]), ("%", []), ("'", [])]
)
def test_users_are_found_by_a_part_of_either_name(text, found):
    a_new_user(username="zhang", display_name="张三")
    a_new_user(username="li", display_name="李四")

    assert names(text=text)[1] == found


def test_the_list_takes_three_queries_however_long_it_is(django_assert_num_queries):
    for number in range(20):
        made = a_new_user(username=f"user{number:02}")
        users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="office", everywhere=True)

    with django_assert_num_queries(3):
        found = selectors.list_users(viewer=ADMIN, at=AT)
        count, rows = found.count(), list(found)

    assert count == len(rows) == 20
    assert rows[0].roles == ("office",)


@pytest.mark.parametrize("viewer", [DEPUTY, OFFICE, AUDITOR, STRANGER, NOBODY], ids=lambda actor: actor.ref)
def test_others_see_no_user(viewer):
    made = a_new_user()

    assert not selectors.list_users(viewer=viewer, at=AT)
    with pytest.raises(NotVisible):
        selectors.get_user(viewer=viewer, at=AT, uuid=made.uuid)


@pytest.mark.parametrize("uuid", [uuid4(), "not-a-uuid", "", "../../etc"])
def test_a_user_nobody_has_made_is_not_found(uuid):
    with pytest.raises(NotVisible):
        selectors.get_user(viewer=ADMIN, at=AT, uuid=uuid)


def test_an_erased_user_leaves_the_list_and_keeps_a_page():
    made = a_new_user()
    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    found = selectors.get_user(viewer=ADMIN, at=AT, uuid=made.uuid)

    assert names() == (0, [])
    assert found.user.erased_at
    assert found.user.display_name == ""


def test_a_users_page_tells_which_grants_hold_and_which_can_be_ended():
    made = a_new_user()
    ended = users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="office", everywhere=True)
    users.end_grant(by=ADMIN, at=AT, grant=ended)
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="finance", everywhere=True)

    found = selectors.get_user(viewer=ADMIN, at=AT, uuid=str(made.uuid))

    assert [(row.role, row.in_force, row.may_end) for row in found.grants] == [
        ("finance", True, True),
        ("office", False, False),
    ]


def test_names_stand_behind_references_for_who_is_signed_in():
    made = a_new_user(display_name="张三")
    ref = f"user:{made.uuid}"
    refs = [ref, "system:worker", "nobody", f"user:{uuid4()}", "user:rubbish", ""]

    assert selectors.names_by_ref(viewer=AUDITOR, refs=refs) == {ref: "张三"}
    assert selectors.names_by_ref(viewer=NOBODY, refs=refs) == {}


def test_an_erased_user_is_named_by_his_new_username():
    made = a_new_user()
    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    names_found = selectors.names_by_ref(viewer=AUDITOR, refs=[f"user:{made.uuid}"])

    assert list(names_found.values()) == [f"erased-{made.uuid.hex[-12:]}"]


def test_any_number_of_names_takes_one_query(django_assert_num_queries):
    refs = [f"user:{a_new_user(username=f'user{number}').uuid}" for number in range(5)]

    with django_assert_num_queries(1):
        assert len(selectors.names_by_ref(viewer=AUDITOR, refs=refs)) == 5


def test_demo_accounts_are_those_made_for_the_demo():
    a_new_user(username="real")
    demo = users.create_user(by=ADMIN, at=AT, username="deputy", display_name="副指挥长", is_demo=True)
    users.grant_role(by=ADMIN, at=AT, user=demo.uuid, role="commander", everywhere=True)

    (account,) = selectors.list_demo_accounts()

    assert (account.username, account.display_name, account.roles) == ("deputy", "副指挥长", ("commander",))
    assert User.objects.get(username="deputy").check_password(DEMO_PASSWORD)


def test_ones_own_account_counts_what_one_signs_in_with():
    user = a_user("office")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})

    mine = selectors.get_my_account(viewer=actor_of(user), at=AT, session_key=None)

    assert (mine.has_password, mine.has_totp, mine.passkeys, mine.outside_identities) == (True, True, 1, 0)
    assert [row.role for row in mine.grants] == ["office"]


def test_nobody_and_the_system_have_no_account():
    for viewer in (NOBODY, ADMIN):
        with pytest.raises(NotVisible):
            selectors.get_my_account(viewer=viewer, at=AT, session_key=None)


def test_a_name_is_hashed_alike_whatever_its_case_and_unlike_another():
    assert selectors.name_hash(username=" ZhangSan") == selectors.name_hash(username="zhangsan")
    assert selectors.name_hash(username="zhangsan") != selectors.name_hash(username="lisi")
    assert "zhangsan" not in selectors.name_hash(username="zhangsan")
