# SPDX-License-Identifier: Apache-2.0
"""Everything that holds a batch back. Another kind of cause is another callable in ``COLLECTORS``; of an app above, an
``Owing`` in its registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.translation import override

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, Scope
from shanhai.planning.adjustments.selectors.adjustments import list_open
from shanhai.planning.handovers.values import OWING, THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.campaigns.selectors import list_tasks_plainly
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.states import PlanState, TaskState
from shanhai.planning.projects import labels
from shanhai.planning.projects.dossier.selectors import facts_for_warnings as facts
from shanhai.planning.projects.dossier.selectors.gates import SIGNED
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Delivery, PaperKind, Stage
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.selectors import list_open_findings
from shanhai.planning.rounds.selectors import list_open_reports
from shanhai.planning.warnings.selectors import list_warnings
from shanhai.planning.warnings.states import Severity, WarningState
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.places.selectors import find_divisions

if TYPE_CHECKING:
    from shanhai.planning.warnings.models import EarlyWarning


# What an item of each kind is about, and the page on which it is brought to its end.
_ABOUT = {
    ItemKind.OPEN_SETTLEMENT: ("projects.project", "projects:dossier"),
    ItemKind.ASSET_NOT_TRANSFERRED: ("projects.project", "projects:dossier"),
    ItemKind.UNSIGNED_PAPER: ("projects.paper", "projects:dossier"),
    ItemKind.UNFINISHED_PROJECT: ("projects.project", "projects:detail"),
    ItemKind.OPEN_ADJUSTMENT: ("adjustments.adjustment", "adjustments:detail"),
    ItemKind.OPEN_WARNING: ("warnings.earlywarning", "warnings:detail"),
    ItemKind.OPEN_TASK: ("programmes.task", "programmes:task"),
    ItemKind.OPEN_REPORT: ("rounds.groupreport", "rounds:report"),
    ItemKind.OPEN_PLAN: ("programmes.yearlyplan", "programmes:detail"),
    ItemKind.DOUBTED_RETURN: ("returns.return", "returns:detail"),
}


def _cause(
    kind: ItemKind,
    subject: UUID | str,
    label: str,
    whose: Responsible,
    place: str = "",
    *,
    since: date | None,
    page: UUID | str = "",
) -> Cause:
    """The cause of that kind; ``page`` is what its page is called by, where that is not the subject."""
    subject_type, name = _ABOUT[kind]
    return Cause(kind, subject_type, str(subject), label, reverse(name, args=[page or subject]), whose, place, since)


def list_open_tasks(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Open tasks that are due by ``until``; one without a day is due when its campaign's year ends."""
    for uuid, name, year, campaign, group, due_on, state in list_tasks_plainly(viewer=viewer, programme=programme):
        since = due_on or date(year, 12, 31)
        if state == TaskState.OPEN and since <= until:
            whose = Responsible(ResponsibleKind.GROUP, group)
            yield _cause(ItemKind.OPEN_TASK, uuid, f"{year} {campaign} · {name}", whose, since=since)


