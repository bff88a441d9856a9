# SPDX-License-Identifier: Apache-2.0
"""Projects, and the money that yearly plans give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Min, OuterRef, Q, Subquery, When

from shanhai.base.database.selectors import holding, visible
from shanhai.base.formats import named
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.pinyin import initials_of
from shanhai.kernel.subjects import Subject
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import MAX_FEN, late_since
from shanhai.planning.projects.states import ACCEPTED_ON, FINISHED, NOT_STARTED, Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import Dates, ProjectFacts, Standing


class InFen:
    """A column in fen, read as money in the currency of the row's project."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, owner: type) -> Money:
        """Reads the project."""
        return Money(getattr(row, self.column), getattr(row, "project", row).currency)


def late_on(day: date, stage: str = "stage") -> Q:
    """The same question as ``rules.late_since``, asked of the database; ``stage`` may be ``stage_then``."""
    start = Q(**{f"{stage}__in": NOT_STARTED}, planned_start_on__lt=day)
    finish = Q(**{f"{stage}__in": [*NOT_STARTED, Stage.UNDER_WAY]}, planned_finish_on__lt=day)
    return start | finish


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, viewer: Actor, permission: str = ProjectPermission.VIEW) -> ProjectQuerySet:
        """Projects within the scopes in which the viewer holds ``permission``."""
        return self.filter(visible(viewer, permission, programme="programme__code", place="place__code"))

    def counted(self, as_of: date | None = None) -> ProjectQuerySet:
        """Projects that count toward rates: all but the cancelled; ``as_of`` a day those that were there then."""
        if as_of is None:
            return self.exclude(stage=Stage.CANCELLED)
        return self.filter(Q(cancelled_on=None) | Q(cancelled_on__gt=as_of), since__lte=as_of)

    def begin_with_lines(self) -> None:
        """Let those that have a line in force before anything else was known begin with it."""
        lines = AllocationLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
        first = Subquery(lines.annotate(first=Min("since")).values("first"))
        self.filter(since__gt=first).update(since=first)

    def matching(self, text: str) -> ProjectQuerySet:
        """Projects whose name, codes or pinyin initials hold each word of ``text``; all for an empty one."""
        return self.filter(holding(text, "name", "code", "former_codes", initials="initials"))

    def late(self, on: date, stage: str = "stage") -> ProjectQuerySet:
        """Those that are late, as ``late_on`` has it."""
        return self.filter(late_on(on, stage))


