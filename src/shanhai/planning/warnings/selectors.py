# SPDX-License-Identifier: Apache-2.0
"""Warnings as a viewer may see and act on them, who evaluates, and the facts of a programme on a day.

Facts are gathered in a fixed number of queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, IntegerField, Q, Value, When

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import in_programme, row_of
from shanhai.kernel.actors import Actor, Scope, system
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.numerals import same_code
from shanhai.planning.programmes.campaigns.selectors import list_tasks_plainly
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.states import PlanState, TaskState
from shanhai.planning.projects.ceilings.selectors import told_of_projects
from shanhai.planning.projects.core.selectors import rooms_in_plans
from shanhai.planning.projects.dossier.selectors import facts_for_warnings as facts
from shanhai.planning.projects.dossier.selectors.facts_for_warnings import ProjectTuple
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.selectors.what_if import head_rooms
from shanhai.planning.projects.states import Stage, StopReason
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.values import DayOutOfReach, Season
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet, WarningMove
from shanhai.planning.warnings.rules.catalogue import keys_of
from shanhai.planning.warnings.states import Action, Severity, WarningState
from shanhai.planning.warnings.values import (
    UNALLOTTED_DAYS,
    UNPAID_DAYS,
    ProjectCase,
    ShareFact,
    Subject,
    SubjectKind,
    TaskCase,
    YearCase,
)
from shanhai.registers.ledger.permissions import FundPermission

# More open warnings than this few things have.
MOST_OF_ONE = 8
# What was answered and is still so after this long waits again: what was said to be done, or planned, is not.
TIME_TO_KEEP = timedelta(days=30)
LIVE = (WarningState.OPEN.value, WarningState.ACTED.value)


def get_warning(*, viewer: Actor, uuid: UUID, lock: bool = False) -> EarlyWarning:
    """A warning with its programme; ``lock`` holds its row until the transaction ends. Raises NotVisible."""
    rows = EarlyWarning.objects.visible_to(viewer).select_related("programme")
    missing = gettext_noop("没有找到这条预警，或者您的岗位看不到它。请从预警列表进入。")
    return row_of(rows, uuid, missing, "warnings.warning_not_found", lock=lock)


def list_moves(*, viewer: Actor, warning: UUID) -> list[WarningMove]:
    """The history of a warning, the latest first. One query; empty when the viewer may not see it."""
    seen = EarlyWarning.objects.visible_to(viewer).filter(uuid=warning)
    return list(WarningMove.objects.filter(warning__in=seen).select_related("warning").order_by("-at", "-pk"))


def list_warnings(
    *, viewer: Actor, programme: str | None, severity: str = "", rule: str = "", place: str = "", state: str = ""
) -> EarlyWarningQuerySet:
    """The warnings of a programme, or of all, that match, the gravest and oldest first.

    Without a ``state`` all that are not closed. ``place`` may be any division's code.
    """
    found = EarlyWarning.objects.visible_to(viewer).filter(in_programme(programme))
    found = found.filter(state__in=[state] if state else LIVE)
    if severity:
        found = found.filter(rule__in=keys_of(Severity(severity)))
    if rule:
        found = found.filter(rule=rule)
    found = found.in_place(place) if place else found
    ranks = [When(rule__in=keys_of(grave), then=Value(at)) for at, grave in enumerate(Severity)]
    rank = Case(*ranks, default=Value(len(Severity)), output_field=IntegerField())
    return found.select_related("programme").order_by(rank, "since_on", "pk")


def list_to_act_on(*, viewer: Actor, programme: str | None, at: datetime, limit: int) -> list[Any]:
    """What looks to the viewer: open warnings, explained ones to be judged, answered ones of which the fact stays.

    The gravest and oldest first, of each thing only its first; ``unkept`` are the last of these. One query.
    """
    live = list_warnings(viewer=viewer, programme=programme)
    unkept = Q(state=WarningState.ACTED, acted_at__lte=at - TIME_TO_KEEP)
    live = live.annotate(unkept=ExpressionWrapper(unkept, BooleanField()))
    waiting = live.for_action_by(viewer).filter(Q(state=WarningState.OPEN) | unkept) | live.for_judging_by(viewer)
    first: dict[UUID, EarlyWarning] = {}
    for warning in waiting[: limit * MOST_OF_ONE]:
        first.setdefault(warning.subject, warning)
    return list(first.values())[:limit]


def count_by_rule(*, viewer: Actor, programme: str) -> dict[str, int]:
    """How many warnings of each rule are not closed, as far as the viewer sees. One query."""
    found = list_warnings(viewer=viewer, programme=programme)
    return dict(found.values_list("rule").annotate(Count("pk")).order_by("rule"))


# As long as the column of a label is.
MOST_LABEL = 300
_NO_FUNDS = facts.FundsTuple(0, 0, 0, 0, 0, 0, 0, None)
_NOTHING_IDLE = facts.IdleTuple(0, 0)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What stands beside the projects themselves, by their primary keys."""

    on: date
    bands: tuple[Season, ...]
    funds: Mapping[int, facts.FundsTuple]
    idle: Mapping[int, facts.IdleTuple]
    moves: Mapping[int, facts.MovesTuple]
    notes: Mapping[int, datetime]
    contracts: Mapping[int, int]
    stops: Mapping[int, facts.StopTuple]
    settlements: Mapping[int, facts.SettlementTuple]
    beyond: Mapping[UUID, tuple[Message, ...]]


