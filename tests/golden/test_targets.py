# SPDX-License-Identifier: Apache-2.0
"""Yearly targets against the five-year one, and shares of nothing."""

from decimal import Decimal

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.planning.programmes.models import Target
from shanhai.planning.programmes.tests.builders import a_programme, a_target
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests import builders as projects
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("parts", "fits"),
    [
        ((200, 200, 200, 200, 200), True),
        ((200, 300), True),
        ((200, 200, 200, 200, 201), False),
        ((200, 200, 200, 200, 199), False),
        ((1001,), False),
    ],
)
def test_yearly_targets_add_up_to_the_five_year_one(parts, fits):
    """Yearly targets against the five-year one."""
    programme = a_programme()
    years = range(programme.starts_on.year, programme.ends_on.year + 1)
    assert len(years) == 5
    planned = dict(zip(years, map(Decimal, parts), strict=False))
    if fits:
        assert a_target(by_year=planned).amount == 1000
        return
    with refused(BadInput, "programmes.target_years_differ") as told:
        a_target(by_year=planned)
    assert "1000" in str(told.value)
    assert str(sum(parts)) in str(told.value)
    assert not Target.objects.exists()


def test_a_finished_project_without_investment_does_not_show_nothing_as_all_of_it(sign_in):
    """完成投资 0 元（100%）: the progress on the site stood as if it were the share of the money."""
    projects.a_programme()
    project = projects.a_project(stage="under_way")
    Project.objects.filter(pk=project.pk).update(progress_percent=100)

    page = sign_in("office").get(f"/projects/{project.uuid}/").content.decode()

    assert "（100%）" not in page
    assert '<dt>形象进度</dt><dd class="num">100%</dd>' in page
