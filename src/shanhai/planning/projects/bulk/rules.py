# SPDX-License-Identifier: Apache-2.0
"""What speaks against rows of projects and lines: what facts, stages, plans and money allow, whichever way in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.bulk.values import Changed, LineKey, Novel, Objection, Stated, Stored, StoredPlan, Taken
from shanhai.planning.projects.ceilings.rules import Ceiling, Excess, Grain, asked_of, passed
from shanhai.planning.projects.dossier.rules import ARRIVALS, PROGRESS, GateFacts, gate, may_hold_money
from shanhai.planning.projects.rules import (
    LifeDay,
    line_faults,
    new_order_faults,
    order_faults,
    own_days,
    project_faults,
)
from shanhai.planning.projects.states import Milestone, Stage
from shanhai.planning.projects.values import Funds

OUTGOING = ("allotted", "paid")


def objections(rows: Sequence[Stated], stored: Stored) -> Iterator[Objection]:
    """What speaks against each row, its project and its plan as they would stand with all rows."""
    gone = gone_of_projects(rows)
    for row in rows:
        of_project = project_faults(row.facts, row.standing, today=stored.today, currency=stored.currency)
        for fault in chain(of_project, line_faults(row.line, currency=stored.currency)):
            yield Objection(row.row, *fault)
        if row.known is not None and row.known.standing.stage is not row.standing.stage and not row.steps:
            text = gettext_noop("库里的阶段比表里的靠后，不能往回退。请核对；库里记错的，请在项目页更正。")
            yield Objection(row.row, "stage", "stage_backwards", message(text))
        if row.standing.stage is Stage.CANCELLED and row.brings is not Novel.UNCHANGED:
            yield from _against_cancelled(row)
        if row.brings is not Novel.UNCHANGED:
            yield from _against_facts(row)
            yield from _against_plan(row, stored)
            yield from _against_county(row, stored)
            yield from _against_funds(row, gone)
    yield from _arriving_over_issued(rows, stored)


def _arriving_over_issued(rows: Sequence[Stated], stored: Stored) -> Iterator[Objection]:
    """What arrives beyond what stands issued once the rows' own lines are issued is no fault, and is told."""
    over: dict[str, int] = defaultdict(int)
    for row in rows:
        old = row.known_line.funds.arrived if row.known_line else 0
        over[row.line.fund_source] += row.funds.arrived - old - issue_due(row, stored.plans)
    for source, fen in over.items():
        beyond = Money(fen - stored.issued.get(source, 0), stored.currency)
        if beyond.fen > 0:
            text = gettext_noop("“%(source)s”到位比下达的计划多 %(over)s，多出的部分按超计划到位记。请核对。")
            said = message(text, source=source, over=beyond)
            yield Objection(None, "arrived", "arrived_over_issued", said, blocking=False)


def _against_cancelled(row: Stated) -> Iterator[Objection]:
    """A table cancels no project, and one that was cancelled before has what was paid for it and nothing else."""
    if row.known is not None and row.known.standing.stage is not Stage.CANCELLED:
        text = gettext_noop("取消项目要走调整，导入不取消。请在项目页点“提出调整”，选“取消项目”。")
        yield Objection(row.row, "stage", "cancelled_by_adjustment", message(text))
        return
    old = row.known_line
    if old is not None and (row.line.amount, row.funds) == (old.facts.amount, old.funds):
        return
    if (row.line.amount.fen, row.funds.arrived, row.funds.allotted) != (row.funds.paid,) * 3:
        text = gettext_noop("项目已取消，只计已经支付的：援助资金、到位、核拨都应是 %(paid)s。请核对阶段和金额。")
        paid = Money(row.funds.paid, row.line.amount.currency)
        yield Objection(row.row, "amount", "cancelled_with_money", message(text, paid=paid))


def _against_facts(row: Stated) -> Iterator[Objection]:
    facts, total = row.facts, row.facts.total_investment
    if row.known is not None:
        old, new = row.known.standing, row.standing
        for field, before, now in (
            ("progress_percent", old.progress_percent, new.progress_percent),
            ("completed_investment", old.completed_investment, new.completed_investment),
        ):
            if now < before:  # type: ignore[operator]
                text = gettext_noop(
                    "库里是 %(before)s，表里变小到 %(now)s。确实要改小，请在项目档案里报进度并勾选“更正”。"
                )
                yield Objection(row.row, field, "progress_falls", message(text, before=before, now=now))
    if row.line.amount.fen + facts.other_sources.fen > total.fen:
        text = gettext_noop("援助资金与其他资金合计超过总投资 %(total)s。请核对。")
        yield Objection(row.row, "total_investment", "parts_exceed_total", message(text, total=total), blocking=False)
    if row.standing.completed_investment.fen > total.fen:
        said = message(gettext_noop("完成投资超过总投资 %(total)s。请核对。"), total=total)
        yield Objection(row.row, "completed_investment", "completed_exceeds_total", said, blocking=False)
    if not may_hold_money(row.standing.stage, row.funds.paid):
        said = message(gettext_noop("还没有开工就有支付。请核对阶段。"))
        yield Objection(row.row, "paid", "paid_before_start", said, blocking=False)


