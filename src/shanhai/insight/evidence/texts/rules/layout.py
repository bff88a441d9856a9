# SPDX-License-Identifier: Apache-2.0
"""Where each number of a text belongs: of which place, what it measures, of which time, and what it is a part of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from shanhai.insight.evidence.texts.values import Bound, Claim
from shanhai.planning.returns.values import COUNTY, Interval, MeasureKind

_DELIMITERS = re.compile(r"[，,、：:；;。！!？?\n\t|（）()“”「」『』《》]")
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．](?!\d))")
# Of which half of the work a clause speaks.
_HALVES = re.compile(r"交钥匙|交支票|固投|非固投|援藏|援疆|援青|新建|续建")
_CLAUSE = re.compile(r"[，：:；;。！？\n]")
_ENDS = re.compile(r"[。！？!?\n]")
# So near to the number that it is a part: what is said further on is of something else.
_LISTS = re.compile(r"(其中|包括|包含|分为|组成)[^。！？!?]{0,24}$|(分别)[^，,。；;：:]{0,8}$")
# The last of the parts, and pairs of parts beside which there is nothing.
_OTHERS = re.compile(r"其他|其余|其它")
PAIRS = (
    ("新建", "续建"), ("续建", "新建"), ("交钥匙", "交支票"), ("固投", "非固投"), ("统筹", "自主"), ("男", "女"),
    ("上半年", "下半年"), ("线上", "线下"), ("城镇", "农村"), ("政府", "社会"), ("财政", "社会"), ("党政", "专"),
    ("直接", "间接"), ("国内", "国外"), ("省内", "省外"), ("县内", "县外"), ("产业", "公益"),
)  # fmt: skip
# Another breakdown of what the paragraph began with: 按地区分, 分类别看.
_ANEW = re.compile(r"(?:按[^，,。；;：:]{1,8}?(?:分|划分|安排)|分[^，,。；;：:]{1,6}?看)[，,：:][^。！？!?]{0,24}$")
_WHOLES = re.compile(r"合计|总计|共计|一共")
# 下半年合计 and 种植类小计 are of some of what stands before.
_NAMED_WHOLE = re.compile(r"[\u4e00-\u9fff]{2,}(?:合计|总计|共计|一共)[^，,。；;]{0,6}$")
_PLACE = re.compile(
    r"^(?:其中|另有|另外|以及|和|至|截至目前)*"
    r"((?:[\u4e00-\u9fff]{1,7}?(?:自治区|自治县|省|县|市|区|旗|镇|乡|村)|[州地市县]本级|[州地市]直|前方?指挥部|联合项目|兵团|师团))"
)
_WHOLE_PLACE = re.compile(r"^(?:其中)?(?:全[州省市县区国疆藏]|全地区|合计|总计|共计|总体|各县|各[县市]+)")
_NO_PLACE = re.compile(
    r"^[分按各]|(?:园|社|景|小|校|地|市|城|库|牧|农|山|林|灾|示范|片|厂|辖|矿|新|行政|各|每)区$|(?:农|乡|新|山|示范|行政|各|每|贫困|重点)村$|[各两全外]省$|各[县市乡镇]$"
)
# What is not of the time that the text is about.
_PAST = re.compile(
    r"去年|上年|前年|上一年|同期|上月|上季度|上半年|历年|以来|[“「『]?十[一二三四五六]五|五年|当月|本月|当季"
)
_DAY = re.compile(r"\d{1,2}月(?:\d{1,2}日|[初中底末])?")
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_FILLER = re.compile(
    r"其中|截至目前|截至|累计|总共|共计|合计|一共|已经|分别|大约|达到|实现|共有|共|已|总|约|达|为|是|有|占|的|了|约占|[\s\d.%]+"
)
# A measure by the words before its number, or behind it. The longer stands first.
_WORDS: dict[str, str] = {
    "start_rate": r"开复?工率|复\(?开\)?工率",
    "completion_rate": r"(?:项目)?(?:完工|竣工)率",
    "investment_completion_rate": r"投资完成率|完成投资率|投资完成比例",
    "acceptance_rate": r"验收率",
    "arrival_rate": r"(?:资金)?到位率|到位资金率|资金到疆率|资金到藏率",
    "allotment_rate": r"(?:核拨|拨付)率",
    "payment_rate": r"支付率",
    "completed": r"完工|竣工|建成",
    "started": r"开复?工|复\(?开\)?工|动工",
    "accepted": r"验收",
    "invested": r"完成(?:总)?投资|投资完成",
    "planned": r"计划(?:总)?投资|年度计划|计划(?:安排)?(?:援[疆藏建])?资金|下达计划|总投资",
    "arrived": r"到位",
    "allotted": r"核拨|拨付",
    "paid": r"支付",
    "project_count": r"项目",
}
GOALS = re.compile("目标|任务数?")
# 未开工, 待验收: what has not come about is another thing.
NOT_YET = re.compile(r"(?:未|待|拟)[\u4e00-\u9fff]{2}")
_KINDS = {measure.key: measure.kind for measure in COUNTY.measures}
_PATTERNS = {
    kind: re.compile("|".join(f"(?P<{key}>{_WORDS[key]})" for key in _WORDS if _KINDS[key] == kind))
    for kind in MeasureKind
}
# What may stand beside the words of a measure and leaves it the measure of the whole row.
_GENERAL = re.compile(
    r"[\u4e00-\u9fff]{1,8}?(?:省|自治州|州|市|县|区|本级)|对口|支援|援[疆藏建助青]|帮扶|协作|年度?|全部|各类|安排|实施|组织|推进|今|本"
    r"|资金|投资|项目|总[数量额]?|个?数量?|额|率|计划|下达|完成|累计|实际|[（(].*[）)]|[\s\W]"
)
# How far a number reaches that is said to be only near: enough for how people round.
_REACH = {
    Bound.AT_LEAST: (Decimal(1), Decimal(2)),
    Bound.ABOVE: (Decimal(1), Decimal(2)),
    Bound.ABOUT: (Decimal("0.9"), Decimal("1.1")),
    Bound.BELOW: (Decimal("0.8"), Decimal(1)),
    Bound.AT_MOST: (Decimal(0), Decimal(1)),
}
# What belongs together in words stands within so many numbers of one another.
NEAR = 60
_COUNTED = re.compile(r"[个项所家人名户村座条台套场次篇批件处辆头只期位对支]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A claim with its place in the whole: ``row`` ("" is the whole), ``measure`` ("" unknown), ``when`` ("" now).

    The row of a part that is no place begins with a slash; ``said`` is the clause around it, ``day`` the last day or
    month named before it; a ``segment`` ends with a sentence or a semicolon.
    """

    claim: Claim
    interval: Interval
    kind: MeasureKind
    row: str
    label: str
    measure: str
    when: str
    day: str
    sentence: int
    paragraph: int
    said: str = ""
    segment: int = 0

    @property
    def plain(self) -> bool:
        """Whether its words say nothing but the measure: of all projects, not of new or of industrial ones."""
        bare = _FILLER.sub("", _PATTERNS[self.kind].sub("", self.label))
        return bool(self.measure) and not _GENERAL.sub("", bare)

    @property
    def key(self) -> tuple[str, str]:
        """What must be alike for numbers to add up."""
        return self.claim.unit, self.measure


