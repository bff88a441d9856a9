# SPDX-License-Identifier: Apache-2.0
"""One project, or one line of it, as the viewer may see it, and what the ledger says of lines.

Who may see a line sees its totals, so the product itself reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, Func, Min, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from shanhai.base.database.selectors import holding, in_programme, within
from shanhai.base.formats import name_of, named
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.plans.selectors import hold_plans, list_yearly_plans
from shanhai.planning.projects.models import (
    AllocationLine,
    AllocationLineQuerySet,
    AssetTransfer,
    Contract,
    Paper,
    Project,
    ProjectChange,
    ProjectQuerySet,
    Settlement,
    StageMove,
    Suspension,
)
from shanhai.planning.projects.rules import LifeDay, new_order_faults, own_days
from shanhai.planning.projects.states import Milestone, PaperKind, Stage
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.balances import rows_by_subject, sums_by_subject
from shanhai.registers.ledger.values import AccountKind
from shanhai.registers.places.selectors import codes_of_one_place, find_divisions, succession

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division


def get_project(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Project:
    """The project with its programme and place. ``lock`` holds its row until the transaction ends.

    Raises NotVisible.
    """
    rows = Project.objects.visible_to(viewer).select_related("programme__recipient", "place", "site", "owner")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这个项目，或者您的岗位看不到它。请从项目列表进入。"), "projects.not_visible"
        )
    return found


def locked_project(*, by: Actor, project: UUID, permission: str) -> Project:
    """The project with its row locked, for who holds ``permission`` there. Raises NotVisible, NotAllowed."""
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(permission, programme=found.programme.code, place=found.place.code)
    return found


def get_line(*, viewer: Actor, uuid: UUID, lock: bool = False) -> AllocationLine:
    """One allocation line with its project, plan and fund source. Raises NotVisible.

    ``lock`` holds its row, and before it that of its plan, which then is not closed meanwhile.
    """
    rows = AllocationLine.objects.visible_to(viewer)
    if lock:
        for programme, year in rows.filter(uuid=uuid).values_list("project__programme__code", "yearly_plan__year"):
            hold_plans(programme=programme, years=[year])
    rows = rows.select_related("project__programme", "project__place", "yearly_plan", "fund_source")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这一笔资金安排，或者您的岗位看不到它。请从项目页进入。"), "projects.not_visible"
        )
    return found


MOST_AT_ONCE = 500
_MARKED_BY = {
    PaperKind.APPROVAL.value: Milestone.APPROVAL,
    PaperKind.AWARD.value: Milestone.TENDER,
    PaperKind.START_PERMIT.value: Milestone.PERMIT,
    PaperKind.ACCEPTANCE.value: Milestone.ACCEPTANCE,
    PaperKind.TRANSFER_LIST.value: Milestone.HAND_OVER,
}


def life_days(projects: Collection[int]) -> dict[int, list[LifeDay]]:
    """By key of each project the known days of its life beside its own dates, stops as they happened.

    Of a paper the last version counts; the first award is that of the tender. One query for 500 projects.
    """
    if len(projects) > MOST_AT_ONCE:
        keys = list(projects)
        return life_days(keys[:MOST_AT_ONCE]) | life_days(keys[MOST_AT_ONCE:])
    later = Paper.objects.filter(project=OuterRef("project"), kind=OuterRef("kind"), version__gt=OuterRef("version"))
    papers = Paper.objects.filter(kind__in=_MARKED_BY).filter(~Exists(later))
    moves, of_tender = StageMove.objects.standing().filter(new=Stage.HANDED_OVER), Min("awarded_on")
    parts: tuple[tuple[Any, Any, Any, Any], ...] = (
        (papers, F("kind"), Coalesce("issued_on", "signed_on"), Value(0)),
        (Contract.objects.all(), Value(Milestone.TENDER.value), of_tender, Value(0)),
        (Suspension.objects.all(), Value(Milestone.STOP.value), F("since_on"), F("pk") * 2),
        (Suspension.objects.all(), Value(Milestone.RESTART.value), F("restarted_on"), F("pk") * 2 + 1),
        (Settlement.objects.all(), Value(Milestone.ACCOUNTS.value), F("approved_on"), Value(0)),
        (AssetTransfer.objects.all(), Value(Milestone.HAND_OVER.value), F("on_date"), Value(0)),
        (moves, Value(Milestone.HAND_OVER.value), F("on_date"), Value(0)),
    )
    queries = [
        rows.filter(project__in=list(projects)).order_by().values("project").annotate(place=place, what=what, day=day)
        for rows, what, day, place in parts
    ]
    first, *others = (query.values_list("project", "place", "what", "day") for query in queries)
    found: dict[int, list[LifeDay]] = {project: [] for project in projects}
    for project, _place, what, day in sorted(row for row in first.union(*others, all=True) if row[-1] is not None):
        found[project].append((_MARKED_BY.get(what) or Milestone(what), day))
    return found


class DayNotAccepted(Refused):
    """A day lies in the future, or before the day of what must have come first."""

    code = "projects.day_not_accepted"


@contextmanager
def in_order(project: Project) -> Iterator[None]:
    """Refuse what is written within where it puts the days of the project's life out of order. Raises DayNotAccepted.

    Two queries. What was out of order before is history.
    """
    before = [*own_days(project.dates), *life_days([project.pk])[project.pk]]
    yield
    after = [*own_days(project.dates), *life_days([project.pk])[project.pk]]
    for _field, _code, said in new_order_faults(before, after):
        raise DayNotAccepted(said.text, **said.params)


def lines_of(project: Project) -> AllocationLineQuerySet:
    """The project's allocation lines with their plan and fund source, the latest year first."""
    found: AllocationLineQuerySet = project.lines.select_related("yearly_plan", "fund_source")
    return found.order_by("-yearly_plan__year", "fund_source__code", "pk")


