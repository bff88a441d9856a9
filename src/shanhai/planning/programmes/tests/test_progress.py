# SPDX-License-Identifier: Apache-2.0
"""How far campaigns and actions have come: a figure with its tasks behind it, as of any day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shanhai.kernel import proofs
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.campaigns.selectors import list_campaign_summaries
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.models import Campaign
from shanhai.planning.programmes.tests.builders import a_campaign, a_programme, a_task, an_action
from shanhai.planning.programmes.tests.pages import a_client, text_of
from tests.cast import AT, LEAD, OFFICE, STRANGER

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
SCOPE = FigureScope("zj-ganzi", TODAY)


def report(task, percent: int, days_ago: int = 0) -> None:
    at = AT - timedelta(days=days_ago)
    tasks.report_progress(by=LEAD, at=at, task=task.uuid, progress_percent=percent)


@pytest.fixture
def action():
    a_programme()
    return an_action(campaign=a_campaign().uuid)


def percent(key: str, scope: FigureScope = SCOPE):
    value = proofs.get_figure(OFFICE, scope, key).value
    return value.percent(0) if isinstance(value, Share) else None


def test_a_campaign_and_its_actions_show_how_far_they_are_with_the_tasks_behind(action):
    report(a_task(action=action.uuid, name="甲"), 100)
    report(a_task(action=action.uuid, name="乙"), 25)
    tasks.drop_task(by=OFFICE, at=AT, task=a_task(action=action.uuid, name="丙").uuid, because="并项")
    report(a_task(action=an_action(campaign=action.campaign.uuid, name="民生").uuid, name="丁"), 40)

    part = proofs.evidence(OFFICE, SCOPE, f"campaign:{action.campaign.uuid}", "part")
    whole = proofs.evidence(OFFICE, SCOPE, f"action:{action.uuid}", "whole")

    assert (percent(f"campaign:{action.campaign.uuid}"), percent(f"action:{action.uuid}")) == (55, 63)
    assert [(row.label, row.measure.number) for row in part.rows] == [
        ("甲", Decimal(1)),
        ("乙", Decimal("0.25")),
        ("丁", Decimal("0.4")),
    ]
    assert part.total.number == sum(row.measure.number for row in part.rows)
    assert (whole.count, whole.total.number) == (2, 2)


def test_the_page_shows_what_the_figure_says(action):
    for name, done in (("甲", 100), ("乙", 0), ("丙", 0)):
        report(a_task(action=action.uuid, name=name), done)

    (shown,) = list_campaign_summaries(viewer=OFFICE, programme="zj-ganzi", on=TODAY)

    assert shown.progress_percent == percent(f"campaign:{shown.uuid}") == 33
    assert shown.actions[0].progress_percent == percent(f"action:{action.uuid}") == 33


def test_a_past_day_shows_what_was_known_on_it(action):
    task = a_task(action=action.uuid)
    report(task, 40, days_ago=10)
    report(task, 100, days_ago=5)
    key = f"action:{action.uuid}"

    days = [FigureScope("zj-ganzi", TODAY - timedelta(days=ago)) for ago in (11, 10, 5, 0)]

    assert [percent(key, day) for day in days] == [0, 40, 100, 100]


def test_a_task_that_was_carried_over_counts_once_on_every_day(action):
    report(a_task(action=action.uuid), 40, days_ago=10)
    campaigns.carry_over(
        by=OFFICE, at=AT - timedelta(days=5), campaign=action.campaign.uuid, year=2023, name="破冰前行"
    )
    old, new = (f"campaign:{Campaign.objects.get(year=year).uuid}" for year in (2022, 2023))

    before, after = FigureScope("zj-ganzi", TODAY - timedelta(days=6)), SCOPE

    assert [(percent(old, day), percent(new, day)) for day in (before, after)] == [(40, None), (None, 40)]


def test_what_a_publication_lists_without_progress_is_a_gap_and_not_nothing(action):
    a_task(action=action.uuid)
    Campaign.objects.update(provenance="public")

    assert str(proofs.get_figure(OFFICE, SCOPE, f"action:{action.uuid}").gap) == "文中未列进展"


def test_who_sees_a_part_or_nothing_is_told_nothing_of_the_whole(action):
    key = f"action:{action.uuid}"
    for viewer, scope in ((OFFICE, FigureScope("zj-ganzi", TODAY, place="513301")), (STRANGER, SCOPE)):
        with pytest.raises(NotVisible):
            proofs.get_figure(viewer, scope, key)
        with pytest.raises(NotVisible):
            proofs.evidence(viewer, scope, key, "part")


def test_the_page_of_a_programme_leads_from_the_bar_to_the_proof(action):
    report(a_task(action=action.uuid), 40)

    page = text_of(a_client().get("/programmes/zj-ganzi/"))

    for key in (f"campaign:{action.campaign.uuid}", f"action:{action.uuid}"):
        assert f'href="/proof/?key={key}&amp;programme=zj-ganzi&amp;as_of=' in page
    assert "40%" in page