def _against_plan(row: Stated, stored: Stored) -> Iterator[Objection]:
    line, old = row.line, row.known_line
    plan, year = stored.plans.get(line.year), str(line.year)
    closed = plan is not None and plan.state == "closed"
    if old is None:
        if closed:
            text = gettext_noop("%(year)s 年的计划已经关闭，不能再增加项目。请核对年度。")
            yield Objection(row.row, "year", "plan_closed", message(text, year=year))
        return
    alike = len(row.known.lines[line.year, line.fund_source]) if row.known else 1
    if closed and (line, row.funds.allotted) != (old.facts, old.funds.allotted):
        text = gettext_noop("%(year)s 年的计划已经关闭，不能再核拨或更改安排。请核对年度。")
        yield Objection(row.row, "year", "plan_closed", message(text, year=year))
    elif alike > 1 and (line, row.funds) != (old.facts, old.funds):
        text = gettext_noop("这个项目 %(year)s 年同一来源有 %(count)s 笔安排，不知道该改哪一笔。请在项目页修改。")
        yield Objection(row.row, "amount", "line_ambiguous", message(text, year=year, count=alike))
    elif line.amount != old.facts.amount and not _may_change(line.amount, old.facts.amount, plan):
        text = gettext_noop("计划里是 %(old)s，表里是 %(new)s。计划下达后改金额要走计划调整，导入不改。")
        said = message(text, old=old.facts.amount, new=line.amount)
        yield Objection(row.row, "amount", "plan_amount_changed", said)


def _may_change(new: Money, old: Money, plan: StoredPlan | None) -> bool:
    # A plan with amounts is not in the ledger before it is issued; one without is issued line by line, and may grow.
    return plan is not None and plan.state == "draft" and (bool(plan.amounts) or new > old)


def _against_county(row: Stated, stored: Stored) -> Iterator[Objection]:
    old = row.known
    if old is None or old.facts.place == row.facts.place:
        return
    paid = sum(line.funds.paid for lines in old.lines.values() for line in lines)
    closed = [year for year in old.years if year in stored.plans and stored.plans[year].state == "closed"]
    if paid:
        text = gettext_noop("这个项目已支付 %(paid)s，不能改到别的县（市）。请核对县（市）。")
        yield Objection(row.row, "place", "county_paid", message(text, paid=Money(paid, stored.currency)))
    elif closed:
        text = gettext_noop("%(year)s 年的计划已经关闭，其中的项目不能改到别的县（市）。请核对县（市）。")
        yield Objection(row.row, "place", "plan_closed", message(text, year=str(min(closed))))


def _against_funds(row: Stated, gone: Mapping[tuple[str, str], int]) -> Iterator[Objection]:
    """Money only grows, in order, and no more goes out by table than by hand. What stands so already is history."""
    funds, planned = row.funds, row.line.amount
    old = row.known_line.funds if row.known_line else Funds()
    if funds == old:
        return
    sums = {name: Money(getattr(funds, name), planned.currency) for name in ("arrived", *OUTGOING)}
    for name, stated in sums.items():
        recorded = Money(getattr(old, name), planned.currency)
        if stated < recorded:
            text = gettext_noop("账上已有 %(recorded)s，表里只有 %(stated)s。要减少请先冲正多记的账。")
            yield Objection(row.row, name, "less_than_recorded", message(text, recorded=recorded, stated=stated))
    if (funds.allotted, funds.paid) != (old.allotted, old.paid):
        if funds.paid > funds.arrived:
            text = gettext_noop("支付 %(paid)s 超过到位 %(arrived)s。请核对支付，或补上到位。")
            yield Objection(row.row, "paid", "payment_over_arrived", message(text, **sums))
        elif funds.allotted > funds.arrived:
            text = gettext_noop("核拨 %(allotted)s 超过到位 %(arrived)s。请核对核拨，或补上到位。")
            yield Objection(row.row, "allotted", "allotment_over_arrived", message(text, **sums))
        elif funds.paid > funds.allotted:
            text = gettext_noop("支付 %(paid)s 超过核拨 %(allotted)s。请核对支付，或补上核拨。")
            yield Objection(row.row, "paid", "payment_over_allotted", message(text, **sums))
    for name in OUTGOING:
        if getattr(funds, name) <= getattr(old, name):
            continue
        of_project, most = gone.get((row.facts.code, name), 0), row.facts.total_investment
        if sums[name] > planned:
            text = gettext_noop("%(sum)s 超过这一笔安排的 %(most)s。请核对；确需的，由指挥长在项目页写明原因办理。")
            yield Objection(row.row, name, f"{name}_over_line", message(text, sum=sums[name], most=planned))
        elif of_project > most.fen:
            text = gettext_noop(
                "这个项目各笔安排合计 %(sum)s，超过总投资 %(most)s。"
                "请核对，或先提出概算调整；确需的，由指挥长在项目页写明原因办理。"
            )
            said = message(text, sum=Money(of_project, most.currency), most=most)
            yield Objection(row.row, name, f"{name}_over_investment", said)
    if funds.arrived > max(planned.fen, old.arrived):
        text = gettext_noop("到位 %(arrived)s 超过援助资金 %(planned)s。请核对；确实超计划到位可以照常导入。")
        said = message(text, arrived=sums["arrived"], planned=planned)
        yield Objection(row.row, "arrived", "arrived_over_plan", said, blocking=False)