def lines_by_subject(*, viewer: Actor, subjects: Iterable[str]) -> dict[str, AllocationLine]:
    """The lines behind subjects of the ledger, with their projects: those the viewer may see. One query."""
    # Those of other apps are no uuids.
    uuids = {one for one in subjects if len(one) == 36}
    rows = AllocationLine.objects.visible_to(viewer).filter(uuid__in=uuids).select_related("project__place")
    return {str(line.uuid): line for line in rows} if uuids else {}


def subjects_of(*, viewer: Actor, programme: str | None, text: str) -> list[str]:
    """What the ledger calls the lines of projects, of the programme or of all, that ``text`` finds. One query."""
    found = AllocationLine.objects.visible_to(viewer).filter(in_programme(programme, "project__programme"))
    found = found.filter(
        holding(text, "project__code", "project__former_codes", "project__name", initials="project__initials")
    )
    return [str(uuid) for uuid in found.values_list("uuid", flat=True)]


def find_projects(*, viewer: Actor, text: str, limit: int) -> list[Project]:
    """Projects of any programme that ``matching`` finds, by code. One query."""
    found = Project.objects.visible_to(viewer).matching(text)
    return list(found.order_by("code", "pk")[:limit]) if text.strip() else []


def codes_today(*, viewer: Actor, programme: str, codes: Collection[str]) -> dict[str, str]:
    """By each of ``codes`` that one of the programme's projects had before it was corrected, its code now. One query.

    Of projects that the viewer sees.
    """
    found = Project.objects.visible_to(viewer).filter(programme__code=programme).exclude(former_codes="")
    rows = found.order_by("pk").only("code", "former_codes")
    return {former: one.code for one in rows for former in one.former if former in codes}


def find_contracts(*, viewer: Actor, text: str, limit: int) -> list[tuple[str, Project]]:
    """(number, project) of the contracts whose number or contractor holds ``text``, newest first. One query."""
    rows = Contract.objects.filter(holding(text, "number", "contractor")).order_by("-signed_on", "pk")
    return _with_projects(rows, viewer, limit)


def find_papers(*, viewer: Actor, text: str, limit: int) -> list[tuple[str, Project]]:
    """(number, project) of the papers whose number holds ``text``, newest first. One query."""
    rows = Paper.objects.exclude(number="").filter(holding(text, "number")).order_by("-added_at", "pk")
    return _with_projects(rows, viewer, limit)


def _with_projects(rows: Any, viewer: Actor, limit: int) -> list[tuple[str, Project]]:
    found = rows.filter(project__in=Project.objects.visible_to(viewer)).select_related("project")
    return [(one.number, one.project) for one in found[:limit]]


def list_these(*, viewer: Actor, programme: str, projects: Collection[UUID]) -> list[Project]:
    """These projects by code. One query. Raises NotVisible unless the viewer sees all of them in the programme."""
    rows = Project.objects.visible_to(viewer).filter(programme__code=programme, uuid__in=list(projects))
    found = list(rows.order_by("code", "pk"))
    if len(found) != len(set(projects)):
        raise NotVisible(gettext_noop("有的项目没有找到，或者您的岗位看不到。请刷新列表后再选。"))
    return found


def in_place(place: str | None, path: str) -> Q:
    """Rows whose code at ``path`` lies in the place under any code that it has had; all of them for None."""
    if not place:
        return within(None, path)
    return reduce(or_, (within(code, path) for code in codes_of_one_place(place)))


def renamed_places(codes: Iterable[str]) -> dict[str, Division]:
    """By each old code among ``codes`` the division that is its place today. One query, two where there are any."""
    after, today = succession(), {}
    for code in codes:
        last = after.of(code)
        if len(last) == 1 and last[0] != code and last[0] in after.one_place(code):
            today[code] = last[0]
    found = find_divisions(today.values()) if today else {}
    return {old: found[new] for old, new in today.items() if new in found}


def as_they_stood(projects: ProjectQuerySet, as_of: date) -> Any:
    """Those of ``projects`` that were there at the end of ``as_of``, each with the stage it stood at, ``stage_then``.

    That is what the first later step led on from; one that only then began stood where it began.
    """
    later = StageMove.objects.standing().filter(project=OuterRef("pk"), on_date__gt=as_of)
    began = Case(When(old="", then=F("new")), default=F("old"))
    first = later.annotate(began=began).order_by("on_date", "at", "pk").values("began")[:1]
    return projects.filter(since__lte=as_of).annotate(stage_then=Coalesce(Subquery(first), F("stage")))


