# SPDX-License-Identifier: Apache-2.0
"""Stated tables for tests: from the published examples beside this file, or from a few words."""

from __future__ import annotations

import csv
from pathlib import Path

from shanhai.kernel.messages import message
from shanhai.kernel.units import WAN_YUAN, YI_YUAN, Unit
from shanhai.planning.returns.rules.checks import read_stated
from shanhai.planning.returns.values import COUNTY, Identity, Measure, MeasureKind, Rate, Row, Scheme, Table

DATA = Path(__file__).parent / "data"
COUNT, AMOUNT, RATE = MeasureKind.COUNT, MeasureKind.AMOUNT, MeasureKind.RATE
COUNTIES = {"653001": "阿图什市", "653022": "阿克陶县", "653023": "阿合奇县", "653024": "乌恰县"}
RECIPIENT = ("653000", "克孜勒苏柯尔克孜自治州")

BY_PLACE = Scheme(
    measures=(
        Measure("project_count", message("项目数"), COUNT),
        Measure("aid", message("安排援疆资金"), AMOUNT),
        Measure("reserve", message("预备费"), AMOUNT),
        Measure("arrived", message("到位资金"), AMOUNT),
        Measure("investment", message("总投资"), AMOUNT),
        Measure("investment_done", message("完成总投资"), AMOUNT),
        Measure("investment_rate", message("总投资完成率"), RATE),
        Measure("aid_done", message("援疆资金完成量"), AMOUNT),
        Measure("aid_rate", message("援疆资金完成率"), RATE),
    ),
    rates=(
        Rate("investment_rate", "investment_done", ("investment",)),
        Rate("aid_rate", "aid_done", ("aid", "arrived")),
    ),
    identities=(Identity("aid", ("arrived", "reserve")),),
)
SIDES = Scheme(
    measures=(
        Measure("project_count", message("项目数"), COUNT),
        Measure("funds", message("资金"), AMOUNT),
        Measure("cadres", message("干部"), COUNT),
    )
)


def lines_of(name: str) -> list[list[str]]:
    """The lines of a published example, as a sheet has them."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def a_table(lines: list[list[str]], scheme: Scheme, unit: Unit = YI_YUAN) -> Table:
    """A table whose headings are the labels of ``scheme``; a last line named 合计 is the total."""
    by_label = {str(measure.label): measure for measure in scheme.measures}
    measures = [by_label[heading.partition("（")[0]] for heading in lines[0][1:]]
    rows = [
        Row(line[0], {m.key: read_stated(text, m.kind) for m, text in zip(measures, line[1:], strict=True) if text})
        for line in lines[1:]
    ]
    total = rows.pop() if rows[-1].label == "合计" else None
    return Table(scheme, tuple(rows), total, unit)


def kezhou() -> Table:
    """Kezhou prefecture to 30 September 2021, as published on 12 October 2021."""
    return a_table(lines_of("kezhou-2021.csv"), COUNTY)


def county(text: str) -> Table:
    """A county table from lines of words: ``- 项目数 完工率`` then ``甲县 10 50%``; a dash is a blank."""
    lines = [[word if word != "-" else "" for word in line.split()] for line in text.strip().splitlines()]
    return a_table(lines, COUNTY, WAN_YUAN)