@dataclass(slots=True)
class Breakdown:
    """Parts said to belong to ``heads``; ``closed`` when the words say that there are no others.

    ``named`` are the words of the pairs met so far; of ``guessed`` the words do not say what is parted. One that began
    ``within`` a numbered item ends with it; in a ``bare`` one no part says what it measures.
    """

    heads: list[Cell]
    closed: bool = False
    parts: list[Cell] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    guessed: bool = False
    within: bool = False
    bare: bool = True

    def is_over(self, cell: Cell) -> bool:
        """Whether a cell is no part: a goal, or behind a semicolon what says its measure where no part does."""
        anew = self.bare and self.parts and cell.measure and cell.segment != self.parts[-1].segment
        return bool(anew or (len(self.parts) > 1 and GOALS.search(cell.said)))

    def has_both(self, cell: Cell) -> bool:
        """Whether a pair beside which there is nothing stands there already in the measure of ``cell``."""
        paired = any(self.named.issuperset(pair) for pair in PAIRS)
        return paired and sum(part.key == cell.key for part in self.parts) > 1

    def is_full(self, unit: str) -> bool:
        """Whether the parts of one unit make the head of it already."""
        parts = [part for part in self.parts if part.claim.unit == unit]
        made = sum(part.claim.value for part in parts)
        return len(parts) > 1 and any(head.claim.unit == unit and head.claim.value == made for head in self.heads)


@dataclass(slots=True)
class Layout:
    """All cells of a text in order, and the breakdowns that its words announce."""

    cells: list[Cell] = field(default_factory=list)
    breakdowns: list[Breakdown] = field(default_factory=list)


