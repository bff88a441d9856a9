# SPDX-License-Identifier: Apache-2.0
"""What holds for projects whichever way in holds for a table: counties, closed years, news."""

import pytest

from shanhai.base.outbox.models import Event
from shanhai.planning.imports import services
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.projects.models import Project, Suspension
from shanhai.planning.projects.tests.builders import a_programme, a_project, a_row, a_workbook
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db


def test_a_table_moves_no_project_for_which_money_has_been_paid(tmp_path):
    a_programme()
    paths = [
        a_workbook(tmp_path / name, a_row(**{"县(市)": county}))
        for name, county in (("1.xlsx", "康定市"), ("2.xlsx", "泸定县"))
    ]
    import_file(paths[0])

    report = import_file(paths[1])

    problem = next(one for one in report.problems if one.code == "projects.county_paid")
    assert (problem.row, problem.blocking, report.applied) == (2, True, False)
    assert Project.objects.get().place.code == "513301"


def test_a_table_moves_a_project_for_which_nothing_has_been_paid(tmp_path):
    a_programme()
    unpaid = {"支付（万元）": 0, "阶段": "招投标"}
    paths = [
        a_workbook(tmp_path / name, a_row(**unpaid, **{"县(市)": county}))
        for name, county in (("1.xlsx", "康定市"), ("2.xlsx", "泸定县"))
    ]
    import_file(paths[0])

    report = import_file(paths[1])

    assert report.applied, report.problems
    assert Project.objects.get().place.code == "513322"


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"核拨（万元）": 0.09}, "plan_closed"),
        ({"民生比例": "10%"}, "plan_closed"),
        ({"受益层级": "县"}, "plan_closed"),
        ({"项目编号": "GZ-2026-002"}, "plan_closed"),
        ({"支付（万元）": 0.06}, ""),
        ({"阶段": "完工", "形象进度": 100}, ""),
    ],
)
def test_a_table_changes_nothing_that_a_closed_plan_gave(tmp_path, changed, problem):
    a_programme()
    first = a_workbook(tmp_path / "1.xlsx", a_row())
    assert import_file(first).applied
    plans.close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid, because="年终")

    second = a_workbook(tmp_path / "2.xlsx", a_row(**changed))
    report = import_file(second)

    blocking = [one.code for one in report.problems if one.blocking]
    assert (blocking, report.applied) == ([f"projects.{problem}"] if problem else [], not problem)


def test_a_table_of_many_projects_is_one_piece_of_news(tmp_path):
    a_programme(yuan=100_000)
    Event.objects.all().delete()
    rows = [a_row(项目编号=f"GZ-{number}", 项目名称=f"学校 {number}") for number in range(20)]

    import_file(a_workbook(tmp_path / "a.xlsx", *rows))

    assert [event.name for event in Event.objects.order_by("pk")] == [
        "documents.proof.attached",
        "imports.batch.imported",
    ]


def test_a_table_that_stops_a_project_notes_the_stop_and_one_that_goes_on_ends_it_and_undoing_takes_it_back(tmp_path):
    a_programme()
    moved = [a_workbook(tmp_path / f"{n}.xlsx", a_row(阶段=word)) for n, word in enumerate(("已开工", "停工", "复工"))]
    reports = [import_file(path) for path in moved]

    assert [report.applied for report in reports] == [True] * 3
    stop = Suspension.objects.get()
    assert (stop.reason, stop.since_on, stop.restarted_on) == ("other", AT.date(), AT.date())

    undo_batch(by=OFFICE, at=AT, batch=reports[2].batch, because="错了")
    assert Suspension.objects.get().restarted_on is None

    undo_batch(by=OFFICE, at=AT, batch=reports[1].batch, because="错了")
    assert not Suspension.objects.exists()
    assert Project.objects.get().stage == "under_way"


def test_what_is_done_while_a_table_is_read_is_seen_before_it_is_written(tmp_path, monkeypatch):
    a_programme()
    look, seen = services.check_table, []

    def meanwhile(**kw):
        checked = look(**kw)
        if not seen:
            a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way")
        seen.append(len(checked.rows))
        return checked

    monkeypatch.setattr(services, "check_table", meanwhile)

    report = import_file(a_workbook(tmp_path / "1.xlsx", a_row()))

    assert (len(seen), report.counts["new"], report.counts["changed"]) == (2, 0, 1)
