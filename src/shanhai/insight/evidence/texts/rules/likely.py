# SPDX-License-Identifier: Apache-2.0
"""What a careful reader tries although no word announces it: a list against the number before it, a rate against the
numbers around it, what is left against what was there.

Such a relation supports the numbers where it holds. Where it does not, it is told only if one slip explains all of the
difference: else the numbers have nothing to do with one another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from shanhai.insight.evidence.texts.rules.arithmetic import (
    Relation,
    explained,
    growth_of,
    hundred_of,
    product_of,
    share_of,
    sum_of,
)
from shanhai.insight.evidence.texts.rules.layout import GOALS, NEAR, NOT_YET, PAIRS, Cell
from shanhai.insight.evidence.texts.values import Bound
from shanhai.planning.returns.values import Interval, MeasureKind, fits

# How much of the whole parts may seem to make where one of them slipped: less could lack a part, more could overlap.
_WHOLE = {
    "pair": (Decimal("0.6"), Decimal("1.6")),
    "listed": (Decimal("0.85"), Decimal("1.5")),
    "two": (Decimal("0.95"), Decimal("1.05")),
}
# Up to this a number in Chinese numerals is taken for a way of speaking.
_SMALL = 10
# 亿 where 万 was meant, or the other way round: the parts then make the whole as near as this.
_CLOSE = Decimal("0.01")
_ANOTHER_UNIT = {"亿": Decimal("0.0001"), "万": Decimal(10_000)}
_STATES = frozenset(("started", "completed", "accepted", "arrived", "allotted", "paid", "invested"))
# People are several of these at once.
_TRAITS = re.compile(r"女|党员|团员|民族|职称|岁|学历|大专|本科|硕士|博士|脱贫|低收入|优秀|获|评|最[高低大小]|均|多|少")
# Parts of a year are no other time than the year.
_OF_THE_YEAR = frozenset(("上半年", "上季度", "本月", "当月", "本季"))
_LISTED = re.compile("其中|包括|包含|分别")
_GROWN = re.compile(r"增长|增加|增幅|提高|提升|上升|下降|降低|减少|同比|环比|[比较超]")
_AMONG = re.compile(r"([\u4e00-\u9fff]{2,10})中[，,：]")
_OF = re.compile(r"([\u4e00-\u9fff]{2,10})占")
_EACH = re.compile(r"每[\u4e00-\u9fff]{0,4}|[户人亩头]均")
_LEFT = re.compile(r"核减|尚未|未(?:到位|支付|拨付|支出|完工|开工|使用)|结余|结存|剩余|其余|余下|还有")
_GOAL = re.compile(r"完成[^，。；]{0,6}(?:目标|任务|计划)[^，。；]{0,4}$")
_SHARE_OF = re.compile(r"占([\u4e00-\u9fff]{2,8}?)(?:资金|金额|总数|人数|数)?(?:的|\)|）|$)")
_BEFORE = re.compile(r"(?:比|较|从)[^，。；]{0,4}(?:[上去前]一?[年冬季春夏秋月]|同期|年初)[^，。；]{0,6}$")
_PAST = re.compile(r"[上去前]一?[年冬季春夏秋月]|同期|(?:19|20)\d\d年")
_MOVED = re.compile(r"\s*的?[，,]?(?:同比)?(增长|增加|提高|上升|下降|减少|降低)(?:到|至|了|约)*")


def relations(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """All that can be tried between ``cells``, none of which stands in a table."""
    told = [cell for cell in cells if cell.claim.bound in (Bound.EXACT, Bound.ABOUT)]
    told = [cell for cell in told if cell.claim.value > _SMALL or re.search(r"\d", cell.claim.text)]
    for one in (
        *_lists(text, told),
        *_rates(text, told),
        *_left(text, told),
        *_growths(text, told),
        *_hundreds(told),
        *_products(told),
    ):
        if one.passed or explained(one):
            yield one


def _key(cell: Cell) -> tuple[str, str]:
    return cell.claim.unit, "goal" if GOALS.search(cell.said) else cell.measure if cell.measure in _STATES else ""


def _lists(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """What is listed in one unit against a number before it: in a sentence as a whole, else between its semicolons."""
    sentences: dict[int, dict[tuple[str, str], list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        if cell.kind != MeasureKind.RATE:
            sentences[cell.sentence][_key(cell)].append(cell)
    before: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    alike: dict[str, list[Cell]] = defaultdict(list)
    made: dict[tuple[str, str], Cell] = {}
    for lists in sentences.values():
        for key, found in lists.items():
            natural = [*_named(text, found[0], alike[key[0]]), *([made[key]] if key in made else [])]
            for one in _of_sentence(found[:NEAR], before[key], natural, alike[key[0]][-16:]):
                if one.passed:
                    made[key] = next(cell for cell in [*alike[key[0]], *found] if cell.claim is one.claims[0])
                yield one
        for key, found in lists.items():
            before[key] += found[:NEAR]
            alike[key[0]] += found[:NEAR]


def _named(text: str, first: Cell, before: Sequence[Cell]) -> list[Cell]:
    """专业技术人才中，…: what a list says to be of."""
    said = _AMONG.search(text, max(0, first.claim.start - 30), first.claim.start)
    return [one for one in before if said and said[1][-4:] in one.said][-1:]


def _of_sentence(
    found: Sequence[Cell], before: Sequence[Cell], named: Sequence[Cell], alike: Sequence[Cell]
) -> list[Relation]:
    segments: dict[int, list[Cell]] = defaultdict(list)
    for cell in found:
        segments[cell.segment].append(cell)
    earlier = [one for one in before if found[0].paragraph - one.paragraph < 4]
    last = next((one for one in earlier if one.sentence == earlier[-1].sentence), None)
    natural = [one for one in (*named, last, *before[:1]) if one is not None]
    whole = _sums(found, natural, alike)
    if len(segments) == 1 or (whole and whole.passed and len(whole.claims) >= len(found)):
        return [whole] if whole else []
    natural.append(found[0])
    parted = []
    for some in segments.values():
        if one := _sums(some, natural, alike):
            parted.append(one)
            # What the next list is of is probably what this one was of.
            natural = [*(cell for cell in [*alike, *found] if one.passed and cell.claim is one.claims[0]), *natural]
    return parted or ([whole] if whole else [])


def _sums(listed: Sequence[Cell], natural: Sequence[Cell], earlier: Sequence[Cell]) -> Relation | None:
    """The list as the sum of its first or of a number before it; what does not hold only of the natural ones."""
    first, rest = listed[0], listed[1:]
    tried = [(first, rest), *((head, [one for one in listed if one is not head]) for head in (*natural, *earlier))]
    for head, parts in tried:
        for count in range(len(parts), 1, -1):
            if count == len(parts) or count > 2 or head is first:
                asked = sum_of(head, parts[:count])
                if asked.passed and head.claim.value > max(one.claim.value for one in parts[:count]):
                    return asked
    near = [sum_of(head, parts) for head, parts in tried[: 1 + len(natural)] if _near(head, parts)]
    return next((one for one in near if explained(one)), None)


def _near(head: Cell, parts: Sequence[Cell]) -> bool:
    """Whether parts can be the whole of ``head`` but for a slip: of one time, of no trait, and about as much."""
    if len(parts) < 2 or any(_when(one) != _when(head) or _TRAITS.search(one.label) for one in parts):
        return False
    whole = head.claim.value or Decimal(1)
    if any(one.claim.value == whole for one in parts):
        return False
    share = sum(one.claim.value for one in parts) / whole
    for one in parts:
        times = next((times for unit, times in _ANOTHER_UNIT.items() if unit in one.claim.text), Decimal(1))
        if times != 1 and abs(share + one.claim.value * (times - 1) / whole - 1) < _CLOSE:
            return True
    listed = len(parts) > 2 or _LISTED.search(parts[0].said)
    low, high = _WHOLE["pair" if _pair(parts) else "listed" if listed else "two"]
    return low <= share <= high


def _when(cell: Cell) -> str:
    return "" if cell.when in _OF_THE_YEAR or cell.when.isdigit() else cell.when


def _pair(parts: Sequence[Cell]) -> bool:
    labels = [one.said for one in parts]
    return len(labels) == 2 and any(one in labels[0] and other in labels[1] for one, other in PAIRS)


def _rates(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """X率 of what X counts, 占, 完成目标的: of the number before it, on any base that stands near."""
    for index, percent in enumerate(cells):
        if percent.kind != MeasureKind.RATE or percent.claim.value <= 0 or not index:
            continue
        beside = [one for one in cells[max(0, index - 8) : index] if one.sentence == percent.sentence]
        parts = [one for one in beside if one.kind != MeasureKind.RATE and one.claim.value]
        if parts:
            lead = re.split(r"[，。；：、\n]", text[parts[-1].claim.end : percent.claim.start])[-1]
            if not _GROWN.search(lead):
                yield from _rate(text, cells, index, parts, lead)


def _rate(text: str, cells: Sequence[Cell], index: int, parts: Sequence[Cell], lead: str) -> Iterator[Relation]:
    percent, part = cells[index], parts[-1]
    if len(parts) > 1 and parts[-2].claim.unit == part.claim.unit:
        if _GOAL.search(text[parts[-2].claim.end : part.claim.start]) and lead.strip() == "的":
            # 新增5.44亿元，完成年度目标5亿元的108.8%: the goal stands between.
            asked = [share_of(percent, one, part) for one in parts[:-1] if one.claim.unit == part.claim.unit]
            yield from [one for one in asked if one.passed][:1] or asked[:1]
            return
        own = [one for one in reversed(parts[-3:]) if _of_one_thing(lead, one.said)]
        part = own[0] if own and own[0].claim.unit == part.claim.unit else part
    of = _OF.search(lead)
    if of:
        own = [one for one in reversed(cells[max(0, index - NEAR) : index]) if of[1][-4:] in one.said]
        part = next((one for one in own if one.kind != MeasureKind.RATE and one.claim.value > 0), part)
    before = [one for one in cells[max(0, index - NEAR) : index + 2] if one.claim.unit == part.claim.unit]
    before = [one for one in before if one is not part and one.claim.value]
    near = [one for one in before if one.paragraph == percent.paragraph]
    said = _SHARE_OF.search(lead)
    named = [one for one in before if said and said[1][-2:] in one.said]
    heads = [one for one in before if percent.paragraph - one.paragraph == 1][:1] + before[:1]
    heads = [one for one in heads if one.claim.value >= part.claim.value]
    for one in (*reversed(near), *heads, *named):
        if fits(part.interval, one.interval, percent.interval):
            yield share_of(percent, part, one)
            return
    if not _of_one_thing(lead, part.said) and not (of and of[1][-4:] in part.said):
        return
    larger = [one for one in near if one.claim.start < part.claim.start and one.claim.value >= part.claim.value]
    natural = named[-1:] or [*larger[-1:], *larger[:1], *heads, *near[:1]]
    natural = [one for one in natural if one.claim.value != part.claim.value]
    asked = [share_of(percent, part, one) for one in dict.fromkeys(natural) if one.claim.start < part.claim.start]
    yield from [one for one in asked if explained(one, percent)][:1] or [one for one in asked if explained(one)][:1]


def _of_one_thing(lead: str, said: str) -> bool:
    """Whether the words of a rate are of the number before it: 占…的, or 到位率 behind 到位."""
    said = NOT_YET.sub("", said)
    if lead.lstrip().startswith("占") or ("完成率" in lead and re.search("完工|竣工|建成", said)):
        return True
    return "率" in lead and any(pair in said for pair in _pairs_of(lead[: lead.index("率")]))


def _pairs_of(words: str) -> set[str]:
    han = re.sub(r"[^\u4e00-\u9fff]", "", words)[-4:]
    return {han[at : at + 2] for at in range(len(han) - 1)}


def _left(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """What is left, or has not come yet, is the difference of two numbers told before it."""
    for index, left in enumerate(cells):
        lead = re.split(r"[，。；：、\n]", text[max(0, left.claim.start - 16) : left.claim.start])[-1]
        if left.kind == MeasureKind.RATE or not _LEFT.search(lead):
            continue
        near = [one for one in cells[max(0, index - 16) : index] if left.paragraph - one.paragraph < 3]
        told = [one for one in near if one.claim.unit == left.claim.unit and one.claim.value > 0]
        told = [one for one in told if not _LEFT.search(one.said)]
        pairs = [(whole, part) for at, whole in enumerate(told) for part in told[at + 1 :]]
        kept = [(whole, part) for whole, part in pairs if whole.claim.value > part.claim.value]
        asked = [sum_of(whole, (part, left)) for whole, part in kept]
        if passed := next((one for one in reversed(asked) if one.passed), None):
            yield passed
            continue
        verb = re.search("未(..)", lead)
        alike = [one for one, (_whole, part) in zip(asked, kept, strict=True) if verb and verb[1] in part.said] or asked
        slips = [one for one in alike if explained(one, left)]
        if len(slips) == 1:
            yield slips[0]


def _growths(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """比上年的152人增加34人，增长22%; 2022年10.2万人次，增长22.5%: from the number of before to the one it follows."""
    for index in range(2, len(cells)):
        now, before = cells[index - 2 : index]
        if now.claim.unit != before.claim.unit or now.sentence != before.sentence or before.claim.value <= 0:
            continue
        said = text[now.claim.end : before.claim.start]
        if not _BEFORE.search(said) and not (before.when and before.when != now.when and _PAST.search(said)):
            continue
        end = before.claim.end
        for change in cells[index : index + 2]:
            moved = _MOVED.fullmatch(text[end : change.claim.start])
            if not moved or (change.kind != MeasureKind.RATE and change.claim.unit != now.claim.unit):
                break
            yield growth_of(change, now, before, down=moved[1] in ("下降", "减少", "降低"))
            end = change.claim.end


def _products(cells: Sequence[Cell]) -> Iterator[Relation]:
    """320座，每座补助1.5万元，合计480万元: as many times as much for each."""
    for index, each in enumerate(cells):
        if not each.claim.unit.startswith("元") or not _EACH.search(each.said) or each.claim.value <= 0:
            continue
        beside = [one for one in cells[max(0, index - 6) : index + 5] if one.sentence == each.sentence]
        counts = [one for one in beside if one.kind == MeasureKind.COUNT and one.claim.value > 0]
        totals = [
            one for one in beside if one.claim.unit == "元" and one.claim.value > 0 and not _EACH.search(one.said)
        ]
        asked = [product_of(total, count, each) for total in totals for count in counts]
        passed = [one for one in asked if one.passed]
        slips = [one for one in asked if explained(one)]
        yield from passed[:1] or (slips if len(slips) == 1 else [])


def _hundreds(cells: Sequence[Cell]) -> Iterator[Relation]:
    """Shares of one thing, one behind the other in a sentence, make a hundred."""
    sentences: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        sentences[cell.sentence].append(cell)
    for found in sentences.values():
        shares = [one for one in found if one.kind == MeasureKind.RATE and not _GROWN.search(one.said)]
        if len(shares) < 3 or len(shares) != len(found) or "占" not in shares[0].said:
            continue
        added = sum((one.interval for one in shares), Interval.exact(0))
        if added.meets(Interval.exact(100)) or Decimal(85) <= added.middle <= Decimal(115):
            yield hundred_of(shares)
