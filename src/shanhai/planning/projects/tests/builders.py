# SPDX-License-Identifier: Apache-2.0
"""Builders of projects and their lines: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.planning.programmes.models import Programme, YearlyPlan
from shanhai.planning.programmes.tests import builders as programmes
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.core.services import add_line, create_project
from shanhai.planning.projects.dossier.rules import REQUIREMENTS
from shanhai.planning.projects.dossier.services.cancelling import cancel
from shanhai.planning.projects.dossier.services.filing import file_paper
from shanhai.planning.projects.models import AllocationLine, Paper, Project, Waiver
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.states import Delivery, Level, Novelty, PaperKind, Stage
from shanhai.planning.projects.values import Dates, LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.values import EntryRef, Source
from tests.cast import AT, FINANCE, OFFICE

HEADER = (
    "项目编号", "项目名称", "县(市)", "类别", "建设方式", "新建/续建", "阶段", "总投资（万元）", "援助资金（万元）",
    "到位（万元）", "核拨（万元）", "支付（万元）", "民生比例", "受益层级", "实施层级", "年度",
)  # fmt: skip


def a_programme(**kw: Any) -> Programme:
    """Zhejiang → Ganzi, 2021 to 2028, with Kangding and Luding, and a plan of 10,000 yuan for 2026, issued."""
    year_yuan = kw.pop("yuan", 10_000)
    programme = programmes.a_programme(
        **{
            "starts_on": date(2021, 1, 1),
            "ends_on": date(2028, 12, 31),
            "five_year_plan": Money.from_yuan(50_000),
            **kw,
        }
    )
    if programme.recipient.code == "513300":
        programmes.a_division("513301")
        programmes.a_division("513322")
    if year_yuan:
        a_plan(programme=programme.code, yuan=year_yuan)
    return programme


def a_plan(*, programme: str = "zj-ganzi", year: int = 2026, yuan: int = 10_000) -> YearlyPlan:
    """An issued plan of ``yuan`` from the province."""
    return programmes.a_yearly_plan(programme=programme, year=year, yuan=yuan, issued_on=date(2026, 1, 10))


def some_facts(**kw: Any) -> ProjectFacts:
    """A new primary school in Kangding, turnkey, planned for April to October 2026, of 1,000 yuan."""
    values: dict[str, Any] = {
        "code": "GZ-1",
        "name": "康定市中心小学教学楼",
        "place": "513301",
        "category": "education",
        "delivery": Delivery.TURNKEY,
        "novelty": Novelty.NEW,
        "total_investment": Money.from_yuan(1000),
        "dates": Dates(date(2026, 4, 1), date(2026, 10, 31)),
        **kw,
    }
    return ProjectFacts(**values)


def a_project(*, programme: str = "zj-ganzi", stage: str = "preparation", yuan: int = 0, **kw: Any) -> Project:
    """A recorded project at ``stage``; with ``yuan`` it gets a line of that amount from the plan of 2026."""
    provenance = kw.pop("provenance", "")
    invested = Money.from_yuan(kw.pop("invested", 0))
    standing = Standing(Stage(stage), invested)
    project = create_project(
        by=OFFICE, at=AT, programme=programme, facts=some_facts(**kw), standing=standing, provenance=provenance
    )
    if yuan:
        a_line(project=project, yuan=yuan)
    return project


def a_line(*, project: Project, yuan: int = 100, by: Actor = OFFICE, because: str = "", **kw: Any) -> AllocationLine:
    """A line of ``yuan`` from the province's money of 2026, wholly for livelihood, at village and county level."""
    values: dict[str, Any] = {
        "year": 2026,
        "fund_source": "province",
        "livelihood_percent": 100,
        "beneficiary_level": Level.VILLAGE,
        "implementer_level": Level.COUNTY,
        **kw,
    }
    facts = LineFacts(amount=Money.from_yuan(yuan), **values)
    return add_line(by=by, at=AT, project=project.uuid, facts=facts, because=because)


def some_money(
    act: str, line: AllocationLine, yuan: int, *, on: date = date(2026, 6, 1), source: str = "", at: datetime = AT
) -> EntryRef:
    """Post ``yuan`` for a line: "arrive", "allot" or "pay"."""
    return funds.take_step(
        by=FINANCE,
        at=at,
        kind=StepKind(act),
        line=line.uuid,
        amount=Money.from_yuan(yuan),
        on_date=on,
        source=Source("test", source or f"{line.uuid}:{act}:{yuan}:{on}"),
    )


def cancelled(project: Project) -> Project:
    """The project as the adjustment that cancels it leaves it."""
    return cancel(by=OFFICE, at=AT, project=project.uuid, because="选址变更")


def without_gates(project: Project) -> Project:
    """The project with every requirement waived, for tests that are about something else."""
    Waiver.objects.bulk_create(
        Waiver(project=project, requirement=one.key, because="test", at=AT, by="user:test") for one in REQUIREMENTS
    )
    return project


def a_paper(project: Project, kind: PaperKind, **kw: Any) -> Paper:
    """A signed paper of 1 March 2026, one page of PDF that says its kind."""
    values: dict[str, Any] = {"issued_on": date(2026, 3, 1), "signed_on": date(2026, 3, 2), **kw}
    content = values.pop("content", b"%PDF-1.4\n% " + kind.value.encode() + b"\n%%EOF\n")
    return file_paper(
        by=OFFICE, at=AT, project=project.uuid, kind=kind, file=BytesIO(content), name=f"{kind.value}.pdf", **values
    )


def a_row(**kw: Any) -> dict[str, Any]:
    """The cells of one project by the headers of HEADER, amounts in 万元."""
    return {
        "项目编号": "GZ-2026-001",
        "项目名称": "康定市中心小学教学楼",
        "县(市)": "康定市",
        "类别": "教育",
        "建设方式": "交钥匙",
        "新建/续建": "新建",
        "阶段": "已开工",
        "总投资（万元）": 0.3,
        "援助资金（万元）": 0.2,
        "到位（万元）": 0.1,
        "核拨（万元）": 0.08,
        "支付（万元）": 0.05,
        "民生比例": "80%",
        "受益层级": "村",
        "实施层级": "县",
        "年度": 2026,
        **kw,
    }


def a_workbook(path: Path, *rows: dict[str, Any], above: tuple[str, ...] = (), sheet: str = "项目") -> Path:
    """An xlsx whose header are the keys of all rows, in order, below the lines ``above``."""
    header = list(dict.fromkeys(name for row in rows for name in row)) or list(HEADER)
    with xlsxwriter.Workbook(path) as book:
        # The same rows make the same bytes, whenever they are written.
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - as the library wants it
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet(sheet)
        for number, line in enumerate(above):
            page.write_string(number, 0, line)
        page.write_row(len(above), 0, header)
        for number, row in enumerate(rows, start=len(above) + 1):
            for column, name in enumerate(header):
                value = row.get(name)
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif value is not None:
                    page.write(number, column, value)
    return path