def list_open_plans(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Yearly plans of years that are over by ``until`` and were not closed."""
    for plan in list_yearly_plans(viewer=viewer, programme=programme):
        over_on = date(plan.year, 12, 31)
        if plan.state != PlanState.CLOSED and over_on <= until:
            yield _cause(ItemKind.OPEN_PLAN, plan.uuid, str(plan.year), THE_OFFICE, since=over_on, page=programme)


def list_missing_reports(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Reports that are due by ``until`` and were not accepted."""
    for report in list_open_reports(viewer=viewer, programme=programme):
        if report.round.due_on <= until:
            label = f"{report.round.year}-{report.round.month:02} · {report.group.name}"
            whose = Responsible(ResponsibleKind.GROUP, report.group.name)
            yield _cause(ItemKind.OPEN_REPORT, report.uuid, label, whose, since=report.round.due_on)


def list_open_adjustments(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Adjustments of ``until`` or before that are not decided or not carried out; who asked for one answers for it.

    Drafts are nobody else's. One query.
    """
    for one in list_open(viewer=viewer, programme=programme):
        whose = Responsible(ResponsibleKind.PERSON, one.proposed_by)
        since = clock.local_date(one.submitted_at or one.proposed_at)
        label, place = f"{one.code} {one.name}", one.places[0] or ""
        if since <= until:
            yield _cause(ItemKind.OPEN_ADJUSTMENT, one.uuid, label, whose, place, since=since)


def list_open_warnings(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Warnings of what has been so since ``until`` or before, on which nobody has acted; notices hold nobody back.

    Two queries.
    """
    found = list_warnings(viewer=viewer, programme=programme, state=WarningState.OPEN)
    rows = [row for row in found if row.since_on <= until and row.its_rule.severity is not Severity.NOTICE]
    names = {code: place.name for code, place in find_divisions(row.place for row in rows).items()}
    for row in rows:
        label, whose = f"{row.label} · {row.its_rule.said['title']}", _whose_turn(row, names.get(row.place, ""))
        yield _cause(ItemKind.OPEN_WARNING, row.uuid, label, whose, row.place, since=row.since_on)


def _whose_turn(row: EarlyWarning, county: str) -> Responsible:
    """The county for what counties report; money is the finance's, the rest the office's."""
    if row.its_rule.acts == FundPermission.POST:
        return Responsible(ResponsibleKind.GROUP, "财务")
    if row.its_rule.acts == ProjectPermission.MOVE and county:
        return Responsible(ResponsibleKind.ORGANISATION, county)
    return THE_OFFICE


def list_doubted(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Returns that count to ``until`` at the latest, are not replaced, and have findings without an explanation.

    One item a return, however many findings; the division that sent it in answers for it. Four queries.
    """
    findings = list_open_findings(viewer=viewer, programme=programme, at=at)
    reports = list(dict.fromkeys(found.row.report for found in findings))
    places = find_divisions(report.place for report in reports)
    for report in reports:
        if report.cut_off_on <= until:
            place = places.get(report.place)
            whose = Responsible(ResponsibleKind.ORGANISATION, place.name if place else report.place)
            since = report.cut_off_on
            yield _cause(ItemKind.DOUBTED_RETURN, report.uuid, report.title, whose, report.place, since=since)


_WITH_ACCOUNTS_OPEN = frozenset({Stage.COMPLETED, Stage.ACCEPTED})
_WITH_ASSETS_HERE = frozenset({Stage.ACCEPTED, Stage.SETTLED})
_OWING = NOT_STARTED | ON_SITE | _WITH_ACCOUNTS_OPEN | _WITH_ASSETS_HERE


def list_unfinished(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What projects still owe that were completed by ``until``, or should be by their plan. Five queries.

    Its owner answers for a project; without one the headquarters for what it hands over by the key (交钥匙), else the
    county.
    """
    rows = [row for row in facts.project_tuples(viewer=viewer, programme=programme) if row.stage in _OWING]
    accounts = facts.settlement_tuples(viewer=viewer, programme=programme)
    moves = facts.move_tuples(viewer=viewer, programme=programme)
    owners = {row.owner for row in rows if row.owner is not None}
    names = dict(list_organisations(viewer=viewer).filter(pk__in=owners).values_list("pk", "name"))
    places = find_divisions(row.place for row in rows)
    for row in rows:
        owner = names.get(row.owner, "") if row.owner else ""
        turnkey = not owner and row.delivery == Delivery.TURNKEY
        named = Responsible(ResponsibleKind.ORGANISATION, owner or places[row.place].name)
        whose = THE_OFFICE if turnkey else named
        for kind, since in _owed(row, accounts.get(row.pk), moves.get(row.pk), until):
            yield _cause(kind, row.uuid, f"{row.code} {row.name}", whose, row.place, since=since)


def _owed(
    row: facts.ProjectTuple, accounts: facts.SettlementTuple | None, moved: facts.MovesTuple | None, until: date
) -> Iterator[tuple[ItemKind, date | None]]:
    """What a project owes and since when.

    Final accounts are owed from completion on, also before acceptance (财建〔2016〕503号), until they are approved and
    no money is left; other than capital projects owe papers instead.
    """
    if row.stage in FINISHED and row.finished_on is not None and row.finished_on > until:
        return
    if row.stage == Stage.COMPLETED:
        yield ItemKind.UNFINISHED_PROJECT, row.finished_on
    elif row.stage not in FINISHED and row.planned_finish_on and row.planned_finish_on <= until:
        yield ItemKind.UNFINISHED_PROJECT, row.planned_finish_on
    closed = False
    if row.capital and accounts is not None and accounts.approved_on is not None:
        closed = not accounts.surplus_fen or accounts.surplus_returned_on is not None
    if row.stage in _WITH_ACCOUNTS_OPEN and not closed:
        yield ItemKind.OPEN_SETTLEMENT, facts.settlement_due(row, accounts)
    if row.stage in _WITH_ASSETS_HERE:
        yield ItemKind.ASSET_NOT_TRANSFERRED, facts.transfer_due(row, moved)


_COLUMNS = (
    "uuid", "code", "name", "place__code", "papers__kind", "papers__signed_on", "papers__added_by", "papers__added_at",
)  # fmt: skip


def list_unsigned(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Papers of which the last version is not signed; who filed it answers for it. One query."""
    projects = filtered(viewer=viewer, programme=programme, on=until, filters=ProjectFilters())
    found = projects.exclude(stage=Stage.CANCELLED).filter(papers__kind__in=[kind.value for kind in SIGNED])
    rows = found.order_by("code", "pk", "papers__kind", "papers__version").values_list(*_COLUMNS)
    last = {(row[0], row[4]): row for row in rows}
    for uuid, code, name, place, kind, signed_on, added_by, added_at in last.values():
        if signed_on is None:
            # What is stored is Chinese, whoever brings the list up to date.
            with override(None):
                word = str(labels.PAPERS[PaperKind(kind)])
            label, whose = f"{code} {name} · {word}", Responsible(ResponsibleKind.PERSON, added_by)
            since = clock.local_date(added_at)
            yield _cause(ItemKind.UNSIGNED_PAPER, f"{uuid}:{kind}", label, whose, place, since=since, page=uuid)


# As long as the columns of an item are.
MOST_LABEL, MOST_NAME = 300, 200


_LOOK = (
    Permission.PROGRAMME_VIEW, ProjectPermission.VIEW, FundPermission.VIEW, DocumentPermission.VIEW,
    ReturnPermission.VIEW, ReturnPermission.SUBMIT,
)  # fmt: skip


def collector_for(programme: str) -> Actor:
    """Who reads everything of one programme, to collect what is open; it only ever reads.

    It has a name of its own, so that nothing remembered for a person is taken for what is there.
    """
    held = (*(one.value for one in _LOOK), *(one.permission for one in OWING))
    return Actor("system:handovers", name="handovers", grants={one: (Scope(programme),) for one in held})


class Collector(Protocol):
    """Finds what of one app is open in a programme and ought to be finished by the day ``until``."""

    def __call__(self, *, viewer: Actor, programme: str, until: date, at: datetime) -> Iterable[Cause]: ...


COLLECTORS: tuple[Collector, ...] = (
    list_unfinished,
    list_unsigned,
    list_open_adjustments,
    list_open_warnings,
    list_open_tasks,
    list_missing_reports,
    list_open_plans,
    list_doubted,
)


def list_causes(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What is open in all apps, as far as ``viewer`` sees, with words short enough to be stored."""
    for collect in (*COLLECTORS, *(one.find for one in OWING)):
        for cause in collect(viewer=viewer, programme=programme, until=until, at=at):
            responsible = replace(cause.responsible, name=cause.responsible.name[:MOST_NAME])
            yield replace(cause, label=cause.label[:MOST_LABEL], responsible=responsible)
