# SPDX-License-Identifier: Apache-2.0
"""Recording and correcting projects, giving them money of a plan, and revising what was approved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.clock import local_date
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.plans.selectors import get_yearly_plan, hold_plans
from shanhai.planning.projects import events
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import get_line, get_project, in_order, locked_project, rooms_in_plans
from shanhai.planning.projects.core.services.issuing import follow_lines
from shanhai.planning.projects.labels import NOVELTIES
from shanhai.planning.projects.models import AllocationLine, LineChange, Project, ProjectChange, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import (
    Fault,
    amount_faults,
    known_since,
    line_faults,
    project_faults,
    refuse_twins,
    require_open,
)
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.places.selectors import get_division, get_site

# What of a project is kept as it was (``ProjectChange``) when it is corrected, which says why. Figures, gates and final
# accounts hang on the binding ones: these are not for who recorded the project alone.
KEPT = ("code", "novelty", "capital", "owner")
BINDING = ("novelty", "capital")


@transaction.atomic
def create_project(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    facts: ProjectFacts,
    standing: Standing | None = None,
    provenance: str = "",
    apart: bool = False,
) -> Project:
    """Record a project at the stage it stands at; its first StageMove says since when.

    ``apart`` says that somebody has looked at the projects whose codes are possible twins of its code.
    Raises NotVisible, NotAllowed, BadInput, Refused, Conflict.
    """
    by.require(ProjectPermission.MANAGE, programme=programme, place=facts.place)

    found = programmes.get_programme(viewer=by, code=programme)
    standing = standing or Standing(Stage.PREPARATION)

    today = local_date(at)
    faults = Faults()
    with faults.of():
        _check(project_faults(facts, standing, today=today, currency=found.currency))
    with faults.of("code"):
        _check_code(Project.objects.filter(programme=found), facts.code, apart)
    faults.tell()

    project = Project(programme=found, currency=found.currency, provenance=provenance, stage=standing.stage.value)
    project.completed_investment_fen = standing.completed_investment.fen
    project.progress_percent = standing.progress_percent
    project.since, project.cancelled_on = today, today if standing.stage is Stage.CANCELLED else None
    project.state(facts)
    _point_at_others(project, facts, by)
    project.save(force_insert=True)
    StageMove.objects.create(
        project=project, new=project.stage, by=by.ref, at=at, on_date=known_since(standing.stage, facts.dates, today)
    )
    changes = {name: [None, value] for name, value in facts.plain.items() if value not in (None, "")}
    record_change(by=by, at=at, project=project, action="projects.project.created", changes=changes)
    return project


@transaction.atomic
def correct_project(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    facts: ProjectFacts,
    because: str = "",
    apart: bool = False,
    seen: Mapping[str, object] | None = None,
) -> Project:
    """Replace what is stated about a project; every changed field stands in the trail, old and new.

    Stage, progress and money are not stated here. What is ``KEPT`` asks for the reason, what is ``BINDING`` for a
    second person: who holds project.correct and did not record it. ``apart`` as in ``create_project``, ``seen`` as in
    ``kernel.corrections``. Raises NotVisible, NotAllowed, BadInput, Conflict, and Refused, for another county also when
    money has been paid or a closed plan gave it money.
    """
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=found.place.code)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=facts.place)

    stood, today = found.facts, local_date(at)
    old, new = stood.plain, facts.plain
    changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    faults = Faults()
    with faults.of():
        words: dict[str, Mapping[Any, Any]] = {"novelty": NOVELTIES, "owner": {stood.owner: found.owner}}
        corrected({name: getattr(stood, name) for name in KEPT}, {}, seen, words)
    with faults.of():
        _check(project_faults(facts, found.standing, today=today, currency=found.currency))
    with faults.of("code"):
        if "code" in changes:
            _check_code(Project.objects.filter(programme=found.programme).exclude(pk=found.pk), facts.code, apart)
    for name in BINDING:
        with faults.of(name):
            if name in changes:
                _require_second_person(by, found)
    with faults.of("because"):
        if not changes.keys().isdisjoint(KEPT):
            because = checked_reason(because, gettext_noop("请写明为什么改，让以后看的人明白。"), "projects")
    faults.tell()
    if not changes:
        return found
    if facts.place != found.place.code:
        _check_move(found)
    fell = {
        "investment": facts.total_investment.fen < found.total_investment_fen,
        "funding": facts.other_sources.fen < found.other_sources_fen or (found.cross_year and not facts.cross_year),
    }

    with in_order(found):
        found.state(facts)
        _point_at_others(found, facts, by)
        if not changes.keys().isdisjoint(KEPT):
            ProjectChange.objects.keep([(found, stood)], on=today, by=by.ref, at=at, why=because)
        found.save()
    fallen = [name for name, smaller in fell.items() if smaller]
    keep_ceilings(by=by, at=at, projects=[found.uuid], fallen=fallen)
    record_change(by=by, at=at, project=found, action="projects.project.corrected", changes=changes, because=because)
    return found


def _check(faults: Iterable[Fault]) -> None:
    found = Faults()
    for field, _code, said in faults:
        with found.of(field):
            raise BadInput(said.text, f"projects.{field}_not_accepted", **said.params)
    found.tell()


def _check_code(others: QuerySet[Project], code: str, apart: bool) -> None:
    codes = list(others.values_list("code", flat=True).order_by("code"))
    if code in codes:
        raise Conflict(
            gettext_noop("项目编号“%(code)s”已经有了。请换一个编号，或打开原有项目修改。"),
            "projects.code_taken",
            code=code,
        )
    former = {past: one for one in others.exclude(former_codes="").order_by("pk") for past in one.former}
    if code in former:
        raise Conflict(
            gettext_noop("“%(code)s”是项目“%(project)s”原来的编号，查旧资料还要用它。请换一个编号。"),
            "projects.code_taken",
            code=code,
            project=former[code].name,
        )
    if not apart:
        refuse_twins(code, [*codes, *former])


def _require_second_person(by: Actor, project: Project) -> None:
    recorded_by = project.moves.order_by("pk").values_list("by", flat=True).first()
    scope = {"programme": project.programme.code, "place": project.place.code}
    if by.ref == recorded_by or not by.may(ProjectPermission.CORRECT, **scope):
        raise Refused(
            gettext_noop("开工率、各阶段要求和决算都按这一项算，要由登记人以外、有更正权限的人来改。请交给他办。"),
            "projects.second_person_needed",
        )


def _check_move(project: Project) -> None:
    paid = project.lines.aggregate(paid=Sum("paid_fen", default=0))["paid"]
    if paid:
        raise Refused(
            gettext_noop("这个项目已支付 %(paid)s，不能改到别的县（市）。请在新的县另立项目，或先冲正支付。"),
            "projects.county_paid",
            paid=Money(paid, project.currency),
        )
    for line in project.lines.select_related("yearly_plan"):
        require_open(state=line.yearly_plan.state, year=line.yearly_plan.year)


def _point_at_others(project: Project, facts: ProjectFacts, by: Actor) -> None:
    place = get_division(facts.place)
    recipient = project.programme.recipient.code
    if not place.code.startswith(place_prefix(recipient)):
        raise Refused(
            gettext_noop("%(place)s 不在受援地 %(recipient)s 之内。请核对县（市）。"),
            "projects.place_outside",
            place=place.name,
            recipient=project.programme.recipient.name,
        )
    project.place = place
    project.site = get_site(viewer=by, uuid=facts.site) if facts.site else None
    project.owner = get_organisation(viewer=by, uuid=facts.owner) if facts.owner else None


@transaction.atomic
def add_line(*, by: Actor, at: datetime, project: UUID, facts: LineFacts, because: str = "") -> AllocationLine:
    """Give the project money of one fund source from one year's plan, with its two tags.

    Raises NotVisible, NotAllowed, BadInput, Refused, and what ``keep_plans`` raises unless ``because`` lets it go on.
    """
    for programme in Project.objects.visible_to(by).filter(uuid=project).values_list("programme__code", flat=True):
        hold_plans(programme=programme, years=[facts.year])
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=found.place.code)

    plan = get_yearly_plan(viewer=by, programme=found.programme.code, year=facts.year)
    source = programmes.get_fund_source(viewer=by, programme=found.programme.code, code=facts.fund_source)
    _check(line_faults(facts, currency=found.currency))
    if found.stage == Stage.CANCELLED:
        raise Refused(gettext_noop("项目已取消，不能再安排资金。请换一个项目。"), "projects.project_cancelled")
    require_open(state=plan.state, year=plan.year)

    line = AllocationLine.objects.create(
        project=found,
        yearly_plan=plan,
        fund_source=source,
        amount_fen=facts.amount.fen,
        livelihood_percent=facts.livelihood_percent,
        beneficiary_level=facts.beneficiary_level.value,
        implementer_level=facts.implementer_level.value,
        since=local_date(at),
    )
    keep_plans(
        by=by, at=at, programme=plan.programme.code, grown={(plan.year, source.code): line.amount_fen}, because=because
    )
    changes = {"line": str(line.uuid), **line.tags, "year": facts.year, "fund_source": facts.fund_source}
    record_change(by=by, at=at, project=found, action="projects.line.added", changes=changes)
    return line


@transaction.atomic
def revise_content(*, by: Actor, at: datetime, project: UUID, old: str, new: str, because: str) -> Project:
    """Put the approved change of what is to be built, in words, into the trail. Raises NotVisible, NotAllowed."""
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    changes = {"content": [old, new]}
    record_change(
        by=by, at=at, project=found, action="projects.project.content_revised", changes=changes, because=because
    )
    return found


@transaction.atomic
def revise_amounts(
    *, by: Actor, at: datetime, amounts: Mapping[UUID, Money], because: str
) -> tuple[AllocationLine, ...]:
    """Give the lines new amounts, all or none; what one source gives in a plan may grow up to what the plan has.

    Raises NotVisible, NotAllowed, BadInput, Refused.
    """
    plans: dict[str, set[int]] = defaultdict(set)
    for programme, year in AllocationLine.objects.filter(uuid__in=amounts).values_list(
        "project__programme__code", "yearly_plan__year"
    ):
        plans[programme].add(year)
    for programme, years in sorted(plans.items()):
        hold_plans(programme=programme, years=years)
    # In one order, so that two who move money between the same projects do not wait for each other.
    lines = [get_line(viewer=by, uuid=uuid, lock=True) for uuid in sorted(amounts)]
    for line in lines:
        place = line.project.place.code
        by.require(ProjectPermission.MANAGE, programme=line.project.programme.code, place=place)
        _check_amount(line, amounts[line.uuid])
    old = {line.pk: line.amount_fen for line in lines}
    changed = [line for line in lines if amounts[line.uuid].fen != line.amount_fen]
    LineChange.objects.keep(((line, line.tags) for line in changed), on=local_date(at))
    for line in changed:
        line.amount_fen = amounts[line.uuid].fen
        line.save(update_fields=["amount_fen", "changed_on"])
    grown: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
    for line in lines:
        key = (line.yearly_plan.year, line.fund_source.code)
        grown[line.project.programme.code][key] += line.amount_fen - old[line.pk]
    for programme, by_source in grown.items():
        keep_plans(by=by, at=at, programme=programme, grown=by_source)
    _keep_lowered(by, at, lines, old)
    had = [(line, old[line.pk]) for line in lines]
    follow_lines(by=by, at=at, changed=had, because=because, under=ProjectPermission.MANAGE)
    for line in lines:
        changes = {"line": str(line.uuid), "amount_fen": [old[line.pk], line.amount_fen]}
        record_change(
            by=by, at=at, project=line.project, action="projects.line.revised", changes=changes, because=because
        )
    return tuple(lines)


def _keep_lowered(by: Actor, at: datetime, lines: Iterable[AllocationLine], old: Mapping[int, int]) -> None:
    """What has gone out of lines, and the contracts of projects, still fit amounts that are smaller than the old."""
    less, lowered = Counter[UUID](), []
    for line in lines:
        less[line.project.uuid] += old[line.pk] - line.amount_fen
        lowered += [line.uuid] if line.amount_fen < old[line.pk] else []
    projects = [uuid for uuid, fen in less.items() if fen > 0]
    keep_ceilings(by=by, at=at, lines=lowered, projects=projects, fallen=("amount", "funding"))


def _check_amount(line: AllocationLine, amount: Money) -> None:
    _check(amount_faults("amount", amount, line.project.currency))
    if line.project.stage == Stage.CANCELLED:
        raise Refused(gettext_noop("项目已取消，不能再安排资金。请换一个项目。"), "projects.project_cancelled")
    require_open(state=line.yearly_plan.state, year=line.yearly_plan.year)


def keep_given(*, by: Actor, at: datetime, programme: str, year: int, sources: Collection[str]) -> None:
    """Refuse a plan, as it is stored now, that has less of one of ``sources`` than its lines take. Raises Refused."""
    room = rooms_in_plans(viewer=by, programme=programme, years=[year]).get(year) if sources else None
    for source in sorted(sources) if room else ():
        if room is not None and room.fen[source] < 0:
            raise Refused(
                gettext_noop(
                    "%(year)s 年计划里“%(source)s”除去预备费，比已经安排给项目的少 %(short)s。"
                    "请少减一些，少留一些预备费，或先调减项目的安排。"
                ),
                "projects.plan_below_lines",
                year=str(year),
                source=room.names.get(source, source),
                short=Money(-room.fen[source], room.currency),
            )


def keep_plans(
    *, by: Actor, at: datetime, programme: str, grown: Mapping[tuple[int, str], int], because: str = ""
) -> None:
    """Refuse lines that, once they stand, take more of a source than their plan has beside its reserve. Two queries.

    ``grown`` is by year and fund source what the lines have grown by, in fen: what was too much before may still shrink
    or move. Hold the plans first (``hold_plans``). Raises Refused; with ``because`` who holds fund.override goes on,
    and the trail keeps the numbers.
    """
    because, rooms = because.strip(), rooms_in_plans(viewer=by, programme=programme, years={year for year, _ in grown})
    for (year, source), fen in sorted(grown.items()):
        room = rooms.get(year)
        if fen <= 0 or room is None or room.fen[source] >= 0:
            continue
        if not because or not by.may(FundPermission.OVERRIDE, programme=programme):
            raise Refused(
                gettext_noop(
                    "%(year)s 年计划里“%(source)s”除去预备费只剩 %(left)s 没有安排。请少安排一些，或从别的项目调剂、"
                    "先动用预备费、先调整计划；新的安排确需超出的，由指挥长写明原因后办理。"
                ),
                "projects.plan_overdrawn",
                year=str(year),
                source=room.names.get(source, source),
                left=Money(max(room.fen[source] + fen, 0), room.currency),
            )
        audit.record(
            by=by,
            at=at,
            action="projects.line.beyond_plan",
            on=Subject("programmes.yearly_plan", room.plan, programme),
            changes={"fund_source": source, "given_fen": fen, "beyond_fen": -room.fen[source]},
            because=because,
        )


def record_change(
    *, by: Actor, at: datetime, project: Project, action: str, changes: Mapping[str, object], because: str = ""
) -> None:
    """One row of the trail, and the news that the project has changed, in the caller's transaction."""
    audit.record(by=by, at=at, action=action, on=project.subject(), changes=changes, because=because)
    news = {"programme": project.programme.code, "project": str(project.uuid)}
    outbox.publish(by=by, at=at, name=events.PROJECT_CHANGED, payload=news)
