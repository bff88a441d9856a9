# SPDX-License-Identifier: Apache-2.0
"""How fast a report of thirty pages becomes a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection

from shanhai.insight.reports.composing.selectors.docx import docx_of
from shanhai.insight.reports.composing.selectors.pdf import pdf_of
from shanhai.insight.reports.values import Cell, Content, Grid, Head, Part, Run
from tests.bench.report import Measured, cost

SENTENCE = "截至本月底，全州到位资金稳步增加，项目按季节有序推进，民生和基层的比例都在要求以上。"


def measure_documents(pages: int) -> Iterator[Measured]:
    """A document of so many pages, a third of it tables, as PDF and as DOCX."""
    content, at = _report(pages), datetime(2026, 11, 22, tzinfo=UTC)
    for name, do in (("PDF", lambda: pdf_of(content=content)), ("DOCX", lambda: docx_of(content=content, at=at))):
        took = cost(do, repeats=2).seconds
        yield Measured(f"report of {pages} pages to {name}", round(took, 2), "s", 2, connection.vendor)


def _report(pages: int) -> Content:
    heads = (Head("项目", 36), *(Head(f"到位{number}（万元）", 14, "#,##0.00") for number in range(6)))
    row = (Cell("康定市中心小学教学楼"), *(Cell("1,234.50", f"p1-{one}", "", "1234.5") for one in range(1, 7)))
    text = ((Run(SENTENCE * 14),),)
    table = Grid(heads, (row,) * 45, row)
    return Content("月度报告", (("报告期", "2026-10"),), (Part("一、情况", text * 2, table),) * (pages // 3))