def project_cases(*, viewer: Actor, programme: str, on: date, project: UUID | None = None) -> Iterator[ProjectCase]:
    """Each project of a programme, or that one, on the day ``on``; fifteen queries at most. Raises NotVisible."""
    rows = list(facts.project_tuples(viewer=viewer, programme=programme, project=project))
    if not rows:
        return
    # Blanks, width and case make no other name.
    spelled = [(row.place, same_code(row.name)) for row in rows]
    if project is None:
        names = Counter(name for row, name in zip(rows, spelled, strict=True) if row.stage != Stage.CANCELLED)
    else:
        others = facts.count_namesakes(viewer=viewer, programme=programme, project=rows[0])
        names = Counter({spelled[0]: others + 1})
    gathered = _gather(viewer, programme, on, project)
    for row, name in zip(rows, spelled, strict=True):
        yield _case(row, gathered, names[name] - 1)


def year_cases(*, viewer: Actor, programme: str, on: date) -> Iterator[YearCase]:
    """The issued plan of the day's year, if there is one; any other that is not closed where its lines exceed it.

    Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    plans = [one for one in list_yearly_plans(viewer=viewer, programme=programme) if one.state != PlanState.CLOSED]
    rooms = rooms_in_plans(viewer=viewer, programme=programme, years={plan.year for plan in plans})
    for plan in plans:
        room = rooms.get(plan.year)
        beyond = {room.names.get(code, code): -fen for code, fen in room.fen.items() if fen < 0} if room else {}
        case = YearCase(
            subject=Subject(SubjectKind.YEAR, plan.uuid, f"{found.name} {plan.year}"),
            year=plan.year,
            currency=found.currency,
            beyond_fen=beyond,
        )
        if plan.year == on.year and plan.state == PlanState.ISSUED:
            yield replace(case, **_money_of(viewer, programme, on))
        elif beyond:
            yield case


def _money_of(viewer: Actor, programme: str, on: date) -> dict[str, Any]:
    totals = plan_totals(viewer=viewer, programme=programme, as_of=on, year=on.year)
    shares = {
        one.key: ShareFact(ratio * 100, one.room)
        for one in head_rooms(viewer=viewer, programme=programme, as_of=on, year=on.year)
        if one.share.base.key == "plan" and (ratio := one.share.ratio) is not None and one.room is not None
    }
    return {
        "issued_fen": totals.issued.fen,
        "arrived_fen": totals.arrived.fen,
        "paid_fen": totals.paid.fen,
        "reserve_fen": plan_totals(viewer=viewer, programme=programme, as_of=on).reserve.fen,
        "livelihood": shares.get("livelihood"),
        "grassroots": shares.get("grassroots"),
    }


def task_cases(*, viewer: Actor, programme: str) -> Iterator[TaskCase]:
    """The tasks of all campaigns. Two queries. Raises NotVisible."""
    for uuid, name, year, campaign, group, due_on, state in list_tasks_plainly(viewer=viewer, programme=programme):
        label = f"{year} {campaign} · {name}"[:MOST_LABEL]
        subject = Subject(SubjectKind.TASK, uuid, label)
        yield TaskCase(subject=subject, group=group, due_on=due_on, is_open=state == TaskState.OPEN)


def _gather(viewer: Actor, programme: str, on: date, project: UUID | None) -> _Gathered:
    asked: dict[str, Any] = {"viewer": viewer, "programme": programme, "project": project}
    return _Gathered(
        on=on,
        bands=bands_in_force(viewer=viewer, programme=programme),
        funds=facts.funds_tuples(**asked),
        idle=facts.idle_funds(
            **asked,
            currency=get_programme(viewer=viewer, code=programme).currency,
            arrived_by=on - timedelta(days=UNALLOTTED_DAYS),
            allotted_by=on - timedelta(days=UNPAID_DAYS),
        ),
        moves=facts.move_tuples(**asked),
        notes=facts.last_notes(**asked),
        contracts=facts.contract_sums(**asked),
        stops=facts.open_stops(**asked),
        settlements=facts.settlement_tuples(**asked),
        beyond=told_of_projects(programme=programme, project=project),
    )


def _case(row: ProjectTuple, gathered: _Gathered, namesakes: int) -> ProjectCase:
    funds = gathered.funds.get(row.pk, _NO_FUNDS)
    idle = gathered.idle.get(row.pk, _NOTHING_IDLE)
    moves, noted = gathered.moves.get(row.pk), gathered.notes.get(row.pk)
    stop, begun = gathered.stops.get(row.pk), gathered.settlements.get(row.pk)
    season = _season(gathered.bands, row.altitude_m)
    stopped_on = stop.since_on if stop else moves.on_date if moves else None
    updates = (moves and local_date(moves.at), noted and local_date(noted), funds.changed_on)
    return ProjectCase(
        subject=Subject(SubjectKind.PROJECT, row.uuid, f"{row.code} {row.name}"[:MOST_LABEL], row.place),
        stage=Stage(row.stage),
        currency=row.currency,
        has_altitude=row.altitude_m is not None or row.site is not None,
        has_owner=row.owner is not None,
        planned_start_on=row.planned_start_on,
        start_due_on=_opening(season, row.planned_start_on),
        planned_finish_on=row.planned_finish_on,
        finished_on=row.finished_on,
        first_year=funds.first_year or None,
        updated_on=max((day for day in updates if day), default=None),
        total_fen=row.total_fen,
        other_fen=row.other_fen,
        completed_fen=row.completed_fen,
        progress_percent=row.progress_percent,
        plan_fen=funds.plan,
        arrived_fen=funds.arrived,
        allotted_fen=funds.allotted,
        paid_fen=funds.paid,
        above_plan_fen=funds.above_plan,
        above_arrived_fen=funds.above_arrived,
        idle_unallotted_fen=idle.unallotted,
        idle_unpaid_fen=idle.unpaid,
        contracts_fen=gathered.contracts.get(row.pk, 0),
        beyond=gathered.beyond.get(row.uuid, ()),
        stop_reason=StopReason(stop.reason) if stop else None,
        stopped_on=stopped_on,
        restart_expected_on=stop.restart_expected_on if stop else None,
        lost_days=_lost_days(season, stopped_on, gathered.on) if row.stage == Stage.SUSPENDED else 0,
        settlement_due_on=facts.settlement_due(row, begun),
        settled_on=begun.approved_on if begun else None,
        surplus_fen=begun.surplus_fen if begun else 0,
        surplus_returned=bool(begun and begun.surplus_returned_on),
        transfer_due_on=facts.transfer_due(row, moves),
        namesakes=namesakes,
    )


def _season(bands: tuple[Season, ...], altitude_m: int | None) -> Season | None:
    if altitude_m is None:
        return None
    return next(band for band in bands if band.covers(max(altitude_m, 0)))


def _opening(season: Season | None, planned: date | None) -> date | None:
    if season is None or planned is None:
        return planned
    try:
        return season.next_opening(planned)
    except DayOutOfReach:
        return planned


def _lost_days(season: Season | None, since: date | None, until: date) -> int:
    if since is None:
        return 0
    return season.working_days(since, until) if season else max((until - since).days, 0)


# The product itself, when news comes in: it evaluates, and acts on nothing.
WATCHER = system("warnings", (Permission.PROGRAMME_VIEW.value, ProgrammePermission.MANAGE.value))
_LOOK = (Permission.PROGRAMME_VIEW, ProjectPermission.VIEW, FundPermission.VIEW)


def reader_of(programme: str) -> Actor:
    """Who reads all of one programme for an evaluation; it only ever reads.

    It has a name of its own, so that nothing remembered for a person is taken for what is there.
    """
    grants = {permission.value: (Scope(programme),) for permission in _LOOK}
    return Actor("system:warnings.reader", name="warnings", grants=grants)


def needed_for(action: Action, warning: EarlyWarning) -> str:
    """The permission that an action asks for: the rule's; a dismissal is for who manages the programme."""
    return ProgrammePermission.MANAGE if action is Action.DISMISSED else warning.its_rule.acts


def actions_of(viewer: Actor, warning: EarlyWarning) -> list[Action]:
    """What the viewer may do about a warning that is not closed; dismissed are only those whose rule says so."""
    here = {"programme": warning.programme.code, "place": warning.place or None}
    return [
        one
        for one in Action
        if warning.state != WarningState.CLOSED
        and (one is not Action.DISMISSED or warning.its_rule.by_words)
        and viewer.may(needed_for(one, warning), **here)
    ]
