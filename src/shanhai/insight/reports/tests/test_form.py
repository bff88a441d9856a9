# SPDX-License-Identifier: Apache-2.0
"""The month's form has the columns of public ones, as far as the ledger has them, as of its cut-off."""

from datetime import date

import pytest

from shanhai.insight.reports.composing.selectors.bulletins import get_bulletin
from shanhai.insight.reports.composing.services import signing
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.tests.builders import a_bulletin, brought_to
from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.services.filing import note_progress
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.models import Contract
from shanhai.planning.projects.states import Method, PaperKind, Stage, StopReason
from shanhai.planning.projects.tests.builders import (
    a_paper,
    a_programme,
    a_project,
    cancelled,
    some_money,
    without_gates,
)
from shanhai.planning.projects.values import Dates
from tests.cast import AT, DEPUTY, OFFICE

pytestmark = pytest.mark.django_db
BEGUN = Dates(date(2026, 4, 1), date(2026, 10, 31), date(2026, 4, 10))


def shown(bulletin):
    """The tables by heading without its number: each row by its first cell, its cells by the heads."""
    grids = {
        part.heading.partition("、")[2]: part.grid
        for part in get_bulletin(viewer=OFFICE, uuid=bulletin.uuid).content.parts
    }
    return {
        heading: {
            row[0].text: {head.label: cell for head, cell in zip(grid.heads, row, strict=True)}
            for row in (*grid.rows, *([grid.total] if grid.total else []))
        }
        for heading, grid in grids.items()
        if grid
    }


@pytest.fixture
def school():
    """A school at 4,100 m that stands still since 20 October 2026 until, as is expected, May."""
    a_programme()
    made = without_gates(a_project(altitude_m=4100, yuan=1000, stage="under_way", dates=BEGUN))
    some_money("arrive", made.lines.get(), 600)
    a_paper(made, PaperKind.AWARD, number="ZB-7")
    for number, day in (("HT-1", date(2026, 4, 1)), ("HT-2", date(2026, 11, 2))):
        Contract.objects.create(
            project=made, number=number, contractor="甲", method=Method.OPEN_TENDER, amount_fen=1, signed_on=day,
            added_at=AT, added_by="test",
        )  # fmt: skip
    asked = {"by": OFFICE, "at": AT, "project": made.uuid}
    for percent, words, day in ((30, "完成基础", date(2026, 6, 30)), (60, "主体封顶", date(2026, 11, 10))):
        note_progress(**asked, percent=percent, words=words, on=day, invested=Money.from_yuan(percent * 10))
    stopped = {"on": date(2026, 10, 20), "stop": StopReason.WINTER, "restart_expected_on": date(2027, 5, 20)}
    move(**asked, to=Stage.SUSPENDED, because="入冬", **stopped)
    return made


def test_a_project_is_told_as_it_stood_at_the_cut_off(school):
    cancelled(a_project(code="GZ-2", yuan=10))

    found = shown(a_bulletin(text=""))

    works, progress = found["建设工期和投资"], found["形象进度和停工"]
    assert [*works, *progress] == ["GZ-1", "合计", "GZ-1"]
    assert {label: cell.text for label, cell in progress["GZ-1"].items() if label not in ("编号", "项目")} == {
        "中标、合同编号": "ZB-7；HT-1",
        "形象进度（%）": "30",
        "进度说明": "完成基础",
        "停工原因": "冬季停工",
        "预计复工": "2027-05-20",
    }
    assert works["GZ-1"]["海拔段"].text == "4000 米以上"
    assert works["GZ-1"]["性质"].text == "新建；固投"
    assert [works["GZ-1"][one].number for one in ("计划开工", "实际开工", "实际完工")] == [
        "2026-04-01",
        "2026-04-10",
        "",
    ]
    assert works["GZ-1"]["完成投资（万元）"].exact == works["合计"]["完成投资（万元）"].exact == "600.00 元"


def test_completed_investment_stands_by_county_and_is_that_of_the_rate(school):
    other = a_project(code="GZ-3", place="513322", invested=50, stage="under_way", yuan=10, dates=BEGUN)
    some_money("arrive", other.lines.get(), 10)

    bulletin = a_bulletin(text="")

    counties = shown(bulletin)["分县（市）情况"]
    assert {name: row["完成投资（万元）"].exact for name, row in counties.items()} == {
        "康定市": "600.00 元", "泸定县": "50.00 元", "合计": "650.00 元",
    }  # fmt: skip
    figures = get_bulletin(viewer=OFFICE, uuid=bulletin.uuid).taken.figures
    assert figures["investment_completion_rate"].value.part == Money.from_yuan(650)


def test_the_head_names_who_filled_in_checked_and_approved(school, monkeypatch):
    names = {"writer": "甲", "checker": "乙", "approver": "丙"}
    found = brought_to(BulletinState.CHECKED)
    signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    found.refresh_from_db()
    by_ref = dict(zip((found.written_by, found.checked_by, found.approved_by), names.values(), strict=True))
    monkeypatch.setattr("shanhai.base.accounts.selectors.names_by_ref", lambda viewer, refs: by_ref)

    head = dict(get_bulletin(viewer=OFFICE, uuid=found.uuid).content.head)
    assert [head[one] for one in ("填报人", "审核人", "批准人")] == ["甲", "乙", "丙"]