def interval_of(claim: Claim) -> Interval:
    """Every number that may stand behind a claim: half a step either way, more where it says 余, 近 or 约."""
    if claim.bound == Bound.RANGE and claim.upper is not None:
        return Interval(min(claim.value, claim.upper), max(claim.value, claim.upper))
    if claim.bound == Bound.ABOUT and claim.unit == "%":
        return Interval(claim.value - claim.step, claim.value + claim.step)
    if claim.bound in _REACH:
        low, high = sorted(claim.value * factor for factor in _REACH[claim.bound])
        return Interval(low, high)
    whole = _COUNTED.fullmatch(claim.unit[:1] or "") and claim.step == 1
    half = Decimal(0) if whole else claim.step / 2
    return Interval(claim.value - half, claim.value + half)


def lay_out(text: str, claims: Sequence[Claim]) -> Layout:
    """Sort the claims of ``text`` into rows, measures and breakdowns. Takes time in proportion to the text."""
    return _Walk(text, claims).run()


class _Walk:
    """One pass through the claims, with what the words so far have said of place, time and lists."""

    def __init__(self, text: str, claims: Sequence[Claim]) -> None:
        self.text, self.claims, self.found = text, claims, Layout()
        self.row, self.end, self.sentence, self.paragraph = "", 0, 0, 0
        self.open: list[Breakdown] = []
        self.in_sentence: list[Cell] = []
        self.before: list[Cell] = []
        self.first: list[Cell] = []
        self.main_year = _main_year(text)
        self.year = self.day = self.item = self.half = ""
        self.opening: list[Cell] = []
        self.numbered, self.segment = False, 0
        halves = set(_HALVES.findall(text))
        self.halves = halves if len(halves) > 1 else set()

    def run(self) -> Layout:
        for index, claim in enumerate(self.claims):
            gap = self.text[self.end : claim.start]
            following = self.claims[index + 1].start if index + 1 < len(self.claims) else len(self.text)
            self._between(gap)
            cell = self._cell(claim, gap, self.text[claim.end : min(following, claim.end + 12)])
            self.found.cells.append(cell)
            self._sort_in(cell, gap)
            self.end = claim.end
        self.found.breakdowns = [one for one in self.found.breakdowns if one.parts]
        return self.found

    def _between(self, gap: str) -> None:
        """What ends between two numbers: items, sentences, paragraphs."""
        for mark in _ENDS.finditer(gap):
            listed = mark[0] == "\n" and gap[: mark.start()].rstrip().endswith(
                ("；", ";", "、", "，") + (("：", ":") if self.open else ())
            )
            if mark[0] == "\n":
                self.paragraph += 1
                self.first = []
            if not listed:
                self.before = self.in_sentence[-NEAR:] or self.before
                self.first = self.first or self.in_sentence[:NEAR]
                self.opening = self.opening or self.in_sentence[:NEAR]
                self.row, self.open, self.in_sentence, self.year, self.day = "", [], [], "", ""
                self.sentence += 1
                self.half = ""
            if mark[0] == "\n":
                self.numbered = bool(_ITEM.match(gap, mark.end()))
                if self.numbered:
                    self.open = [one for one in self.open if not one.within]
        if re.search("[；;。\n]", gap):
            self.segment += 1
        if re.search("[；;]", gap):
            self.open = [one for one in self.open[:1] if not any(one.is_full(head.claim.unit) for head in one.heads)]
        if halves := [one for one in _HALVES.findall(gap) if one in self.halves]:
            self.half = f"/{halves[-1]}"
        if _WHOLES.search(gap) or "两地" in gap:
            self.half = ""
        if years := _YEAR.findall(gap):
            self.year = years[-1]
        if days := _DAY.findall(gap):
            self.day = days[-1]

    def _cell(self, claim: Claim, gap: str, behind: str) -> Cell:
        kind = _kind(claim)
        pieces = _DELIMITERS.split(gap)
        lead, tail = pieces[-1], _DELIMITERS.split(behind)[0]
        if "\t" in gap or "|" in gap:
            return self._of_table(claim, kind)
        named = [place for piece in pieces if (place := _place(piece)) is not None]
        if named:
            self.row = named[-1]
        measure = measure_of(kind, lead) or measure_of(kind, tail)
        label = _FILLER.sub("", _PLACE.sub("", lead) if named else lead) or _FILLER.sub("", tail)
        cell = self._made(claim, kind, label, measure, self._when(gap))
        if named or not (self.open or _LISTS.search(gap)):
            self.item = ""
        elif cell.label and not cell.plain:
            self.item = f"/{cell.label}"
        return replace(
            cell, row=self.row + (self.half or self.item), said=_CLAUSE.split(gap)[-1] + tail, segment=self.segment
        )

    def _of_table(self, claim: Claim, kind: MeasureKind) -> Cell:
        """A number in a line of a table: its line begins with the place, its subject is the heading of its column."""
        begin = self.text.rfind("\n", 0, claim.start) + 1
        first = re.split(r"[\t|]", self.text[begin : claim.start].strip("| \t"))[0].strip()
        self.row = "" if _WHOLE_PLACE.match(first) else first
        return self._made(claim, kind, claim.subject, measure_of(kind, claim.subject), "")

    def _made(self, claim: Claim, kind: MeasureKind, label: str, measure: str, when: str) -> Cell:
        where = (self.day, self.sentence, self.paragraph)
        return Cell(claim, interval_of(claim), kind, self.row, label, measure, when, *where)

    def _when(self, gap: str) -> str:
        clause = re.split("[，,；;。\n]", gap)[-1]
        if past := _PAST.search(clause):
            return past[0]
        return "" if self.year in ("", self.main_year) else self.year

    def _sort_in(self, cell: Cell, gap: str) -> None:
        """Put a cell under the heads that its words name, or make it the head of what comes."""
        if listing := _LISTS.search(gap) or _ANEW.search(gap):
            anew = listing.re is _ANEW
            above = self.open[-1].parts[-1:] if self.open and not anew else self.in_sentence[-NEAR:] or self.before
            if anew:
                above = self.found.breakdowns[-1].heads if self.found.breakdowns else self.first or self.opening
                self.open = []
            if above:
                closed = anew or listing[1] in ("分为", "组成")
                begun = Breakdown(list(above), closed=closed, guessed=anew, within=self.numbered)
                self.open.append(begun)
                self.found.breakdowns.append(begun)
        elif _WHOLES.search(gap) and (not self.open or _NAMED_WHOLE.search(gap)):
            self.open = []
            near = self.in_sentence[-NEAR:]
            alike = [one for one in near if one.claim.unit == cell.claim.unit and one.when == cell.when]
            if len(alike) > 1 and len({one.measure for one in (*alike, cell)} - {""}) < 2:
                named = _NAMED_WHOLE.search(gap)
                self.found.breakdowns.append(Breakdown([cell], closed=True, parts=alike, guessed=bool(named)))
        full = self.open and self.open[-1].is_full(cell.claim.unit) and not gap.lstrip().startswith("、")
        if self.open and (full or self.open[-1].is_over(cell)):
            self.open.pop()
        if self.open:
            self.open[-1].bare = self.open[-1].bare and not cell.measure
            if not self.open[-1].has_both(cell):
                self.open[-1].parts.append(_inheriting(cell, self.open[-1].heads))
            self.open[-1].named.update(word for pair in PAIRS for word in pair if word in cell.label)
            if _OTHERS.search(cell.label) or any(self.open[-1].named.issuperset(pair) for pair in PAIRS):
                self.open[-1].closed = True
        self.in_sentence.append(cell)


