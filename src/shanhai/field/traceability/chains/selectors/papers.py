# SPDX-License-Identifier: Apache-2.0
"""Which lots have the papers that a step asks for: their own, or those of everything that they were made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from shanhai.field.traceability.chains.selectors.products import called, definition_of
from shanhai.field.traceability.chains.values import Step
from shanhai.field.traceability.models import Lot, RecordLot, TestReport
from shanhai.field.traceability.states import Part, ReportKind
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

# A paper further back than so many steps is no paper of this lot.
MOST_STEPS = 12


def lacking(*, lots: Collection[int], needs: Mapping[str, Iterable[str]]) -> dict[str, list[int]]:
    """By kind of paper the lots (primary keys) without a passed one that measures what ``needs`` says.

    A lot has what all lots have that it was made of, unless its own latest paper says that it failed. Two queries a
    step back, however many lots.
    """
    if not needs:
        return {}
    parents: dict[int, set[int]] = {}
    papers: dict[int, list[TestReport]] = defaultdict(list)
    level = set(lots)
    for _ in range(MOST_STEPS):
        if not level:
            break
        for paper in TestReport.objects.filter(lot__in=level, undone=False).order_by("issued_on", "pk"):
            papers[paper.lot_id].append(paper)
        made = RecordLot.objects.filter(lot__in=level, part=Part.MADE, undone=False)
        pairs = RecordLot.objects.filter(record__in=made.values("record"), part=Part.USED, undone=False)
        used: dict[int, set[int]] = defaultdict(set)
        for record, lot in pairs.values_list("record", "lot"):
            used[record].add(lot)
        for record, lot in made.values_list("record", "lot"):
            parents[lot] = used[record]
        level = {one for lot in level for one in parents.get(lot, ())} - set(parents)
    found = {}
    for kind, items in needs.items():
        wanted = set(items)
        said = {lot: told for lot, some in papers.items() if (told := _says(some, kind, wanted)) is not None}
        if without := [lot for lot in lots if not _covered(lot, said, parents, MOST_STEPS)]:
            found[kind] = without
    return found


def _says(papers: Iterable[TestReport], kind: str, items: set[str]) -> bool | None:
    """Whether papers, the latest last, say of a lot that it passed; None where they do not say."""
    told = None
    for one in papers:
        if one.kind == kind and (not one.passed or items <= set(one.values)):
            told = one.passed
    return told


def _covered(lot: int, said: Mapping[int, bool], parents: Mapping[int, set[int]], depth: int) -> bool:
    if lot in said:
        return said[lot]
    before = parents.get(lot, set())
    return depth > 0 and bool(before) and all(_covered(one, said, parents, depth - 1) for one in before)


def require_papers(*, step: Step, lots: Sequence[Lot]) -> None:
    """That every lot has the papers that the step asks for. Raises Refused with the first that has not."""
    without = lacking(lots=[lot.pk for lot in lots], needs=step.needs)
    by_key = {lot.pk: lot for lot in lots}
    for kind, missing in without.items():
        code = by_key[missing[0]].code
        if kind == ReportKind.TEST:
            text = gettext_noop("批次 %(code)s 没有合格的检测报告（%(items)s）。请先记检测。")
            fields = (one for each in definition_of(lots[0].product_class).steps for one in each.fields)
            items = tuple({one.key: called(one.names) for one in fields if one.key in step.needs[kind]}.values())
            raise Refused(text, "traceability.report_missing", field="inputs", code=code, items=items)
        text = gettext_noop("%(code)s 没有检疫证明。请先记检疫。")
        raise Refused(text, "traceability.quarantine_missing", field="inputs", code=code)
