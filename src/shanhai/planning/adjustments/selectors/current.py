# SPDX-License-Identifier: Apache-2.0
"""How things stand now, what a wish would change of it, and the shares an adjustment is weighed by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.kernel.shares import Base, Share
from shanhai.planning.adjustments.models import Adjustment, AdjustmentChange
from shanhai.planning.adjustments.rules import (
    ESTIMATE,
    First,
    Limits,
    Rule,
    case_of,
    changes_between,
    checked_values,
    plan_case,
    rule_for,
)
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.values import AMOUNT, CONTENT, MONEY_FIELDS, PLAN_AMOUNT, STAGE, Change, Stored, Wish
from shanhai.planning.programmes.core.selectors.programmes import list_fund_sources
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.programmes.plans.selectors import get_yearly_plan
from shanhai.planning.projects.core.selectors import get_line, get_project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, county_table, lines_in
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import ProjectFacts
from shanhai.registers.places.selectors import get_division, get_site

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import FundSource
    from shanhai.planning.projects.models import AllocationLine, Project

# Who may see an adjustment sees the values it is about, also those of the project on its other side.
# Between the parts of a change's name, the last of which is a fund source.
DOT = " · "
READER = system("adjustments", (ProjectPermission.VIEW.value, Permission.PROGRAMME_VIEW.value))

# The base of what an adjustment of a whole plan is weighed by.
PLAN = Base("year_plan", message(gettext_noop("下达的年度计划")))
# What the limits of approval count.
LIMITED = frozenset({Kind.ESTIMATE, Kind.AMOUNT, Kind.MOVE_MONEY, Kind.PLAN})


def project_values(*, project: UUID, facts: ProjectFacts, stage: str) -> dict[str, Stored]:
    """The values of a project that an adjustment may change. One query."""
    return {**facts.plain, STAGE: stage, CONTENT: current_content(project=project)}


def current_content(*, project: UUID) -> str:
    """What is to be built, in the words of the last adjustment carried out; "" while the first approval holds."""
    changes = AdjustmentChange.objects.filter(
        adjustment__project__uuid=project, adjustment__state=State.APPLIED.value, field=CONTENT
    )
    last = changes.order_by("-adjustment__applied_at", "-pk").first()
    return str(last.new) if last else ""


def words_for(*, field: str, value: Stored, currency: str, at: datetime) -> str:
    """A stored value as a person reads it. Raises NotVisible."""
    if value is None or value == "":
        return ""
    if field in MONEY_FIELDS:
        return str(Money(int(value), currency))
    if field == "place":
        return get_division(str(value)).name
    if field == "site":
        return get_site(viewer=READER, uuid=UUID(str(value))).name
    if field == "category":
        names = {one.code: one.name for one in list_categories(viewer=READER, on=local_date(at))}
        return names.get(str(value), str(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """A yearly plan as it stands: ``amounts`` in fen by the uuid of the fund source; ``sources`` are all."""

    uuid: UUID
    amounts: Mapping[str, int]
    sources: Mapping[str, FundSource]


def plan_of(adjustment: Adjustment) -> StandingPlan:
    """The plan that one of a whole plan is about. Raises NotVisible."""
    return standing_plan(programme=adjustment.programme.code, year=adjustment.year or 0)


def standing_plan(*, programme: str, year: int) -> StandingPlan:
    """The plan of a year with its amounts, and all fund sources of the programme. Raises NotVisible."""
    plan = get_yearly_plan(viewer=READER, programme=programme, year=year)
    sources = list_fund_sources(viewer=READER, programme=programme)
    return StandingPlan(
        plan.uuid,
        {str(one.fund_source.uuid): one.amount_fen for one in plan.amounts.all()},
        {str(source.uuid): source for source in sources},
    )


def earlier_grounds(adjustment: Adjustment) -> list[str]:
    """What earlier changes of the same plan rested on, the newest first."""
    done = Adjustment.objects.filter(
        programme=adjustment.programme_id, year=adjustment.year, kind=Kind.PLAN, state=State.APPLIED
    )
    return [str(uuid) for uuid in done.order_by("-applied_at", "-pk").values_list("uuid", flat=True)]


def changes_of(adjustment: Adjustment) -> tuple[Change, ...]:
    """The changes it asks for, in order. One query."""
    return tuple(
        Change(row.subject, row.field, row.old, row.new, row.name, row.old_words, row.new_words)
        for row in adjustment.changes.order_by("position", "pk")
    )


def rule_of(adjustment: Adjustment, changes: tuple[Change, ...], first: First) -> Rule:
    """The line of the table of approvals that holds for it as things stand, counted from the ``first`` approval."""
    if adjustment.kind == Kind.PLAN:
        return rule_for(plan_case(changes, first), limits())
    project = adjustment.its_project
    case = case_of(
        Kind(adjustment.kind),
        changes,
        current_estimate=project.total_investment_fen,
        capital=project.capital,
        first=first,
        elsewhere_fen=_changed_elsewhere(project, changes, first),
    )
    return rule_for(case, limits())


def first_approved(adjustment: Adjustment) -> dict[tuple[str, str], int]:
    """The amounts that adjustments have changed, as they were before the first one, by subject and field. One query.

    Of a project its estimate and its lines, whichever side of moved money it was on; of a plan its fund sources.
    Nothing for kinds that no limit counts.
    """
    if adjustment.kind not in LIMITED:
        return {}
    done = AdjustmentChange.objects.filter(
        adjustment__programme=adjustment.programme_id,
        adjustment__state=State.APPLIED.value,
        field__in=[ESTIMATE, AMOUNT, PLAN_AMOUNT],
    )
    if adjustment.project_id is None:
        done = done.filter(adjustment__project=None, adjustment__year=adjustment.year)
    else:
        own = adjustment.project_id
        done = done.filter(Q(adjustment__project=own) | Q(adjustment__other_project=own))
    latest_first = done.order_by("-adjustment__applied_at", "-pk").values_list("subject", "field", "old")
    return {(subject, field): int(old or 0) for subject, field, old in latest_first}


def _changed_elsewhere(project: Project, changes: tuple[Change, ...], first: First) -> int:
    """What the lines of the project that are not about to change have changed since they were approved at first."""
    asked = {change.subject for change in changes}
    if not any(field == AMOUNT and subject not in asked for subject, field in first):
        return 0
    return sum(
        line.amount_fen - first[str(line.uuid), AMOUNT]
        for line in project.lines.all()
        if str(line.uuid) not in asked and (str(line.uuid), AMOUNT) in first
    )


def limits() -> Limits:
    """The limits of this site."""
    return Limits(
        settings.ADJUSTMENT_REAPPROVAL_PERCENT, settings.ADJUSTMENT_MOVE_PERCENT, settings.ADJUSTMENT_MOVE_YUAN * 100
    )


def is_stale(adjustment: Adjustment, changes: tuple[Change, ...], first: First) -> bool:
    """Whether a value it is based on is no longer what it was, or another line of the table holds meanwhile."""
    standing: dict[tuple[str, str], Stored]
    if adjustment.kind == Kind.PLAN:
        plan = plan_of(adjustment)
        standing = {(source, PLAN_AMOUNT): plan.amounts.get(source, 0) for source in plan.sources}
    elif any(change.subject for change in changes):
        sides = [one for one in (adjustment.project, adjustment.other_project) if one is not None]
        standing = {(str(line.uuid), AMOUNT): line.amount_fen for side in sides for line in side.lines.all()}
    else:
        project = adjustment.its_project
        values = project_values(project=project.uuid, facts=project.facts, stage=project.stage)
        standing = {("", field): value for field, value in values.items()}
    moved = any(change.old != standing.get((change.subject, change.field)) for change in changes)
    return moved or (bool(adjustment.rule) and rule_of(adjustment, changes, first).key != adjustment.rule)


def shares_by_place(*, adjustment: Adjustment, places: Iterable[str], at: datetime) -> dict[str, dict[str, Share]]:
    """What an adjustment is weighed by: of the programme under "", and of each of ``places``.

    Where money of a plan changes, only of what that year's plan pays for; of a whole plan, how much of it has arrived
    and is arranged for projects.
    """
    programme, year = adjustment.programme, adjustment.year
    table = county_table(viewer=READER, programme=programme.code, as_of=local_date(at), year=year)
    if adjustment.kind == Kind.PLAN:
        plan = Money(sum(plan_of(adjustment).amounts.values()), programme.currency)
        parts = {"plan.arrived": table.total.amount("arrived"), "plan.arranged": table.total.amount("plan")}
        return {"": {key: Share(part, plan, PLAN) for key, part in parts.items()}}
    nothing = Money(0, table.total.currency)
    empty = CountyRow(planned_investment=nothing, completed_investment=nothing, currency=nothing.currency)
    rows = {row.place: row for row in table.rows}
    found = {"": table.total} | {place: rows.get(place, empty) for place in sorted(places)}
    return {place: shares_of(row=row) for place, row in found.items()}


def shares_of(*, row: CountyRow) -> dict[str, Share]:
    """The shares an adjustment is weighed by, by the keys of ``values.MEASURES``."""
    livelihood, grassroots = row.livelihood_shares, row.grassroots_shares
    bases = ("plan", "arrived", "paid")
    return {
        "completion": row.rates["completion_rate"]["all_projects"],
        "investment": row.rates["investment_completion_rate"]["planned_investment"],
        "arrival": Share(row.amount("arrived"), row.amount("plan"), livelihood["plan"].base),
        **{f"livelihood.{base}": livelihood[base] for base in bases},
        **{f"grassroots.{base}": grassroots[base] for base in bases},
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wish comes to: the changes in order, and for money the plan's year and the project that gets it."""

    changes: tuple[Change, ...]
    year: int | None = None
    other: Project | None = None


