# SPDX-License-Identifier: Apache-2.0
"""What is stored of many projects, and what speaks against what is stated of them. A fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models

from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, first_of, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.kernel.pinyin import initials_of
from shanhai.planning.programmes.core.selectors.programmes import list_fund_sources
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.bulk import rules
from shanhai.planning.projects.bulk.values import (
    LineKey,
    Novel,
    Objection,
    Origin,
    Ready,
    Stated,
    Stored,
    StoredLine,
    StoredPlan,
    StoredProject,
    Taken,
)
from shanhai.planning.projects.ceilings.selectors import standing_of
from shanhai.planning.projects.core.selectors import READER, ledger_funds, life_days, rooms_in_plans
from shanhai.planning.projects.dossier.selectors.gates import gate_facts_of
from shanhai.planning.projects.labels.tables import STAGES
from shanhai.planning.projects.models import AllocationLine, LineChange, Project, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.reversals import names_of, newest, standing
from shanhai.planning.projects.shares.selectors.idle import MOST
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import ISSUED_WITH_LINE, Dates, Funds, LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.selectors.postings import search_postings
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.values import AccountKind, PostingRow, Wanted

CHUNK = 500
NAMED = 5
# The first word of a table for each stage.
WORDS: dict[Stage, Message] = {stage: message(word) for word, stage in reversed(list(STAGES.items()))}
_DAYS = tuple(field.name for field in fields(Dates))
_NOTHING = Funds()
# What a row of a table may post.
STEPS = (StepKind.ISSUE, StepKind.ARRIVE, StepKind.ALLOT, StepKind.PAY)
# What taking over writes beside a project.
OWN = (StageMove, AllocationLine, LineChange)


def stored_projects(*, viewer: Actor, programme: str, currency: str, codes: Collection[str], today: date) -> Stored:
    """What is stored of the projects ``codes``, and of their plans, to compare rows with.

    Raises NotVisible for a programme the viewer may not see.
    """
    wanted = frozenset(codes)
    all_codes: dict[str, tuple[str, ...]] = {}
    hidden = set()
    places: dict[str, bool] = {}
    named = Project.objects.filter(programme__code=programme).order_by("pk")
    for code, former, place in named.values_list("code", "former_codes", "place__code"):
        if place not in places:
            places[place] = viewer.may(ProjectPermission.IMPORT, programme=programme, place=place)
        for one in (code, *former.split("\n")) if former else (code,):
            if not places[place]:
                hidden.add(one)
                continue
            form = same_code(one)
            all_codes[form] = (*all_codes.get(form, ()), one)
    lines = _lines(programme, currency, wanted)
    return Stored(
        programme=programme,
        currency=currency,
        today=today,
        plans={
            plan.year: StoredPlan(plan.state, {item.fund_source.code: item.amount_fen for item in plan.amounts.all()})
            for plan in list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
        },
        projects=_projects(viewer, programme, wanted - hidden, lines),
        codes=all_codes,
        hidden=wanted & hidden,
        others=_others(programme, wanted),
        issued={
            source.code: balance(
                viewer=READER,
                programme=programme,
                kind=AccountKind.ISSUED,
                as_of=today,
                fund_source=source.code,
                currency=currency,
            ).fen
            for source in list_fund_sources(viewer=viewer, programme=programme)
        },
    )


def objections(*, viewer: Actor, rows: Sequence[Stated], stored: Stored) -> Iterator[Objection]:
    """What speaks against rows that are to be taken over, by themselves and as they would stand together.

    The same is asked of them when they are. Nine queries for 500 projects that move.
    """
    yield from rules.objections(rows, stored)
    moving = rules.moving(rows)
    gates = gate_facts_of([row.known.pk for row in moving if row.known is not None])
    yield from rules.shut_gates(moving, gates, WORDS)
    dated = [row for row in rows if row.known is not None and row.facts.dates != row.known.facts.dates]
    yield from rules.out_of_order(dated, life_days([row.known.pk for row in dated if row.known is not None]))
    known = {row.known.uuid for row in rows if row.known is not None and row.brings is not Novel.UNCHANGED}
    yield from rules.beyond_ceilings(rows, standing_of(projects=known))
    grown = rules.grown_lines(rows)
    rooms = rooms_in_plans(viewer=viewer, programme=stored.programme, years={year for year, _ in grown})
    for (year, source), fen in sorted(grown.items()):
        if fen > 0 and year in rooms and rooms[year].fen[source] < fen:
            text = gettext_noop(
                "%(year)s 年计划里“%(source)s”除去预备费还剩 %(left)s 没有安排，表里的安排要多用 %(fen)s。"
                "请核对，或先动用预备费、先调整计划。"
            )
            params = {"source": rooms[year].names.get(source, source), "fen": Money(fen, stored.currency)}
            left = Money(max(rooms[year].fen[source], 0), stored.currency)
            yield Objection(None, "amount", "plan_overdrawn", message(text, year=str(year), left=left, **params))


def ready_rows(*, rows: Iterable[Stated]) -> list[Ready]:
    """The rows that bring something, made ready to be written."""
    new: dict[str, tuple[UUID, tuple[object, ...]]] = {}
    found = []
    for row in rows:
        if row.brings is Novel.UNCHANGED:
            continue
        known, old, line = row.known, row.known_line, row.line.plain
        if known is None and row.facts.code not in new:
            uuid = ids.new_id()
            new[row.facts.code] = (uuid, _made(row, uuid))
        uuid, made = (known.uuid, ()) if known else new[row.facts.code]
        before = known.facts.plain | known.standing.plain if known else {}
        after, line_before = row.facts.plain | row.standing.plain, old.facts.plain if old else None
        changes: dict[str, Any] = {name: [was, after[name]] for name, was in before.items() if was != after[name]}
        if known and line != line_before:
            changes["line"] = [line_before, line]
        said = (
            json.dumps(before | {"since": known.since.isoformat()}) if known else None, json.dumps(after),
            json.dumps(old.facts.plain | {"since": old.since.isoformat()}) if old else None, json.dumps(line),
        )  # fmt: skip
        found.append(Ready(row, uuid, old.uuid if old else ids.new_id(), made, said, changes))
    return found


def _made(row: Stated, uuid: UUID) -> tuple[object, ...]:
    facts, standing, dates = row.facts, row.standing, row.facts.dates
    return (
        uuid, facts.code, facts.name, initials_of(facts.name), facts.altitude_m, facts.category, facts.delivery.value,
        facts.novelty.value, facts.cross_year, facts.capital, standing.stage.value, facts.total_investment.fen,
        facts.other_sources.fen, standing.completed_investment.fen, standing.progress_percent,
        standing.stage is not Stage.PREPARATION, dates.planned_start_on, dates.planned_finish_on, dates.started_on,
        dates.finished_on, dates.accepted_on,
    )  # fmt: skip


def _others(programme: str, codes: frozenset[str]) -> dict[int, tuple[int, ...]]:
    rows = AllocationLine.objects.filter(project__programme__code=programme).order_by("pk")
    amounts: dict[int, list[int]] = defaultdict(list)
    for code, year, fen in rows.values_list("project__code", "yearly_plan__year", "amount_fen").iterator():
        if code not in codes:
            amounts[year].append(fen)
    return {year: tuple(found) for year, found in amounts.items()}


def _lines(programme: str, currency: str, codes: frozenset[str]) -> dict[int, dict[LineKey, tuple[StoredLine, ...]]]:
    rows = AllocationLine.objects.filter(project__programme__code=programme).order_by("pk")
    columns = (
        "pk", "uuid", "project_id", "yearly_plan__year", "fund_source__code", "amount_fen", "livelihood_percent",
        "beneficiary_level", "implementer_level", "since", "arrived_fen", "allotted_fen", "paid_fen", "project__code",
    )  # fmt: skip
    kept = [row for row in rows.values_list(*columns).iterator(chunk_size=CHUNK) if row[-1] in codes]
    issued = ledger_funds(programme=programme, currency=currency, subjects=[str(row[1]) for row in kept])
    found: dict[int, dict[LineKey, tuple[StoredLine, ...]]] = defaultdict(dict)
    for pk, uuid, project, year, source, fen, percent, beneficiary, implementer, since, *totals, _ in kept:
        facts = LineFacts(year, source, Money(fen, currency), percent, Level(beneficiary), Level(implementer))
        arrived, allotted, paid = totals
        funds = Funds(arrived, allotted, paid, issued.get(str(uuid), _NOTHING).issued)
        found[project][year, source] = (
            *found[project].get((year, source), ()), StoredLine(pk, uuid, facts, funds, since)
        )  # fmt: skip
    return found


def _projects(
    viewer: Actor, programme: str, wanted: frozenset[str], lines: dict[int, dict[LineKey, tuple[StoredLine, ...]]]
) -> dict[str, StoredProject]:
    rows = Project.objects.visible_to(viewer).filter(programme__code=programme).order_by("pk")
    columns = (
        "pk", "uuid", "code", "name", "place__code", "delivery", "novelty", "category", "cross_year", "capital",
        "altitude_m", "total_investment_fen", "other_sources_fen", "site__uuid", "owner__uuid", "currency", "stage",
        "completed_investment_fen", "progress_percent", "since", *_DAYS,
    )  # fmt: skip
    found = {}
    for row in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if row[2] not in wanted:
            continue
        pk, uuid, code, name, place, delivery, novelty, *more = row
        category, cross_year, capital, altitude, total, other, site, owner, currency, stage, done, percent, *more = more
        since, *days = more
        facts = ProjectFacts(
            code, name, place, Delivery(delivery), Novelty(novelty), category, cross_year, capital, altitude,
            Money(total, currency), Money(other, currency), Dates(*days), site, owner,
        )  # fmt: skip
        standing = Standing(Stage(stage), Money(done, currency), percent)
        found[code] = StoredProject(pk, uuid, facts, standing, since, lines.get(pk, {}))
    return found


class BuiltUpon(Refused):
    """Something has been recorded since that stands on what was taken over."""

    code = "projects.batch_built_upon"


def require_untouched(
    *,
    rows: Sequence[Taken],
    projects: Mapping[UUID, Project],
    lines: Mapping[UUID, AllocationLine],
    taken_at: datetime,
    since: Callable[[Collection[str] | None], Sequence[PostingRow]],
) -> None:
    """Refuse, naming projects, when what the rows left at ``taken_at`` is not what stands now. Raises BuiltUpon.

    ``since`` answers the vouchers that stand since then of some subjects, newest first; those are named, too.
    """
    changed, funded = [], {}
    for row in rows:
        project, line = projects.get(row.project), lines.get(row.line)
        if project is None or line is None:
            changed.append(row.after["code"])
            continue
        of_line = {"year": line.yearly_plan.year, "fund_source": line.fund_source.code, **line.tags}
        if project.facts.plain | project.standing.plain != row.after or of_line != row.line_after:
            changed.append(row.after["code"])
        elif [line.arrived_fen, line.allotted_fen, line.paid_fen] != row.funds:
            funded[str(row.line)] = row.after["code"]
    _refuse(changed, gettext_noop("有 %(count)s 个项目在导入以后又改过（%(codes)s），撤不了。请在项目页逐个更正。"))
    text = gettext_noop("有 %(count)s 个项目在导入以后又记过账（%(codes)s），撤不了。")
    if vouchers := since(funded) if funded else ():
        text = gettext_noop(
            "有 %(count)s 个项目在导入以后又记过账（%(codes)s），撤不了。"
            "请先冲正后来的 %(sum)s 张凭证，从新到旧：%(vouchers)s。"
        )
    _refuse(set(funded.values()), text, sum=len(vouchers), vouchers=names_of(vouchers))
    of_day = local_date(taken_at)
    later = {str(row.line): row.after["code"] for row in rows if (lines[row.line].changed_on or date.min) >= of_day}
    issued = [one.subject for one in since(later) if one.source.kind == ISSUED_WITH_LINE] if later else []
    text = gettext_noop("有 %(count)s 个项目在导入以后调整过资金安排（%(codes)s），撤不了。请在项目页逐个处理。")
    _refuse({later[subject] for subject in issued}, text)
    made = list({projects[row.project].pk for row in rows if row.before is None})
    fresh = [lines[row.line].pk for row in rows if row.line_before is None]
    _refuse(
        _built_upon(made, fresh, taken_at),
        gettext_noop("有 %(count)s 个导入的项目后来有了别的记录（%(codes)s），撤不了。请在项目页逐个处理。"),
    )


def _refuse(codes: Collection[str], text: str, **params: Any) -> None:
    if codes:
        raise BuiltUpon(text, count=len(codes), codes=first_of(sorted(codes), NAMED), **params)


def vouchers_since(
    *, programme: str, rows: Sequence[Taken], origin: Origin, taken_at: datetime, subjects: Collection[str] | None
) -> list[PostingRow]:
    """The vouchers, of these subjects or all, that were recorded since the rows' own, and stand, newest first."""
    own = {origin.source(row.row, kind) for row in rows for kind in STEPS}
    wanted = Wanted(recorded_since=taken_at, subjects=subjects)
    found = search_postings(viewer=READER, programme=programme, wanted=wanted, offset=0, limit=MOST)
    return [row for row in standing(found) if row.source not in own]


