# SPDX-License-Identifier: Apache-2.0
"""Names and codes that two people write differently are one: told before a second is stored, found when asked for."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.kernel.errors import Conflict
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.models import Campaign
from shanhai.planning.programmes.money import services as reference
from shanhai.planning.programmes.plans.services import targets
from shanhai.planning.programmes.tests.builders import (
    a_campaign,
    a_fund_source,
    a_group,
    a_programme,
    a_target,
    a_task,
    an_action,
)
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES
from tests.cast import AT, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db

HERE = {"by": OFFICE, "at": AT, "programme": "zj-ganzi"}


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: programmes.add_fund_source(**HERE, code="a-1", name="省级 财政"), "programmes.source_already_there"),
        (lambda: programmes.add_fund_source(**HERE, code="007", name="省里"), "programmes.code_taken"),
        (lambda: campaigns.add_group(**HERE, name="产业 1 组"), "programmes.group_already_there"),
        (lambda: campaigns.start_campaign(**HERE, year=2022, name="e 行动"), "programmes.campaign_already_there"),
        (
            lambda: targets.set_target(**HERE, name="培训 人次", unit="person_time", amount=Decimal(1)),
            "programmes.target_already_there",
        ),
        (
            lambda: reference.record_classification(
                by=OFFICE, at=AT, version="V1", valid_from=date(2022, 1, 1), categories=SAMPLE_CATEGORIES
            ),
            "programmes.version_already_there",
        ),
    ],
)
def test_a_second_of_nearly_the_same_name_is_refused_naming_the_first(act, code):
    a_programme()
    a_fund_source(code="7", name="市级财政")
    a_group(name="产业１组")
    a_campaign(name="Ｅ行动")
    a_target(name="培训人次")
    reference.record_classification(
        by=OFFICE, at=AT, version="v1", valid_from=date(2021, 1, 1), categories=SAMPLE_CATEGORIES
    )

    with refused(Conflict, code):
        act()


def test_a_name_on_two_lines_is_written_on_one():
    a_programme()

    assert campaigns.add_group(**HERE, name=" 产业\r\n1组 ").name == "产业 1组"


def test_tasks_are_carried_into_the_campaign_and_the_action_that_are_there_already():
    a_programme()
    old, new = a_campaign(year=2022), a_campaign(year=2023, name="破冰前行")
    a_task(action=an_action(campaign=old.uuid, name="产业提升 行动").uuid)
    standing = an_action(campaign=new.uuid, name="产业提升行动")

    campaigns.carry_over(by=OFFICE, at=AT, campaign=old.uuid, year=2023, name="破冰 前行")

    assert Campaign.objects.filter(year=2023).count() == 1
    assert standing.tasks.count() == new.actions.get().tasks.count() == 1


def test_a_group_is_found_however_its_name_is_written():
    a_programme()
    action, group = an_action(campaign=a_campaign().uuid), a_group(name="产业1组")

    task = tasks.add_task(by=OFFICE, at=AT, action=action.uuid, name="甲", owner_group="产业 １ 组")

    assert task.group == group


def test_correcting_a_task_keeps_a_helping_group_that_rests_meanwhile():
    a_programme()
    helping = a_group(name="教育组")
    task = a_task(action=an_action(campaign=a_campaign().uuid).uuid, helpers=["教育组"])
    campaigns.retire_group(by=OFFICE, at=AT, group=helping.uuid, on=date(2026, 11, 1))

    tasks.correct_task(
        by=OFFICE, at=AT, task=task.uuid, name="乙", owner_group="产业组", helpers=["教育组"], due_on=task.due_on
    )

    assert [group.name for group in task.helpers.all()] == ["教育组"]
