# SPDX-License-Identifier: Apache-2.0
"""The board of a campaign: columns, cards, filters, what moved and what is late."""

from datetime import date, timedelta

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.planning.programmes.campaigns.selectors import (
    get_task,
    is_late,
    list_columns,
    list_moved,
    list_tasks,
)
from shanhai.planning.programmes.campaigns.services import tasks
from shanhai.planning.programmes.tests.builders import a_campaign, a_programme, a_task, an_action
from tests.cast import AT, DEPUTY, LEAD, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db
ON = date(2022, 7, 1)


@pytest.fixture
def campaign():
    a_programme()
    return a_campaign()


@pytest.fixture
def action(campaign):
    return an_action(campaign=campaign.uuid)


def put(action, name, percent=0, **kw):
    task = a_task(action=action.uuid, name=name, **kw)
    if percent:
        tasks.report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=percent)
    return task


def columns(campaign, **kw):
    found = list_columns(viewer=DEPUTY, campaign=campaign, on=ON, **kw)
    return {column.key.value: [card.name for card in column.cards] for column in found}


def test_each_task_stands_in_its_column_the_most_urgent_first(campaign, action):
    put(action, "晚", due_on=date(2022, 12, 1))
    put(action, "无期限", due_on=None)
    put(action, "早", due_on=date(2022, 6, 1))
    put(action, "半", 50)
    put(action, "成", 100)
    tasks.drop_task(by=OFFICE, at=AT, task=put(action, "弃").uuid, because="并项")

    assert columns(campaign) == {
        "waiting": ["早", "晚", "无期限"],
        "at_work": ["半"],
        "done": ["成"],
        "dropped": ["弃"],
    }
    card = list_columns(viewer=DEPUTY, campaign=campaign, on=ON)[0].cards[0]
    assert (is_late(card, ON), card.group.name, card.action.name) == (True, "产业组", "产业提升行动")


def test_a_column_says_how_many_it_does_not_show(campaign, action):
    for number in range(5):
        put(action, f"任务{number}")

    waiting = list_columns(viewer=DEPUTY, campaign=campaign, on=ON, limit=2)[0]

    assert (waiting.count, len(waiting.cards), waiting.hidden) == (5, 2, 3)


def test_the_board_is_kept_to_a_group_an_action_what_is_late_or_a_text(campaign, action):
    other = an_action(campaign=campaign.uuid, name="民生")
    put(action, "牦牛", owner_group="产业组", due_on=date(2022, 6, 1))
    helped = put(other, "供氧", owner_group="医疗组", helpers=["产业组"])
    put(other, "学校", owner_group="教育组")

    group = helped.helpers.get()
    assert columns(campaign, group=group.uuid)["waiting"] == ["牦牛", "供氧"]
    assert columns(campaign, action=other.uuid)["waiting"] == ["供氧", "学校"]
    assert columns(campaign, late=True)["waiting"] == ["牦牛"]
    assert columns(campaign, text="学")["waiting"] == ["学校"]
    assert list_tasks(viewer=DEPUTY, campaign=campaign, on=ON, text="学").count() == 1


def test_a_board_takes_two_queries(campaign, action, django_assert_num_queries):
    for number in range(6):
        put(action, f"任务{number}", number * 20)

    with django_assert_num_queries(2):
        list_columns(viewer=DEPUTY, campaign=campaign, on=ON)


def test_what_moved_since_an_instant_is_told_newest_first(campaign, action):
    first, second = put(action, "甲"), put(action, "乙")
    tasks.report_progress(by=LEAD, at=AT - timedelta(days=8), task=first.uuid, progress_percent=10)
    tasks.report_progress(by=LEAD, at=AT - timedelta(days=2), task=first.uuid, progress_percent=40)
    tasks.report_progress(by=LEAD, at=AT - timedelta(days=1), task=second.uuid, progress_percent=0, note="没有进展")
    tasks.report_progress(by=LEAD, at=AT, task=second.uuid, progress_percent=100)

    count, moved = list_moved(viewer=DEPUTY, programme="zj-ganzi", since=AT - timedelta(days=7))

    assert count == 2
    assert [(one.task.name, one.old_percent, one.progress_percent) for one in moved] == [("乙", 0, 100), ("甲", 10, 40)]


def test_what_the_viewer_may_not_see_is_not_there(campaign, action):
    task = put(action, "甲")

    for viewer in (STRANGER, actor("commander", programme="zj-aksu")):
        with pytest.raises(NotVisible):
            get_task(viewer=viewer, uuid=task.uuid)
        with pytest.raises(NotVisible):
            list_moved(viewer=viewer, programme="zj-ganzi", since=AT)
        assert [column.count for column in list_columns(viewer=viewer, campaign=campaign, on=ON)] == [0, 0, 0, 0]
