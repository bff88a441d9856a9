# SPDX-License-Identifier: Apache-2.0
"""The pages of work groups: who looks, who changes, and what is said about what cannot be."""

import pytest
from django.test import Client

from shanhai.kernel import clock
from shanhai.planning.programmes.models import GroupMember, WorkGroup
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from shanhai.planning.programmes.tests.pages import COUNTY, a_client, text_of
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db
PAGE = "/programmes/zj-ganzi/groups/"


@pytest.fixture(autouse=True)
def programme():
    with clock.frozen(AT):
        yield a_programme()


@pytest.fixture
def lead():
    return actor_of(a_user("work_group_lead", username="李组长", programme="zj-ganzi"))


def of(group, act=""):
    return f"{PAGE}{group.uuid}/{act}"


def test_the_list_shows_members_and_open_tasks(lead):
    group = a_task(action=an_action(campaign=a_campaign().uuid).uuid).group
    GroupMember.objects.all().delete()
    GroupMember.objects.create(group=group, ref=lead.ref, since=AT)

    page = text_of(a_client().get(PAGE))

    assert "李组长" in page
    assert '<td class="num" data-label="未完成的任务">1</td>' in page


def test_the_office_adds_a_group_once_under_a_name():
    client = a_client()

    answer = client.post(PAGE, {"name": " 综合组 ", "duty": "协调"})
    again = client.post(PAGE, {"name": "综合组", "duty": "第二次写的职责"})

    assert answer["Location"] == PAGE
    assert [(one.name, one.duty) for one in WorkGroup.objects.all()] == [("综合组", "协调")]
    assert again.status_code == 422
    assert "已经有“综合组”了" in text_of(again)
    assert 'value="第二次写的职责"' in text_of(again)


@pytest.mark.parametrize("name", ["", "   ", "长" * 61, "长" * 100_000, "a\x00b"])
def test_a_name_that_is_none_is_said_beside_the_field(name):
    answer = a_client().post(PAGE, {"name": name})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert WorkGroup.objects.count() == 0


def test_hostile_names_are_shown_as_text():
    client = a_client()

    client.post(PAGE, {"name": "<script>alert(1)</script>"})

    assert "<script>alert" not in text_of(client.get(PAGE))


def test_a_group_gets_another_name_and_not_that_of_another():
    group, _ = a_group(), a_group(name="综合组")
    client = a_client()

    taken = client.post(of(group, "name"), {"name": "综合组"})
    client.post(of(group, "name"), {"name": "产业发展组"})

    assert (taken.status_code, "已经有“综合组”了" in text_of(taken)) == (422, True)
    group.refresh_from_db()
    assert group.name == "产业发展组"


def test_members_are_chosen_by_check_boxes_among_those_who_may_report(lead):
    group = a_group(members=())
    auditor = actor_of(a_user("auditor"))
    client = a_client()

    offered = text_of(client.get(of(group)))
    refused = client.post(of(group, "members"), {"refs": [lead.ref, auditor.ref]})
    client.post(of(group, "members"), {"refs": [lead.ref]})

    assert f'value="{lead.ref}"' in offered
    assert auditor.ref not in offered
    assert refused.status_code == 422
    assert [one.ref for one in group.members.all()] == [lead.ref]


def test_all_members_may_be_taken_away_even_one_who_lost_his_post():
    group = a_group()
    client = a_client()

    page = text_of(client.get(of(group)))
    client.post(of(group, "members"), {})

    assert "已没有填报任务的岗位" in page
    assert group.members.count() == 0


def test_a_group_at_work_is_not_retired_and_a_retired_one_stands_apart():
    busy = a_task(action=an_action(campaign=a_campaign().uuid).uuid).group
    idle = a_group(name="综合组")
    client = a_client()

    refused = client.post(of(busy, "retire"), {"on": "2026-11-22"})
    client.post(of(idle, "retire"), {"on": "2026-11-22"})

    assert (refused.status_code, "还有 1 项任务没有完成" in text_of(refused)) == (422, True)
    assert WorkGroup.objects.filter(retired_on=None).get() == busy
    page = client.get(PAGE)
    assert [line[0].name for line in page.context["retired"]] == ["综合组"]


def test_a_group_is_retired_once():
    group = a_group()
    client = a_client()
    client.post(of(group, "retire"), {"on": "2026-11-01"})

    again = client.post(of(group, "retire"), {"on": "2026-11-22"})

    assert (again.status_code, "已从 2026-11-01 起停用" in text_of(again)) == (422, True)
    group.refresh_from_db()
    assert str(group.retired_on) == "2026-11-01"


@pytest.mark.parametrize("on", ["", "2026-02-30", "昨天", "1e9", "2020-12-31", "2026-11-23", "9999-12-31"])
def test_a_day_that_is_none_retires_nothing(on):
    group = a_group()

    assert a_client().post(of(group, "retire"), {"on": on}).status_code == 422
    assert WorkGroup.objects.get().retired_on is None


@pytest.mark.parametrize(
    ("role", "scope"), [("county_user", COUNTY), ("auditor", {}), ("work_group_lead", {"programme": "zj-ganzi"})]
)
def test_who_does_not_manage_looks_and_changes_nothing(role, scope):
    group = a_group()
    client = a_client(role, **scope)

    page = client.get(PAGE)

    assert page.status_code == 200
    assert 'method="post"' not in text_of(page).split("<main", 1)[1]
    assert of(group) not in text_of(page)
    assert client.get(of(group)).status_code == 403
    for address in (PAGE, of(group, "name"), of(group, "members"), of(group, "retire")):
        assert client.post(address, {"name": "新名", "on": "2026-11-22"}).status_code == 403
    group.refresh_from_db()
    assert (group.name, group.retired_on, group.members.count()) == ("产业组", None, 1)


def test_a_stranger_is_sent_to_sign_in_and_another_programmes_office_finds_nothing():
    group = a_group()
    a_programme(code="zj-aksu", recipient="652900")
    other = a_client("office", programme="zj-aksu")

    for address in (PAGE, of(group)):
        assert Client().get(address)["Location"].startswith("/accounts/login/")
        assert other.get(address).status_code == 404
    assert other.post(of(group, "retire"), {"on": "2026-11-22"}).status_code == 404


def test_a_group_is_found_only_under_its_own_programme():
    group = a_group()
    a_programme(code="zj-aksu", recipient="652900")
    client = a_client()

    assert client.get(f"/programmes/zj-aksu/groups/{group.uuid}/").status_code == 404
    assert client.post(f"/programmes/zj-aksu/groups/{group.uuid}/name", {"name": "新"}).status_code == 404
    assert client.get(f"{PAGE}nonsense/").status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_the_pages_take_few_queries(many, django_assert_max_num_queries):
    groups = [a_group(name=f"{number} 组") for number in range(many)]
    client = a_client()
    client.get(PAGE)

    with django_assert_max_num_queries(9):
        client.get(PAGE)
    with django_assert_max_num_queries(9):
        client.get(of(groups[0]))
