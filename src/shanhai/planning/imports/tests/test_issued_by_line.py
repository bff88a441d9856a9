# SPDX-License-Identifier: Apache-2.0
"""A plan that a table has issued line by line: what its lines have more or less is issued, or taken back."""

from datetime import date, timedelta

import pytest

from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.projects.core.services import revise_amounts
from shanhai.planning.projects.dossier.services.corrections import take_back_move
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.tests.builders import a_programme, a_row, a_workbook, cancelled
from shanhai.registers.ledger.selectors.integrity import verify as verify_ledger
from tests.cast import AT, OFFICE, OFFICE_WHO_POSTS
from tests.refusals import refused

pytestmark = pytest.mark.django_db
EARLIER, NOW = date(2026, 6, 1), date(2026, 11, 22)
NOTHING = {"到位（万元）": 0, "核拨（万元）": 0, "支付（万元）": 0}


def issued(day=NOW):
    return int(plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=day).issued.yuan)


def revise(at=AT, **yuan):
    lines = {line.project.code: line.uuid for line in AllocationLine.objects.select_related("project")}
    amounts = {lines[code]: Money.from_yuan(some) for code, some in yuan.items()}
    revise_amounts(by=OFFICE, at=at, amounts=amounts, because="多下达了")


@pytest.fixture
def table(tmp_path):
    """Two projects: of A, 2,000 yuan, 1,000 have arrived; of B, 2,000, nothing."""
    a_programme(yuan=0)
    rows = [a_row(**{"项目编号": "A"}), a_row(**{"项目编号": "B", "项目名称": "卫生院", **NOTHING})]
    taken_at = AT - timedelta(days=90)
    report = import_file(a_workbook(tmp_path / "a.xlsx", *rows), by=OFFICE_WHO_POSTS, at=taken_at, on_date=EARLIER)
    assert issued() == 4_000
    return report.batch


def test_what_lines_have_less_is_taken_back_and_what_they_have_more_is_issued(table):
    revise(A=1_500)
    assert (issued(EARLIER), issued()) == (4_000, 3_500)
    revise(A=1_200, B=2_300)
    assert issued() == 3_500
    revise(B=300)
    revise(B=0)
    assert issued() == 1_200
    assert verify_ledger() == ()


def test_what_has_arrived_stays_issued(table):
    revise(A=900)
    assert issued() == 3_000
    revise(A=1_100)
    assert issued() == 3_100


def test_a_cancelled_project_is_issued_no_more_until_the_cancellation_is_taken_back(table):
    project = AllocationLine.objects.get(project__code="B").project

    cancelled(project)
    assert issued() == 2_000

    take_back_move(by=OFFICE, at=AT, project=project.uuid, because="选错了项目")
    assert issued() == 4_000


def test_a_table_whose_lines_were_issued_otherwise_since_is_not_taken_back(table):
    revise(A=1_500)
    revise(A=2_000)

    with refused(Refused, "projects.batch_built_upon", match="导入以后调整过资金安排（A）"):
        undo_batch(by=OFFICE, at=AT, batch=table, because="传错了")
