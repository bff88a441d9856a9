# SPDX-License-Identifier: Apache-2.0
"""Which column of a county table holds what, and the unit its amounts are in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shanhai.kernel.units import MONEY_UNITS, Unit
from shanhai.planning.returns.values.tables import COUNTY, Measure

PLACE = "place"

# The first name of each is the one in the template. "资金" and what stands in brackets are dropped on comparing.
_NAMES: dict[str, tuple[str, ...]] = {
    PLACE: ("县市", "县", "县(市)", "县市区", "县名", "地区", "单位", "区划代码", "代码", "county", "place", "code"),
    "project_count": ("项目数", "项目个数", "项目数量", "项目总数", "援建项目", "projects", "project count"),
    "planned": ("计划投资", "计划总投资", "年度计划投资", "计划", "计划下达", "planned", "planned investment"),
    "started": ("开工", "开工数", "开工项目", "开工项目数", "已开工", "开复工", "开(复)工", "started"),
    "start_rate": ("开工率", "开复工率", "start rate"),
    "completed": ("完工", "完工数", "完工项目", "完工项目数", "已完工", "竣工", "completed"),
    "completion_rate": ("完工率", "项目完工率", "竣工率", "completion rate"),
    "invested": ("完成投资", "累计完成投资", "完成投资额", "invested", "completed investment"),
    "investment_completion_rate": ("投资完成率", "完成投资率", "investment completion rate"),
    "accepted": ("验收", "验收数", "验收项目", "验收项目数", "已验收", "完成验收", "accepted"),
    "acceptance_rate": ("验收率", "项目验收率", "acceptance rate"),
    "arrived": ("到位", "资金到位", "累计到位", "arrived", "funds arrived"),
    "arrival_rate": ("到位率", "资金到位率", "arrival rate"),
    "allotted": ("核拨", "资金核拨", "拨付", "累计核拨", "allotted", "funds allotted"),
    "allotment_rate": ("核拨率", "资金核拨率", "拨付率", "allotment rate"),
    "paid": ("支付", "实际支付", "资金支付", "累计支付", "paid", "funds paid"),
    "payment_rate": ("支付率", "资金支付率", "实际支付率", "payment rate"),
}
_OF_A_PROJECT = ("项目名称", "项目编号", "项目代码", "项目编码", "project name", "project code")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_DECLARED = re.compile(r"单位[:]?\s*(亿元|万元|元)")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Heading:
    """One recognised column: its index in the row, its measure (None for the county), and the text as it stands."""

    index: int
    measure: Measure | None
    text: str
    unit: Unit | None = None
    in_percent: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """The recognised columns of a header row, those that nobody knows, and those whose measure stands there already."""

    known: tuple[Heading, ...]
    unknown: tuple[str, ...]
    repeated: tuple[Heading, ...]

    @property
    def is_county_table(self) -> bool:
        """Whether this heads a county table: a column of counties and two measures, but none of project names."""
        measures = [heading.measure for heading in self.known if heading.measure]
        if any(text.startswith(_OF_A_PROJECT) for text in self.unknown):
            return False
        return any(heading.measure is None for heading in self.known) and len(measures) >= 2


def half_width(cell: object) -> str:
    """A cell as trimmed text with half-width digits, letters and signs."""
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def _plain(text: str) -> str:
    bare = re.sub(r"[\s/_\-·:]+", "", _BRACKETED.sub("", text)).lower()
    return bare.removesuffix("资金") or bare


_KEY_OF = {_plain(half_width(name)): key for key, names in _NAMES.items() for name in names}


def read_headings(cells: Sequence[object]) -> Headings:
    """Recognise the columns of one row of a sheet."""
    known: dict[str, Heading] = {}
    unknown, repeated = [], []
    measures = COUNTY.by_key()
    for index, cell in enumerate(cells):
        text = half_width(cell)
        key = _KEY_OF.get(_plain(text)) if text else None
        if key is None:
            if text:
                unknown.append(text[:40])
            continue
        inside = [part.strip() for part in _BRACKETED.findall(text)]
        unit = next((MONEY_UNITS[part] for part in inside if part in MONEY_UNITS), None)
        heading = Heading(index, measures.get(key), text[:40], unit, in_percent="%" in inside)
        if key in known and key != PLACE:
            repeated.append(heading)
        else:
            known.setdefault(key, heading)
    return Headings(tuple(known.values()), tuple(unknown), tuple(repeated))


def declared_unit(cells: Sequence[object]) -> Unit | None:
    """The unit that a line above the table declares (单位：亿元), or None."""
    found = next((match for cell in cells if (match := _DECLARED.search(half_width(cell)))), None)
    return MONEY_UNITS[found[1]] if found else None


def declared_day(cells: Sequence[object]) -> date | None:
    """The first whole date in a line above the table (截至2021年9月30日), or None."""
    for cell in cells:
        for match in _DAY.finditer(half_width(cell)):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
    return None