def spent(short: FundsInsufficient, since: Iterable[PostingRow]) -> BuiltUpon:
    """The refusal where money of the rows has gone elsewhere, which names the newest vouchers that used it up."""
    asked = short.message.params
    short_of = asked["station"], asked["fund_source"]
    going = [row for row in since if (KIND_LABELS[row.from_kind], row.fund_source) == short_of]
    vouchers = newest([row for row in going if asked["subject"] in (None, row.subject)], asked["missing"].fen)
    if not vouchers:
        return BuiltUpon(gettext_noop("这一批记的钱后来又用到了别处，撤不了：%(reason)s"), reason=short.message)
    text = gettext_noop(
        "这一批记的钱后来又用到了别处，撤销以后“%(station)s”会缺 %(missing)s。"
        "请先冲正后来的 %(sum)s 张凭证，从新到旧：%(vouchers)s。"
    )
    return BuiltUpon(text, **asked, sum=len(vouchers), vouchers=names_of(vouchers))


def _built_upon(projects: Sequence[int], lines: Sequence[int], taken_at: datetime) -> set[str]:
    """The codes of projects that were made and that papers, contracts, further lines or moves now stand on."""
    made, fresh = Project.objects.filter(pk__in=projects), AllocationLine.objects.filter(pk__in=lines)
    codes = set(AllocationLine.objects.filter(project__in=made).exclude(pk__in=fresh).values_list("project__code"))
    codes |= set(StageMove.objects.filter(project__in=made).exclude(at=taken_at).values_list("project__code"))
    for model, things, path in ((Project, made, ""), (AllocationLine, fresh, "project__")):
        for relation in model._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.related_model not in OWN:
                name = relation.field.name
                on_them = relation.related_model._base_manager.filter(**{f"{name}__in": things})
                codes |= set(on_them.values_list(f"{name}__{path}code"))
    return {code for (code,) in codes}