def gone_of_projects(rows: Iterable[Stated]) -> dict[tuple[str, str], int]:
    """By project code and what goes out, what all lines of a project have sent out once the rows stand, in fen."""
    lines: dict[str, dict[object, Funds]] = defaultdict(dict)
    for row in rows:
        if row.facts.code not in lines and row.known is not None:
            stored = (line for some in row.known.lines.values() for line in some)
            lines[row.facts.code] = {line.uuid: line.funds for line in stored}
        lines[row.facts.code][row.known_line.uuid if row.known_line else row.row] = row.funds
    return {
        (code, name): sum(getattr(funds, name) for funds in found.values())
        for code, found in lines.items()
        for name in OUTGOING
    }


# Where a table says what is compared.
_FIELDS = {"investment": "total_investment", "funding": "amount", "approved": "paid", "arrived": "allotted"}


def beyond_ceilings(rows: Sequence[Stated], standing: Mapping[UUID, Mapping[str, int | None]]) -> Iterator[Objection]:
    """Hold lines and known projects, as they would stand, against what the rows lower, and payments against accounts.

    ``standing`` is what is stored of the projects, by the names of the table of ceilings.
    """
    for row in rows:
        old = row.known_line
        if old is not None and row.line.amount < old.facts.amount:
            facts = {"amount": row.line.amount.fen, "allotted": row.funds.allotted, "paid": row.funds.paid}
            yield from _passed(row, "amount", facts, asked_of(fallen=["amount"]), ())
    for row, now in _as_they_would_stand(rows, standing):
        assert row.known is not None
        before = standing[row.known.uuid]
        grown = [name for name in OUTGOING if (now[name] or 0) > (before[name] or 0)]
        fallen = [name for name in ("investment", "funding") if _fell(before[name], now[name])]
        # What goes out beyond the estimate is told of every project, also of a new one.
        asked = [
            one for one in asked_of(grown=grown, fallen=fallen) if one.more not in grown or one.most != "investment"
        ]
        yield from _passed(row, "", now, asked, grown)


def _fell(before: int | None, now: int | None) -> bool:
    return now is not None and (before is None or now < before)


def _passed(
    row: Stated, field: str, facts: Mapping[str, int | None], asked: Sequence[Ceiling], grown: Sequence[str]
) -> Iterator[Objection]:
    assert row.known is not None
    whose = row.known.uuid, row.known.uuid, row.facts.name, "", row.facts.place
    for one in passed([one for one in asked if (one.grain is Grain.LINE) is bool(field)], facts):
        excess = Excess(one, *whose, facts[one.more] or 0, facts[one.most] or 0)
        code = "beyond_ceiling" if one.more in grown else "ceiling_too_low"
        yield Objection(row.row, field or _FIELDS[one.most], code, excess.objection(grown))


def _as_they_would_stand(
    rows: Iterable[Stated], standing: Mapping[UUID, Mapping[str, int | None]]
) -> Iterator[tuple[Stated, dict[str, int | None]]]:
    """The last row of each known project of ``standing``, and what ceilings compare once all its rows stand."""
    changed: dict[UUID, list[Stated]] = defaultdict(list)
    for row in rows:
        if row.known is not None and row.known.uuid in standing:
            changed[row.known.uuid].append(row)
    for uuid, of in changed.items():
        row, now = of[-1], dict(standing[uuid])
        assert row.known is not None
        given = sum(line.facts.amount.fen for some in row.known.lines.values() for line in some)
        for one in of:
            funds = one.known_line.funds if one.known_line else Funds()
            given += one.line.amount.fen - (one.known_line.facts.amount.fen if one.known_line else 0)
            for name in ("arrived", *OUTGOING):
                now[name] = (now[name] or 0) + getattr(one.funds, name) - getattr(funds, name)
        now["investment"] = row.facts.total_investment.fen
        now["funding"] = None if row.facts.cross_year else row.facts.other_sources.fen + given
        yield row, now