def ask(*, viewer: Actor, at: datetime, adjustment: Adjustment, wish: Wish) -> Asked:
    """What the wish would change.

    Raises NotVisible, BadInput, also for a fund source that is not the programme's or a value that is none, Refused.
    """
    kind, currency = Kind(adjustment.kind), adjustment.programme.currency
    if adjustment.project is None:
        asked = _of_plan(adjustment, wish)
    else:
        found = get_project(viewer=viewer, uuid=adjustment.project.uuid)
        if kind is Kind.MOVE_MONEY:
            asked = _moved(viewer, found, wish)
        elif kind is Kind.AMOUNT:
            line = _line(viewer, found, wish.line)
            asked = Asked(_line_changes(line, checked_values(kind, wish.values)), line.yearly_plan.year)
        else:
            wanted: Mapping[str, Stored] = {STAGE: Stage.CANCELLED.value} if kind is Kind.CANCEL else wish.values
            current = project_values(project=found.uuid, facts=found.facts, stage=found.stage)
            asked = Asked(changes_between(current, checked_values(kind, wanted)))
    if not asked.changes:
        raise BadInput(
            gettext_noop("填的和现在的一样，没有要调整的内容。请填写要改成什么。"), "adjustments.nothing_changes"
        )
    return replace(asked, changes=tuple(_in_words(change, currency, at) for change in asked.changes))


