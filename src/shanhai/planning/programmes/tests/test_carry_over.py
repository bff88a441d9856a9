# SPDX-License-Identifier: Apache-2.0
"""What is open at the end of a year goes on in the next."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput, NotAllowed, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.models import Campaign, Task
from shanhai.planning.programmes.tests.builders import a_campaign, a_programme, a_task, an_action
from tests.cast import AT, LEAD, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    a_programme()
    campaign = a_campaign()
    first, second = (an_action(campaign=campaign.uuid, name=name) for name in ("产业提升", "民生改善"))
    half = a_task(action=first.uuid, name="牦牛集群", helpers=["综合组"], measure="立项")
    done = a_task(action=first.uuid, name="冷库")
    a_task(action=second.uuid, name="供氧")
    dropped = a_task(action=second.uuid, name="浴室")
    tasks.report_progress(by=LEAD, at=AT, task=half.uuid, progress_percent=60)
    tasks.report_progress(by=LEAD, at=AT, task=done.uuid, progress_percent=100)
    tasks.drop_task(by=OFFICE, at=AT, task=dropped.uuid, because="并入州级项目")
    return campaign


def carry(campaign, **kw):
    return campaigns.carry_over(by=OFFICE, at=AT, campaign=campaign.uuid, **{"year": 2023, "name": "破冰前行", **kw})


def test_open_tasks_go_on_in_next_years_campaign_and_name_where_they_came_from(campaign, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        went, count = carry(campaign, because="上年未完")

    assert (count, went.year, went.name) == (2, 2023, "破冰前行")
    new = Task.objects.filter(action__campaign=went).order_by("action__position", "position")
    assert [(one.action.name, one.name, one.progress_percent, one.due_on, one.state) for one in new] == [
        ("产业提升", "牦牛集群", 60, None, "open"),
        ("民生改善", "供氧", 0, None, "open"),
    ]
    assert [one.name for one in new[0].helpers.all()] == ["综合组"]
    assert new[0].carried_from.state == "carried"
    assert new[0].carried_from.reports.order_by("-pk").first().note == "上年未完"
    assert sorted(Task.objects.filter(action__campaign=campaign).values_list("name", "state")) == [
        ("供氧", "carried"),
        ("冷库", "done"),
        ("浴室", "dropped"),
        ("牦牛集群", "carried"),
    ]


def test_a_campaign_that_is_already_there_takes_them_at_the_end(campaign):
    there = a_campaign(year=2023, name="破冰前行")
    a_task(action=an_action(campaign=there.uuid, name="民生改善").uuid, name="学校保暖", due_on=date(2023, 6, 1))

    carry(campaign)

    rows = Task.objects.filter(action__campaign=there).order_by("action__position", "position")
    assert [(one.action.name, one.position, one.name) for one in rows] == [
        ("民生改善", 1, "学校保暖"),
        ("民生改善", 2, "供氧"),
        ("产业提升", 1, "牦牛集群"),
    ]


def test_nothing_is_carried_over_twice(campaign):
    carry(campaign)

    with refused(Refused, "programmes.nothing_to_carry_over"):
        carry(campaign)
    assert Task.objects.filter(carried_from__isnull=False).count() == 2


def test_what_went_on_is_not_reported_on_in_the_old_year(campaign):
    carry(campaign)
    old = Task.objects.get(action__campaign=campaign, name="供氧")

    with pytest.raises(IllegalMove):
        tasks.report_progress(by=LEAD, at=AT, task=old.uuid, progress_percent=50)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"year": 2022}, (Refused, "programmes.nothing_to_carry_over")),
        ({"year": 2021}, (Refused, "programmes.nothing_to_carry_over")),
        ({"year": 2026}, (BadInput, "programmes.year_outside")),
        ({"name": " "}, (BadInput, "programmes.text_not_accepted")),
    ],
    ids=str,
)
def test_a_bad_carry_over_leaves_everything_as_it_is(campaign, facts, error):
    with refused(error):
        carry(campaign, **facts)

    assert not Task.objects.filter(state="carried").exists()
    assert Campaign.objects.count() == 1


def test_only_who_manages_the_programme_carries_over(campaign):
    with pytest.raises(NotAllowed):
        campaigns.carry_over(by=LEAD, at=AT, campaign=campaign.uuid, year=2023, name="x")