def _inheriting(cell: Cell, heads: Sequence[Cell]) -> Cell:
    """A part that names no measure is of the measure of its head."""
    if cell.measure:
        return cell
    head = next((one for one in reversed(heads) if one.claim.unit == cell.claim.unit), None)
    if head is None:
        return cell
    return replace(cell, measure=head.measure)


def _kind(claim: Claim) -> MeasureKind:
    if claim.unit == "%":
        return MeasureKind.RATE
    return MeasureKind.AMOUNT if claim.unit.endswith("元") else MeasureKind.COUNT


def measure_of(kind: MeasureKind, words: str) -> str:
    """The measure that stands last in the words, for it is nearest to the number."""
    found = list(_PATTERNS[kind].finditer(NOT_YET.sub("", words)))
    if kind == MeasureKind.COUNT and len(found) > 1:
        found = [one for one in found if one.lastgroup != "project_count"] or found
    return (found[-1].lastgroup or "") if found else ""


def _place(piece: str) -> str | None:
    bare = piece.strip(" \u3000—-·0123456789.")
    if _WHOLE_PLACE.match(bare):
        return ""
    found = _PLACE.match(bare)
    return found[1] if found and not _NO_PLACE.search(found[1]) else None


def _main_year(text: str) -> str:
    """The year that the text is about: the latest that it names."""
    return max(_YEAR.findall(text), default="")