def lowered(changes: Iterable[Changed]) -> dict[str, set[UUID]]:
    """By what a ceiling is measured by, the known projects of which it gets smaller."""
    found: dict[str, set[UUID]] = {"investment": set(), "funding": set()}
    funding: dict[UUID, int] = defaultdict(int)
    for one in changes:
        if one.before is None:
            continue
        if one.before["total_investment_fen"] > one.after["total_investment_fen"]:
            found["investment"].add(one.project)
        if one.before["cross_year"] and not one.after["cross_year"]:
            found["funding"].add(one.project)
        if one.before["other_sources_fen"] > one.after["other_sources_fen"]:
            found["funding"].add(one.project)
        funding[one.project] += _amount(one.line_after) - _amount(one.line_before)
    found["funding"] |= {project for project, fen in funding.items() if fen < 0}
    return found


def put_back(rows: Iterable[Taken]) -> list[Changed]:
    """What taking the rows back changes."""
    return [
        Changed(row.project, row.after if row.before else None, row.before or {}, row.line_after, row.line_before)
        for row in rows
    ]


def grown_by(changes: Iterable[Changed]) -> dict[LineKey, int]:
    """By year and fund source, what lines grow by with the changes, in fen."""
    grown: dict[LineKey, int] = defaultdict(int)
    for one in changes:
        for line, sign in ((one.line_before, -1), (one.line_after, 1)):
            if line is not None:
                grown[line["year"], line["fund_source"]] += sign * line["amount_fen"]
    return grown


def _amount(line: Mapping[str, Any] | None) -> int:
    return line["amount_fen"] if line else 0


def moving(rows: Iterable[Stated]) -> list[Stated]:
    """The rows that move a known project to another stage, one a project."""
    return list({row.facts.code: row for row in rows if row.known is not None and row.steps}.values())


def shut_gates(
    rows: Sequence[Stated], gates: Mapping[int, GateFacts], words: Mapping[Stage, Message]
) -> Iterator[Objection]:
    """Hold each of the rows that move a project against the gate before it; ``gates`` are the facts by project's key.

    What the row itself brings counts: its progress, its arrivals. A table moves a project one step, as the board does.
    """
    for row in rows:
        if row.known is None or not row.steps:
            continue
        old, to = row.known.standing.stage, row.steps[0]
        found = gates[row.known.pk]
        met = found.met - {PROGRESS} | ({PROGRESS} if row.standing.progress_percent == 100 else set())
        met |= {ARRIVALS} if row.funds.arrived > 0 else set()
        brings = replace(found, delivery=row.facts.delivery, capital=row.facts.capital, met=met)
        shut = [asked.requirement for asked in gate(to, brings, old=old) if asked.open]
        if len(row.steps) > 1:
            asks = shut[0].asks if shut else message(gettext_noop("没有别的要求。"))
            text = gettext_noop("从“%(old)s”到“%(new)s”隔着几步，一次只能走一步。下一步是“%(next)s”，要先有：%(asks)s")
            said = message(text, old=words[old], new=words[row.standing.stage], next=words[to], asks=asks)
            yield Objection(row.row, "stage", "stage_skips", said)
        elif shut:
            text = gettext_noop("进入“%(next)s”还差 %(count)s 项，头一项是：%(asks)s")
            said = message(text, next=words[to], count=len(shut), asks=shut[0].asks)
            yield Objection(row.row, "stage", "gate_shut", said)


def out_of_order(rows: Iterable[Stated], days: Mapping[int, Sequence[LifeDay]]) -> Iterator[Objection]:
    """What new dates of known projects put out of order with the ``days`` of their papers, stops and hand-overs."""
    for row in rows:
        if row.known is not None:
            others = days[row.known.pk]
            before, after = (own_days(facts.dates) for facts in (row.known.facts, row.facts))
            wrong = new_order_faults([*before, *others], [*after, *others])
            changed = next((one.value for one, day in after if (one, day) not in before), Milestone.START.value)
            yield from (Objection(row.row, changed, *one[1:]) for one in wrong if one not in list(order_faults(after)))


def issue_due(row: Stated, plans: Mapping[int, StoredPlan]) -> int:
    """What is still to be issued to the row's line, in fen: only where its plan is issued line by line."""
    plan = plans.get(row.line.year)
    if plan is not None and plan.amounts:
        return 0
    return max(row.line.amount.fen - row.funds.issued, 0)


def grown_lines(rows: Iterable[Stated]) -> dict[LineKey, int]:
    """By year and fund source, what lines grow by once the rows stand, in fen."""
    grown: dict[LineKey, int] = defaultdict(int)
    for row in rows:
        old = row.known_line.facts.amount.fen if row.known_line else 0
        grown[row.line.year, row.line.fund_source] += row.line.amount.fen - old
    return grown
