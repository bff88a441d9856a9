# SPDX-License-Identifier: Apache-2.0
"""Who wants what waits for them by e-mail: off until they say so, their own choice, nothing without an address."""

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.accounts import selectors
from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import letters, users
from shanhai.base.accounts.tests.builders import a_browser, a_new_user, acts, signed_in
from shanhai.base.accounts.values import Digest
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import BadInput, NotVisible, Refused
from tests.cast import ADMIN, AT
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def choose(made, digest=Digest.DAILY, language="zh-hans"):
    letters.choose_digest(by=Actor(f"user:{made.uuid}"), at=AT, digest=digest, language=language)


def test_nobody_gets_letters_he_has_not_asked_for():
    a_new_user(email="zhang@example.org")

    assert selectors.list_digest_readers() == ()


def test_who_asks_gets_them_in_his_language():
    made = a_new_user(email="zhang@example.org", display_name="张三")

    choose(made, Digest.WEEKLY, "en")

    (reader,) = selectors.list_digest_readers()
    assert reader.ref == f"user:{made.uuid}"
    assert (reader.name, reader.email, reader.digest, reader.language) == (
        "张三",
        "zhang@example.org",
        Digest.WEEKLY,
        "en",
    )
    assert acts()[-1] == "accounts.digest.chosen"


def test_without_an_address_there_is_nothing_to_choose():
    made = a_new_user()

    with refused(Refused, "accounts.digest.address_missing"):
        choose(made)
    choose(made, Digest.OFF, "en")

    assert User.objects.get().digest == "off"


def test_the_database_holds_to_it():
    a_new_user()

    for wrong in ({"digest": "daily"}, {"digest": "hourly"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.update(**wrong)


@pytest.mark.parametrize("language", ["", "fr", "zh-hans\r\nBcc: x@example.org"])
def test_a_language_nobody_writes_in_is_refused(language):
    made = a_new_user(email="zhang@example.org")

    with refused(BadInput, "accounts.digest.language_unknown"):
        choose(made, Digest.DAILY, language)

    assert selectors.list_digest_readers() == ()


@pytest.mark.parametrize("who", [NOBODY, Actor("system:worker"), Actor("user:not-a-uuid")], ids=lambda who: who.ref)
def test_who_is_no_user_chooses_nothing(who):
    with refused(NotVisible, "accounts.user.not_found"):
        letters.choose_digest(by=who, at=AT, digest=Digest.OFF, language="en")


def test_a_shut_or_erased_account_gets_none():
    made = a_new_user(email="zhang@example.org")
    choose(made)

    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    shut = selectors.list_digest_readers()
    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    assert shut == selectors.list_digest_readers() == ()


def test_one_chooses_on_ones_own_page():
    made = a_new_user(email="zhang@example.org")
    browser = signed_in("zhangsan")

    page = browser.post("/accounts/digest/", {"digest": "daily", "language": "en"}, follow=True).content.decode()

    assert "已经记下" in page
    assert '<option value="daily" selected>' in page
    assert '<option value="en" selected>' in page
    assert "zhang@example.org" in page
    assert selectors.list_digest_readers()[0].ref == f"user:{made.uuid}"


@pytest.mark.parametrize("form", [{}, {"digest": "hourly", "language": "en"}, {"digest": "daily", "language": "xx"}])
def test_a_made_up_choice_changes_nothing(form):
    a_new_user(email="zhang@example.org")

    page = signed_in("zhangsan").post("/accounts/digest/", form, follow=True).content.decode()

    assert "没有这样的选择" in page
    assert selectors.list_digest_readers() == ()


def test_who_has_no_address_is_told_where_to_get_one():
    a_new_user()

    page = signed_in("zhangsan").get("/accounts/").content.decode()

    assert "没有登记电子邮箱" in page
    assert 'action="/accounts/digest/"' not in page


def test_a_stranger_signs_in_first_and_a_link_changes_nothing():
    a_new_user(email="zhang@example.org")

    assert (
        a_browser()
        .post("/accounts/digest/", {"digest": "daily", "language": "en"})["Location"]
        .startswith("/accounts/login/")
    )
    assert signed_in("zhangsan").get("/accounts/digest/").status_code == 405