def _of_plan(adjustment: Adjustment, wish: Wish) -> Asked:
    plan = plan_of(adjustment)
    if strange := set(wish.values) - {one.code for one in plan.sources.values()}:
        raise BadInput(
            gettext_noop("没有登记资金来源“%(code)s”。请先登记这个来源。"),
            "adjustments.field_not_of_kind",
            code=min(strange)[:40],
        )
    changes: list[Change] = []
    for subject, source in plan.sources.items():
        if source.code in wish.values:
            wanted = checked_values(Kind.PLAN, {PLAN_AMOUNT: wish.values[source.code]})
            current = {PLAN_AMOUNT: plan.amounts.get(subject, 0)}
            changes += changes_between(current, wanted, subject=subject, name=source.name)
    return Asked(tuple(changes), adjustment.year)


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
    meant = {code} & codes or {row.project.code for row in rows if code in row.project.former}
    meant = meant or {known for known in codes if same_code(known) == same_code(code)}
    if len(meant) != 1:
        raise BadInput(
            gettext_noop("没有找到编号“%(code)s”的项目，或者它没有同一年度、同一来源的资金安排。请核对编号。"),
            "adjustments.other_project_missing",
            field="to_code",
            code=code,
        )
    return [row for row in rows if row.project.code in meant]


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
        text = gettext_noop("调出 %(moved)s 超过这笔安排的金额。请核对金额。")
        raise Refused(text, "adjustments.outside_the_plan", field="moved_fen", moved=moved)
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
    name = DOT.join((line.project.name, str(line.yearly_plan.year), line.fund_source.name))
    return changes_between({AMOUNT: line.amount_fen}, wanted, subject=str(line.uuid), name=name)


def _in_words(change: Change, currency: str, at: datetime) -> Change:
    old, new = (
        words_for(field=change.field, value=value, currency=currency, at=at) for value in (change.old, change.new)
    )
    return replace(change, old_words=old, new_words=new)