def as_stated(projects: ProjectQuerySet, as_of: date) -> Any:
    """``projects`` with whether they were new or continuing at the end of ``as_of``, ``novelty_then``."""
    later = ProjectChange.objects.filter(project=OuterRef("pk"), on__gt=as_of).order_by("on", "pk")
    before = Coalesce(Subquery(later.values("novelty")[:1]), F("novelty"))
    return projects.annotate(novelty_then=Case(When(changed_on__gt=as_of, then=before), default=F("novelty")))


class Room(NamedTuple):
    """What a plan has of each source, by code, beside its reserve and what lines take; negative when they take more."""

    plan: UUID
    currency: str
    fen: Counter[str]
    names: dict[str, str]


def rooms_in_plans(*, viewer: Actor, programme: str, years: Collection[int]) -> dict[int, Room]:
    """By year the room in those plans that have amounts; one that is issued line by line has what its lines take.

    Two queries.
    """
    rooms = {}
    for plan in list_yearly_plans(viewer=viewer, programme=programme, years=years, amounts=True):
        if parts := plan.amounts.all():
            fen = Counter({part.fund_source.code: part.amount_fen - part.reserve_fen for part in parts})
            names = {part.fund_source.code: named(part.fund_source) for part in parts}
            rooms[plan.year] = Room(plan.uuid, plan.programme.currency, fen, names)
    lines = AllocationLine.objects.filter(yearly_plan__programme__code=programme, yearly_plan__year__in=list(rooms))
    keys = ("yearly_plan__year", *(f"fund_source__{column}" for column in ("code", "name", "name_en")))
    for year, code, name, name_en, fen in lines.values_list(*keys).annotate(given=Sum("amount_fen")).order_by(*keys):
        rooms[year].fen[code] -= fen
        rooms[year].names[code] = name_of(name, name_en)
    return rooms


READER = system("projects", (FundPermission.VIEW.value,))
KINDS = (AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID, AccountKind.ISSUED)


class AsSubject(Func):
    """A line's uuid as the ledger's subjects spell it."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra_context: Any) -> Any:
        """Stored as hexadecimal digits, in groups."""
        groups = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        template = " || '-' || ".join(f"substr(%(expressions)s, {start}, {length})" for start, length in groups)
        return self.as_sql(compiler, connection, template=template, **extra_context)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra_context: Any) -> Any:
        """Stored as what it is."""
        return self.as_sql(compiler, connection, template="%(expressions)s::text", **extra_context)


def rows_by_line(*, programme: str, currency: str, as_of: date) -> Any:
    """The ledger's totals by ``subject`` and day until the end of ``as_of``, with a column for each station."""
    return rows_by_subject(viewer=READER, programme=programme, currency=currency).filter(on_date__lte=as_of)


def ledger_funds(
    *,
    programme: str,
    currency: str,
    subjects: Iterable[str] | None = None,
    kinds: Collection[AccountKind] = KINDS,
    as_of: date | None = None,
) -> dict[str, Funds]:
    """What has been issued to, has arrived, been allotted and been paid for each line the ledger knows, by its uuid.

    ``subjects`` keeps those lines, ``kinds`` leaves the rest at nought; ``as_of`` asks for the end of that day.
    """
    rows = sums_by_subject(
        viewer=READER, programme=programme, kinds=kinds, subjects=subjects, as_of=as_of, currency=currency
    )
    names = [kind.value for kind in kinds]
    return {subject: Funds(**dict(zip(names, sums, strict=True))) for subject, *sums in rows if subject}


def funds_as_of(lines: Iterable[AllocationLine], programme: str, currency: str, as_of: date) -> dict[int, Funds]:
    """For lines whose money has moved after ``as_of``: by primary key, what had arrived, been allotted and paid then.

    No query when there are none.
    """
    moved = [line for line in lines if line.funds_changed_on is not None and line.funds_changed_on > as_of]
    if not moved:
        return {}
    subjects = [str(line.uuid) for line in moved]
    funds = ledger_funds(programme=programme, currency=currency, subjects=subjects, as_of=as_of)
    return {line.pk: funds.get(str(line.uuid), Funds()) for line in moved}


def lines_that_differ() -> tuple[str, ...]:
    """A sentence for each line whose totals are not the ledger's; none when all agree."""
    faults = []
    rows = AllocationLine.objects.order_by("project__programme__code", "pk")
    programmes = rows.values_list("project__programme__code", "project__programme__currency")
    for programme, currency in programmes.order_by("project__programme__code").distinct():
        funds = ledger_funds(programme=programme, currency=currency)
        columns = ("uuid", "project__code", "arrived_fen", "allotted_fen", "paid_fen")
        for uuid, code, *stored in rows.filter(project__programme__code=programme).values_list(*columns).iterator():
            known = funds.get(str(uuid), Funds())
            sums = [known.arrived, known.allotted, known.paid]
            if stored != sums:
                faults.append(f"{programme} {code} line {uuid}: stored {stored}, ledger {sums}")
    return tuple(faults)
