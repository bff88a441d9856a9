# SPDX-License-Identifier: Apache-2.0
"""A programme with its counties, county tables as files, and returns that were sent in."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.money import Money
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.tests.builders import a_fund_source, a_programme
from shanhai.planning.returns.models import Return
from shanhai.planning.returns.services import submit_return
from shanhai.planning.returns.tests.tables import COUNTIES, DATA, RECIPIENT
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, OFFICE

GANZI = {"513301": "康定市", "513322": "泸定县"}
HEAD = ("县市", "项目数", "计划投资（万元）", "到位资金（万元）", "核拨资金（万元）", "支付资金（万元）")


def kezhou_programme() -> Programme:
    """Jiangsu → Kezhou in 2021, with its four counties and the fund source "reported"."""
    _named({"320000": "江苏省", RECIPIENT[0]: RECIPIENT[1], **COUNTIES})
    return a_programme(
        code="kezhou-2021",
        name="克州 2021",
        name_en="Kezhou 2021",
        supporter="320000",
        recipient="653000",
        starts_on=date(2021, 1, 1),
        ends_on=date(2021, 12, 31),
        five_year_plan=Money(0),
    )


def ganzi_programme(*, plan_yuan: int = 0, **kw: Any) -> Programme:
    """Zhejiang → Ganzi with the counties Kangding and Luding."""
    _named({"330000": "浙江省", **GANZI})
    return a_programme(five_year_plan=Money.from_yuan(plan_yuan), **kw)


def a_second_source() -> None:
    """Another fund source, so that a return has to say which one it means."""
    a_fund_source(code="city", name="市级财政")


def a_county_file(
    folder: Path, *rows: tuple[object, ...], name: str = "县市汇总.csv", head: tuple[str, ...] = HEAD
) -> Path:
    """A county table as a csv file."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def submit_file(path: Path, *, by: Actor = OFFICE, **kw: Any) -> ImportReport:
    """What sending in the file at ``path`` comes to."""
    with open_workbook(path=path) as file:
        return submit_return(by=by, at=AT, file=file, **{"answers": {}, **kw})


def a_return(folder: Path, *rows: tuple[object, ...], by: Actor = OFFICE, **kw: Any) -> Return:
    """A return of zj-ganzi to 30 September 2023, sent in; by default Kangding alone."""
    given: dict[str, Any] = {"programme": "zj-ganzi", "cut_off_on": date(2023, 9, 30), **kw}
    path = a_county_file(folder, *(rows or (("康定市", 10, 100, 80, 60, 40),)), name=f"{given['cut_off_on']}.csv")
    answer = submit_file(path, by=by, **given)
    assert answer.applied, [str(problem.message) for problem in answer.problems]
    return Return.objects.get(uuid=answer.url.split("/")[2])


def the_kezhou_return(by: Actor = OFFICE) -> Return:
    """The published table of Kezhou, sent in."""
    answer = submit_file(
        DATA / "kezhou-2021.csv",
        by=by,
        programme="kezhou-2021",
        cut_off_on=date(2021, 9, 30),
        provenance="public",
    )
    return Return.objects.get(uuid=answer.url.split("/")[2])


def _named(names: dict[str, str]) -> None:
    for code, name in names.items():
        a_division(code, name=name)
