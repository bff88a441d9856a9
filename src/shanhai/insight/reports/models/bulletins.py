# SPDX-License-Identifier: Apache-2.0
"""A bulletin, its sections, and its way from draft to frozen."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import around, row_of, visible
from shanhai.insight.reports import labels
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.values import Block, BulletinKind
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject


class OfProgramme(models.Model):
    """What belongs to a programme and is found by its uuid; ``missing`` says that it is not there."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    subject_type: ClassVar[str]
    missing: ClassVar[str]

    class Meta:
        abstract = True

    def subject(self) -> Subject:
        """The thing, for the trail."""
        return Subject(self.subject_type, self.uuid, self.programme.code)


M = TypeVar("M", bound=OfProgramme)


class OfProgrammeQuerySet(models.QuerySet[M]):
    """Rows of programmes: who may look at the reports of a programme sees them."""

    def visible_to(self, viewer: Actor) -> Self:
        """Those of the programmes whose reports the viewer may see."""
        return self.filter(around(viewer, ReportsPermission.VIEW))

    def one(self, viewer: Actor, uuid: UUID, *, lock: bool = False) -> M:
        """The row of that uuid, with its programme. Raises NotVisible."""
        return row_of(self.visible_to(viewer).select_related("programme"), uuid, self.model.missing, lock=lock)


class BulletinQuerySet(OfProgrammeQuerySet["Bulletin"]):
    """Bulletins."""

    def visible_to(self, viewer: Actor) -> Self:
        """Frozen ones as all that belongs to a programme; what is still written, to who sees all of the programme."""
        whole = visible(viewer, ReportsPermission.VIEW, programme="programme__code", place=None)
        return super().visible_to(viewer).filter(Q(state=BulletinState.FROZEN) | whole)


class Bulletin(OfProgramme):
    """A report on a period, as of ``cut_off``; ``about`` names the campaign, batch or project of those kinds.

    ``taken`` are the figures as they were last taken, with the rows behind them once it is frozen (``rules.taking``);
    ``content`` is the document as it was frozen, ``digest`` the hash of both. ``revision`` counts what is saved, so
    that of two who write at once the second is told.
    """

    kind = models.CharField(max_length=10)
    about = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    cut_off = models.DateField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=100, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaced_by", null=True)
    state = models.CharField(max_length=10, default=BulletinState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    written_by = models.CharField(max_length=100)
    edited_by = models.CharField(max_length=100)
    checked_by = models.CharField(max_length=100, blank=True)
    approved_by = models.CharField(max_length=100, blank=True)
    moved_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    taken = models.JSONField(default=dict)
    content = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    provenance = models.CharField(max_length=10, blank=True)
    subject_type = "reports.bulletin"
    missing = gettext_noop("没有找到这份报告。请从报告页重新进入。")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "about", "starts_on", "ends_on", "version"],
                condition=~Q(state=BulletinState.DROPPED),
                name="reports_bulletin_is_one_a_period_and_version",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(BulletinKind)), name="reports_bulletin_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(BulletinState)), name="reports_bulletin_state_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), cut_off__gte=F("starts_on")),
                name="reports_bulletin_period_does_not_end_before_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[BulletinKind.MONTH, BulletinKind.QUARTER], about="")
                | (~Q(kind__in=[BulletinKind.MONTH, BulletinKind.QUARTER]) & ~Q(about="")),
                name="reports_bulletin_names_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=(Q(state=BulletinState.FROZEN, content__isnull=False) & ~Q(digest="") & ~Q(approved_by=""))
                | (~Q(state=BulletinState.FROZEN) & Q(content=None, digest="")),
                name="reports_bulletin_is_whole_once_it_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("written_by")),
                name="reports_bulletin_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(checked_by=F("written_by")) & ~Q(checked_by=F("approved_by")),
                name="reports_bulletin_is_checked_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "kind", "ends_on"], name="reports_bulletin_by_period"),
            models.Index(fields=["state"], name="reports_bulletin_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.STATES[BulletinState(self.state)]

    @property
    def year(self) -> int | None:
        """The year whose plan its figures count; None where it tells of several years."""
        return None if self.kind in (BulletinKind.BATCH, BulletinKind.PROJECT) else self.starts_on.year

    @property
    def scope(self) -> FigureScope:
        """What its figures are asked for."""
        return FigureScope(self.programme.code, self.cut_off, year=self.year)

    @property
    def is_frozen(self) -> bool:
        """Whether it stays as it is for ever."""
        return self.state == BulletinState.FROZEN


class Section(models.Model):
    """One section of a bulletin: a heading, the officer's text with ``{figure}`` in it, a block of figures below."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    block = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "position"], name="reports_section_has_its_place"),
            models.CheckConstraint(condition=Q(block__in=list(Block)), name="reports_section_block_is_known"),
            models.CheckConstraint(condition=~Q(heading=""), name="reports_section_heading_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.heading


class BulletinMove(Move):
    """A step on a bulletin's way, with the opinion of who took it."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(BulletinState, name="reports_bulletinmove_goes_from_one_known_state_to_another", begins=True)
        ]
