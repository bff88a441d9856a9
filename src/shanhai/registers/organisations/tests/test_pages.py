# SPDX-License-Identifier: Apache-2.0
"""The pages of organisations, as the office, a county user and a stranger meet them."""

import pytest
from django.urls import reverse

from shanhai.base.audit.models import AuditRow
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.places.tests.builders import a_division

pytestmark = pytest.mark.django_db
FACTS = {"name": "甘孜州高原畜牧有限公司", "kind": "company", "uscc": "91350100m000100y43"}


def text_of(answer):
    return answer.content.decode()


def test_an_organisation_is_registered_found_and_corrected(sign_in):
    office = sign_in("office")
    a_division("513301")

    office.post(reverse("organisations:new"), {**FACTS, "division": "513321"}, follow=True)
    found = Organisation.objects.select_related("division").get()
    page = reverse("organisations:detail", args=[found.uuid])

    assert (found.uscc, found.division.code) == ("91350100M000100Y43", "513301")
    assert page in text_of(office.get(reverse("organisations:list"), {"text": "gyxm"}))
    assert page not in text_of(office.get(reverse("organisations:list"), {"kind": "school"}))
    assert "没有符合条件的单位" in text_of(office.get(reverse("organisations:list"), {"text": "无此单位"}))

    office.post(page, {**FACTS, "short_name": "高原", "division": "", "because": "简称"})
    found.refresh_from_db()
    assert (found.short_name, found.division) == ("高原", None)
    assert AuditRow.objects.latest("seq").because == "简称"


def test_a_page_behind_the_last_one_shows_the_last(sign_in):
    an_organisation()

    page = text_of(sign_in("auditor").get(reverse("organisations:list"), {"page": "9"}))

    assert "康定市第一小学" in page
    assert "还没有登记单位" not in page


@pytest.mark.parametrize(("role", "offered"), [("office", True), ("auditor", False)])
@pytest.mark.parametrize(
    ("listed", "said", "next_step"),
    [
        ("organisations:list", "还没有登记单位", "import"),
        ("places:list", "还没有登记行政区划", "import"),
        ("people:list", "还没有登记人员", "people:new"),
    ],
)
def test_an_empty_register_says_what_to_do_and_leads_there_who_may(sign_in, role, offered, listed, said, next_step):
    empty = text_of(sign_in(role).get(reverse(listed))).partition('<div class="empty">')[2].partition("</section>")[0]

    assert said in empty
    assert (f'href="{reverse(next_step)}"' in empty) == offered


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"uscc": "91350100M000100Y44"}, "第 18 位"),
        ({"division": "513399"}, "没有登记代码 513399"),
        ({"kind": "castle"}, "castle"),
        ({"name": " "}, "error"),
    ],
)
def test_what_is_wrong_is_refused_on_the_page(sign_in, wrong, why):
    answer = sign_in("office").post(reverse("organisations:new"), {**FACTS, **wrong})

    assert answer.status_code == 422
    assert why in text_of(answer)
    assert not Organisation.objects.exists()


def test_a_possible_twin_of_a_name_is_told_before_it_is_stored(sign_in):
    office, twin = sign_in("office"), {"name": "康定 市第一小学（东区）", "kind": "school"}
    an_organisation("康定市第一小学(东区)")

    answer = office.post(reverse("organisations:new"), twin)

    assert answer.status_code == 422
    assert "康定市第一小学(东区)" in text_of(answer)
    assert 'name="apart"' in answer.content.decode()
    assert 'name="apart"' not in office.get(reverse("organisations:new")).content.decode()
    assert office.post(reverse("organisations:new"), {**twin, "apart": "on"}).status_code == 302
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "listed", "new", "posted"), [("office", 200, 200, 302), ("auditor", 200, 403, 403), (None, 404, 403, 403)]
)
def test_who_sees_what(sign_in, role, listed, new, posted):
    client, found = sign_in(role), an_organisation()
    page = reverse("organisations:detail", args=[found.uuid])

    assert client.get(reverse("organisations:list")).status_code == listed
    assert client.get(page).status_code == listed
    assert client.get(reverse("organisations:new")).status_code == new
    assert client.post(reverse("organisations:new"), FACTS).status_code == posted
    assert ('<form method="post">' in text_of(client.get(page))) == (role == "office")
