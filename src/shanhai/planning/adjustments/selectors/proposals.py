# SPDX-License-Identifier: Apache-2.0
"""What a wish would change, as things stand: each value before and after, and whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.planning.adjustments.rules.fields import changes_between, checked_values
from shanhai.planning.adjustments.selectors.current import READER, project_values, standing_plan, words_for
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.adjustments.values import AMOUNT, PLAN_AMOUNT, STAGE, Change, Stored, Wish
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors.projects import get_line, get_project
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.planning.projects.states import Stage

if TYPE_CHECKING:
    from shanhai.planning.projects.models import AllocationLine, Project


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wish comes to: the changes in order, and for money the plan's year and the project that gets it."""

    changes: tuple[Change, ...]
    year: int | None = None
    other: Project | None = None


def ask(*, viewer: Actor, at: datetime, project: UUID, kind: Kind, wish: Wish) -> Asked:
    """What the wish would change.

    Raises NotVisible, BadInput, Refused.
    """
    found = get_project(viewer=viewer, uuid=project)
    if kind is Kind.MOVE_MONEY:
        asked = _moved(viewer, found, wish)
    elif kind is Kind.AMOUNT:
        asked = _amount(viewer, found, wish)
    else:
        wanted: Mapping[str, Stored] = {STAGE: Stage.CANCELLED.value} if kind is Kind.CANCEL else wish.values
        current = project_values(project=found.uuid, facts=found.facts, stage=found.stage)
        asked = Asked(changes_between(current, checked_values(kind, wanted)))
    if not asked.changes:
        raise BadInput(
            gettext_noop("填的和现在的一样，没有要调整的内容。请填写要改成什么。"), "adjustments.nothing_changes"
        )
    return replace(asked, changes=tuple(_in_words(change, found.currency, at) for change in asked.changes))


def ask_of_plan(*, viewer: Actor, at: datetime, programme: str, year: int, wish: Wish) -> Asked:
    """What the wish would change in a yearly plan.

    Raises NotVisible, BadInput for a fund source that is not the programme's or a value that is none, Refused.
    """
    currency = get_programme(viewer=viewer, code=programme).currency
    plan = standing_plan(programme=programme, year=year)
    if strange := set(wish.values) - set(plan.codes.values()):
        raise BadInput(
            gettext_noop("没有登记资金来源“%(code)s”。请先登记这个来源。"),
            "adjustments.field_not_of_kind",
            code=min(strange)[:40],
        )
    changes: list[Change] = []
    for subject, code in plan.codes.items():
        if code in wish.values:
            wanted = checked_values(Kind.PLAN, {PLAN_AMOUNT: wish.values[code]})
            current = {PLAN_AMOUNT: plan.amounts.get(subject, 0)}
            changes += changes_between(current, wanted, subject=subject, name=plan.names[subject])
    if not changes:
        raise BadInput(
            gettext_noop("填的和现在的一样，没有要调整的内容。请填写要改成什么。"), "adjustments.nothing_changes"
        )
    for change in changes:
        _check_arranged(programme, year, change, plan.codes[change.subject], currency)
    return Asked(tuple(_in_words(change, currency, at) for change in changes), year)


def getting_lines(*, viewer: Actor, giving: UUID, code: str) -> list[AllocationLine]:
    """The lines to which money of ``giving`` can go at the project of that code: of the same year and fund source.

    A code that differs in case, width or blanks only is understood, too, unless several projects could be meant. Two
    queries. Raises NotVisible, BadInput where there is none.
    """
    line = get_line(viewer=viewer, uuid=giving)
    same = lines_in(viewer=viewer, programme=line.project.programme.code, year=line.yearly_plan.year)
    same = same.filter(fund_source=line.fund_source).exclude(pk=line.pk)
    rows = list(same.select_related("project__programme", "yearly_plan", "fund_source").order_by("pk"))
    codes = {row.project.code for row in rows}
    meant = {code} & codes or {known for known in codes if same_code(known) == same_code(code)}
    if len(meant) != 1:
        raise BadInput(
            gettext_noop("没有找到编号“%(code)s”的项目，或者它没有同一年度、同一来源的资金安排。请核对编号。"),
            "adjustments.other_project_missing",
            code=code,
        )
    return [row for row in rows if row.project.code in meant]


def _check_arranged(programme: str, year: int, change: Change, source: str, currency: str) -> None:
    lines = lines_in(viewer=READER, programme=programme, year=year).filter(fund_source__code=source)
    arranged = lines.aggregate(sum=Sum("amount_fen", default=0))["sum"]
    if int(change.new or 0) < min(arranged, int(change.old or 0)):
        raise Refused(
            gettext_noop("“%(source)s”已经安排到项目 %(arranged)s，计划不能减到 %(new)s。请先调整项目的资金。"),
            "adjustments.below_arranged",
            source=change.name,
            arranged=Money(arranged, currency),
            new=Money(int(change.new or 0), currency),
        )


def _amount(viewer: Actor, project: Project, wish: Wish) -> Asked:
    line = _line(viewer, project, wish.line)
    wanted = checked_values(Kind.AMOUNT, wish.values)
    return Asked(_line_changes(line, wanted), line.yearly_plan.year)


def _moved(viewer: Actor, project: Project, wish: Wish) -> Asked:
    giving = _line(viewer, project, wish.line)
    getting = get_line(viewer=viewer, uuid=wish.to_line) if wish.to_line else None
    if getting is None or getting.pk == giving.pk or wish.moved_fen <= 0:
        raise BadInput(gettext_noop("请写明调剂给哪个项目的哪一笔安排，金额要大于零。"), "adjustments.line_missing")
    same = (giving.yearly_plan_id, giving.fund_source_id) == (getting.yearly_plan_id, getting.fund_source_id)
    if not same:
        raise Refused(
            gettext_noop("资金只能在同一年度计划、同一资金来源之内调剂。请换一笔安排。"), "adjustments.outside_the_plan"
        )
    if wish.moved_fen > giving.amount_fen:
        moved = Money(wish.moved_fen, project.currency)
        raise Refused(
            gettext_noop("调出 %(moved)s 超过这笔安排的金额。请核对金额。"), "adjustments.outside_the_plan", moved=moved
        )
    gives = _line_changes(giving, {AMOUNT: giving.amount_fen - wish.moved_fen})
    gets = _line_changes(getting, {AMOUNT: getting.amount_fen + wish.moved_fen})
    other = get_project(viewer=READER, uuid=getting.project.uuid)
    return Asked((*gives, *gets), giving.yearly_plan.year, other)


def _line(viewer: Actor, project: Project, uuid: UUID | None) -> AllocationLine:
    line = get_line(viewer=viewer, uuid=uuid) if uuid else None
    if line is None or line.project_id != project.pk:
        raise BadInput(gettext_noop("请写明要调整这个项目的哪一笔资金安排。"), "adjustments.line_missing")
    return line


def _line_changes(line: AllocationLine, wanted: Mapping[str, Stored]) -> tuple[Change, ...]:
    name = f"{line.project.name} · {line.yearly_plan.year} · {line.fund_source.name}"
    return changes_between({AMOUNT: line.amount_fen}, wanted, subject=str(line.uuid), name=name)


def _in_words(change: Change, currency: str, at: datetime) -> Change:
    old, new = (
        words_for(field=change.field, value=value, currency=currency, at=at) for value in (change.old, change.new)
    )
    return replace(change, old_words=old, new_words=new)
