# SPDX-License-Identifier: Apache-2.0
"""Tables that come before and after what is known of a project was corrected."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.models import Project, ProjectChange
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.tests.builders import a_programme, a_project, a_row, a_workbook
from tests.cast import AT, OFFICE, OFFICE_WHO_POSTS, actor

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def school():
    a_programme()
    project = a_project(code="GZ-1", yuan=500)
    facts = replace(project.facts, code="KD-7")
    return correct_project(by=OFFICE, at=LATER, project=project.uuid, facts=facts, because="录错了")


def counted(day):
    counts = county_table(viewer=OFFICE, programme="zj-ganzi", as_of=day).total.counts
    return counts.new, counts.continuing


def test_a_table_that_still_has_the_former_code_is_read_as_its_project(school, tmp_path):
    row = {"项目编号": "GZ-1", "阶段": "前期准备", "总投资（万元）": 0.1, "到位（万元）": 0, "核拨（万元）": 0}
    row |= {"支付（万元）": 0, "援助资金（万元）": 0.05, "海拔（米）": 2560}

    report = import_file(a_workbook(tmp_path / "a.xlsx", a_row(**row)), by=OFFICE_WHO_POSTS, at=LATER)

    assert report.counts == {"new": 0, "changed": 1, "unchanged": 0}, report.problems
    assert "编号“GZ-1”后来更正为“KD-7”" in str(report.problems[0].message)
    assert Project.objects.values_list("code", "altitude_m").get() == ("KD-7", 2560)


def test_an_office_of_one_county_cannot_record_under_the_former_code_of_another_countys_project(school, tmp_path):
    luding = actor("office", programme="zj-ganzi", place="513322")
    path = a_workbook(tmp_path / "a.xlsx", a_row(**{"项目编号": "GZ-1", "县(市)": "泸定县", "支付（万元）": 0}))

    report = import_file(path, by=luding, at=LATER)

    assert (report.applied, Project.objects.count()) == (False, 1)
    assert "projects.code_of_others" in {one.code for one in report.problems if one.blocking}


def test_a_table_keeps_what_was_and_gives_it_back_when_it_is_taken_back(tmp_path):
    a_programme()
    given = {"by": OFFICE_WHO_POSTS, "on_date": date(2026, 11, 1)}
    import_file(a_workbook(tmp_path / "a.xlsx", a_row()), at=AT, **given)
    path = a_workbook(tmp_path / "b.xlsx", a_row(**{"新建/续建": "续建"}))

    taken = import_file(path, at=LATER, by=OFFICE_WHO_POSTS, on_date=date(2026, 11, 20))

    days = [date(2026, 11, 19), date(2026, 11, 20)]
    assert [counted(day) for day in days] == [(1, 0), (0, 1)]
    undo_batch(by=OFFICE, at=LATER, batch=taken.batch, because="传错了")
    assert [counted(day) for day in days] == [(1, 0), (1, 0)]
    assert not ProjectChange.objects.exists()