class Project(models.Model):
    """One project of a programme, in one county.

    ``category`` is the code of a classification item of the programme; ``initials`` are the pinyin initials of the
    name in all its readings, for search. Dates may be unknown (a county's old table has none) but never run ahead of
    the stage. ``since`` is the first day on which anything is known of it: as of an earlier day it is not there.
    ``changed_on`` is the latest day in its ``changes``, whose other codes ``former_codes`` has, one a line, for search.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    former_codes = models.TextField(blank=True, db_default="")
    name = models.CharField(max_length=200)
    initials = models.TextField(blank=True)
    place = models.ForeignKey("places.Division", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("places.Site", on_delete=models.PROTECT, related_name="+", null=True)
    altitude_m = models.IntegerField(null=True)
    category = models.CharField(max_length=40, blank=True)
    delivery = models.CharField(max_length=20)
    novelty = models.CharField(max_length=20)
    cross_year = models.BooleanField(default=False)
    capital = models.BooleanField(default=True)
    stage = models.CharField(max_length=20, default=Stage.PREPARATION.value)
    since = models.DateField()
    changed_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)
    planned_start_on = models.DateField(null=True)
    planned_finish_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    total_investment_fen = models.BigIntegerField(default=0)
    other_sources_fen = models.BigIntegerField(default=0)
    completed_investment_fen = models.BigIntegerField(default=0)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    provenance = models.CharField(max_length=10, blank=True)
    # It was recorded at a later stage than the first, without its gates: somebody had built it before.
    taken_over = models.BooleanField(default=False)
    total_investment, other_sources = InFen("total_investment_fen"), InFen("other_sources_fen")
    completed_investment = InFen("completed_investment_fen")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="projects_project_code_is_unique_in_programme"),
            models.CheckConstraint(condition=~Q(code=""), name="projects_project_code_is_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="projects_project_name_is_not_empty"),
            models.CheckConstraint(condition=Q(stage__in=sorted(Stage)), name="projects_project_stage_is_known"),
            models.CheckConstraint(
                condition=Q(delivery__in=sorted(Delivery)), name="projects_project_delivery_is_known"
            ),
            models.CheckConstraint(condition=Q(novelty__in=sorted(Novelty)), name="projects_project_novelty_is_known"),
            models.CheckConstraint(
                condition=Q(provenance__in=["", "public", "demo"]), name="projects_project_provenance_is_known"
            ),
            models.CheckConstraint(
                condition=Q(total_investment_fen__gte=0, total_investment_fen__lte=MAX_FEN)
                & Q(other_sources_fen__gte=0, other_sources_fen__lte=MAX_FEN)
                & Q(completed_investment_fen__gte=0, completed_investment_fen__lte=MAX_FEN),
                name="projects_project_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__gte=0, progress_percent__lte=100),
                name="projects_project_progress_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(planned_start_on=None)
                | Q(planned_finish_on=None)
                | Q(planned_finish_on__gte=F("planned_start_on")),
                name="projects_project_planned_finish_follows_start",
            ),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(finished_on=None) | Q(finished_on__gte=F("started_on")),
                name="projects_project_finish_follows_start",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on=None) | Q(finished_on__isnull=False, accepted_on__gte=F("finished_on")),
                name="projects_project_accepted_needs_finished",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=sorted(NOT_STARTED)) | Q(started_on=None),
                name="projects_project_without_start_has_no_start_date",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(FINISHED)) | Q(finished_on=None),
                name="projects_project_unfinished_has_no_finish_date",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(ACCEPTED_ON)) | Q(accepted_on=None),
                name="projects_project_unaccepted_has_no_acceptance_date",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.CANCELLED.value, cancelled_on__isnull=False)
                | (~Q(stage=Stage.CANCELLED.value) & Q(cancelled_on=None)),
                name="projects_project_has_a_day_of_cancelling_when_cancelled",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "place", "stage"], name="projects_by_place_and_stage"),
            models.Index(fields=["programme", "stage", "planned_finish_on"], name="projects_by_stage_and_finish"),
            models.Index(fields=["programme", "category"], name="projects_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def subject(self) -> Subject:
        """What the trail and proofs write about; reads its programme and place."""
        return Subject("projects.project", self.uuid, self.programme.code, self.place.code)

    @property
    def former(self) -> list[str]:
        """The codes that it had before; nobody else gets one of them."""
        return [code for code in self.former_codes.split("\n") if code]

    @property
    def dates(self) -> Dates:
        """The five dates as one value."""
        return Dates(self.planned_start_on, self.planned_finish_on, self.started_on, self.finished_on, self.accepted_on)

    def late_since(self, on: date) -> date | None:
        """The planned day that has passed without its step, as ``rules.late_since`` has it."""
        return late_since(Stage(self.stage), self.planned_start_on, self.planned_finish_on, on)

    @property
    def facts(self) -> ProjectFacts:
        """What is stated about the project, as one value; reads its place, site and owner."""
        return ProjectFacts(
            code=self.code,
            name=self.name,
            place=self.place.code,
            category=self.category,
            delivery=Delivery(self.delivery),
            novelty=Novelty(self.novelty),
            cross_year=self.cross_year,
            capital=self.capital,
            altitude_m=self.altitude_m,
            total_investment=self.total_investment,
            other_sources=self.other_sources,
            dates=self.dates,
            site=self.site.uuid if self.site else None,
            owner=self.owner.uuid if self.owner else None,
        )

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        return Standing(Stage(self.stage), self.completed_investment, self.progress_percent)

    def state(self, facts: ProjectFacts) -> None:
        """Take over what ``facts`` say, except the place, site and owner, which are rows of other apps."""
        self.code, self.name, self.initials = facts.code, facts.name, initials_of(facts.name)
        self.category, self.delivery, self.novelty = facts.category, facts.delivery.value, facts.novelty.value
        self.cross_year, self.capital, self.altitude_m = facts.cross_year, facts.capital, facts.altitude_m
        self.total_investment_fen, self.other_sources_fen = facts.total_investment.fen, facts.other_sources.fen
        for name in (field.name for field in fields(Dates)):
            setattr(self, name, getattr(facts.dates, name))
        self.since = facts.dates.known_from(self.since)


TAGS = ("amount_fen", "livelihood_percent", "beneficiary_level", "implementer_level")


class AllocationLineQuerySet(models.QuerySet["AllocationLine"]):
    def visible_to(self, viewer: Actor, permission: str = ProjectPermission.VIEW) -> AllocationLineQuerySet:
        """Lines of the projects within the scopes in which the viewer holds ``permission``."""
        return self.filter(
            visible(viewer, permission, programme="project__programme__code", place="project__place__code")
        )

    def then(self, as_of: date) -> AllocationLineQuerySet:
        """Each line with what it had and was tagged with at the end of ``as_of``: its columns, named ``…_then``."""
        later = LineChange.objects.filter(line=OuterRef("pk"), on__gt=as_of).order_by("on")
        stood = {
            f"{column}_then": Case(
                When(changed_on__gt=as_of, then=Subquery(later.values(column)[:1])), default=F(column)
            )
            for column in TAGS
        }
        return self.annotate(**stood)


class AllocationLine(models.Model):
    """Money of one fund source that one yearly plan gives to one project, with the two tags of the 80 % rules.

    ``arrived_fen``, ``allotted_fen`` and ``paid_fen`` are the ledger's totals for the line (its uuid is the subject of
    the postings), kept in the same transaction; ``funds_changed_on`` is the latest day of those postings, so that an
    earlier day's totals are known to need the ledger. The integrity check "projects.lines" compares them.

    A line is in force from ``since``: the day it was given, its plan's day of issue where a table brought it later, its
    first posting where that is earlier still. ``changed_on`` is the latest day in its ``changes``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lines")
    yearly_plan = models.ForeignKey("programmes.YearlyPlan", on_delete=models.PROTECT, related_name="+")
    fund_source = models.ForeignKey("programmes.FundSource", on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    livelihood_percent = models.PositiveSmallIntegerField(default=0)
    beneficiary_level = models.CharField(max_length=20)
    implementer_level = models.CharField(max_length=20)
    arrived_fen = models.BigIntegerField(default=0)
    allotted_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    funds_changed_on = models.DateField(null=True)
    since = models.DateField()
    changed_on = models.DateField(null=True)
    amount, arrived = InFen("amount_fen"), InFen("arrived_fen")
    allotted, paid = InFen("allotted_fen"), InFen("paid_fen")

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, amount_fen__lte=MAX_FEN),
                name="projects_allocationline_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(livelihood_percent__gte=0, livelihood_percent__lte=100),
                name="projects_allocationline_livelihood_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(beneficiary_level__in=sorted(Level)) & Q(implementer_level__in=sorted(Level)),
                name="projects_allocationline_levels_are_known",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("allotted_fen")),
                name="projects_allocationline_paid_is_within_allotted",
            ),
            models.CheckConstraint(
                condition=Q(arrived_fen__gte=0, arrived_fen__lte=MAX_FEN, allotted_fen__lte=MAX_FEN),
                name="projects_allocationline_arrived_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["yearly_plan", "project"], name="projects_line_by_plan"),
            models.Index(fields=["funds_changed_on"], name="projects_line_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.amount_fen}"

    @property
    def awaited(self) -> Money:
        """What of the line has not arrived."""
        return Money(max(self.amount_fen - self.arrived_fen, 0), self.amount.currency)

    @property
    def words(self) -> str:
        """The year of the plan and the fund source, which tell the lines of a project apart."""
        return f"{self.yearly_plan.year} · {named(self.fund_source)}"

    @property
    def tags(self) -> dict[str, int | str]:
        """The amount and the two tags, as the audit trail writes them."""
        return {name: getattr(self, name) for name in TAGS}


class LineChangeManager(models.Manager["LineChange"]):
    def keep(self, changed: Iterable[tuple[AllocationLine, Mapping[str, Any]]], *, on: date) -> None:
        """Keep what lines were, by the names in ``TAGS``, before they become something else on the day ``on``.

        A day before the last change is that day: what is known to have stood earlier stays. Stores no line: who changes
        them does, with ``changed_on``. One query for 500 lines.
        """
        kept = []
        for line, tags in changed:
            line.changed_on = max(on, line.changed_on or on)
            kept.append(LineChange(line=line, on=line.changed_on, **{name: tags[name] for name in TAGS}))
        self.bulk_create(kept, batch_size=500, ignore_conflicts=True)

    def put_back(self, kept: Sequence[tuple[AllocationLine, Mapping[str, Any]]]) -> None:
        """Give lines what they had, by the names in ``TAGS``, as if it had never changed since.

        What had been kept of changes before stays. Stores no line, as ``keep``. Two queries for 500 lines.
        """
        for start in range(0, len(kept), 500):
            some, changes, undone = kept[start : start + 500], defaultdict[int, list[LineChange]](list), []
            for change in self.filter(line__in=[line.pk for line, _ in some]).order_by("line", "on"):
                changes[change.line_id].append(change)
            for line, before in some:
                of_line, changed = changes[line.pk], any(getattr(line, name) != before[name] for name in TAGS)
                if changed and of_line and all(getattr(of_line[-1], name) == before[name] for name in TAGS):
                    undone.append(of_line.pop().pk)
                line.changed_on = of_line[-1].on if of_line else None
                for name in TAGS:
                    setattr(line, name, before[name])
            self.filter(pk__in=undone).delete()


class LineChange(models.Model):
    """What a line's amount and tags were until the day before ``on``, when they became something else."""

    line = models.ForeignKey(AllocationLine, on_delete=models.CASCADE, related_name="changes")
    on = models.DateField()
    amount_fen = models.BigIntegerField()
    livelihood_percent = models.PositiveSmallIntegerField()
    beneficiary_level = models.CharField(max_length=20)
    implementer_level = models.CharField(max_length=20)

    objects = LineChangeManager()

    class Meta:
        constraints = [
            # Of several changes on one day what stood before the first is what stood the day before.
            models.UniqueConstraint(fields=["line", "on"], name="projects_linechange_is_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.on}"
