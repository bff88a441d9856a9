# SPDX-License-Identifier: Apache-2.0
"""A return as it was sent in, to the digit, and what the checks found in it.

Numbers are stored as the text that was printed ("8.20", "91%"): the text says how finely they were rounded, and every
number is computed from it. Rows never change; a return that was wrong is withdrawn and another one sent in.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.plain import from_plain
from shanhai.kernel.subjects import Subject
from shanhai.kernel.units import UNITS, WAN_YUAN, YI_YUAN, YUAN, Unit
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.rules.checks import read_stated
from shanhai.planning.returns.states import FindingState, ReturnState
from shanhai.planning.returns.values import COUNTY, At, CheckKind, Confidence, Row, Severity

# How a return is named in the audit trail and among the things that a document proves.
SUBJECT = "returns.return"
PROVENANCES = ("", "public", "demo")
AMOUNT_UNITS = (YUAN.key, WAN_YUAN.key, YI_YUAN.key)


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, viewer: Actor) -> ReturnQuerySet:
        """Returns with at least one row that the viewer may see."""
        return self.filter(Exists(ReturnRow.objects.visible_to(viewer).filter(report=OuterRef("pk"))))

    def submitted(self) -> ReturnQuerySet:
        """Returns that stand, that is, have not been withdrawn."""
        return self.filter(state=ReturnState.SUBMITTED.value)

    def newest_first(self) -> ReturnQuerySet:
        """By the day to which they count; of two for one day the one sent in later."""
        return self.order_by("-cut_off_on", "-submitted_at", "-pk")


class Return(models.Model):
    """A table of counties that counts up to and including ``cut_off_on``, with amounts in ``unit``.

    ``place`` is the one county that it speaks of, or the prefecture; ``fund_source`` the code of the source whose money
    it reports; ``unposted`` lists what did not go into the ledger and why: ``[{"place": code or "", "message": …}]``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    title = models.CharField(max_length=200)
    cut_off_on = models.DateField()
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=ReturnState.SUBMITTED.value)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)
    because = models.TextField(blank=True)
    fund_source = models.CharField(max_length=40, blank=True)
    unposted = models.JSONField(default=list)
    provenance = models.CharField(max_length=10, blank=True)

    # What a list knows besides: whose rows it has, and whether a later return says all of them anew.
    labels: list[str]
    replaced: bool

    objects = ReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "document"],
                condition=Q(state=ReturnState.SUBMITTED.value),
                name="returns_return_file_is_submitted_once",
            ),
            models.CheckConstraint(condition=Q(unit__in=AMOUNT_UNITS), name="returns_return_unit_is_of_money"),
            models.CheckConstraint(condition=~Q(title=""), name="returns_return_title_is_not_empty"),
            models.CheckConstraint(condition=Q(state__in=list(ReturnState)), name="returns_return_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=ReturnState.SUBMITTED.value, withdrawn_at=None, withdrawn_by="", because="")
                | (
                    Q(state=ReturnState.WITHDRAWN.value, withdrawn_at__isnull=False)
                    & ~Q(withdrawn_by="")
                    & ~Q(because="")
                ),
                name="returns_return_withdrawal_says_who_when_and_why",
            ),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="returns_return_provenance_is_known"),
        ]
        indexes = [models.Index(fields=["programme", "state", "-cut_off_on"], name="returns_newest_of_programme")]

    def __str__(self) -> str:
        return f"{self.title} {self.cut_off_on}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("returns:detail", args=[self.uuid])

    def subject(self) -> Subject:
        """The return in the trail and among what a document proves."""
        return Subject(SUBJECT, self.uuid, self.programme.code, self.place)


class ReturnRowQuerySet(models.QuerySet["ReturnRow"]):
    def visible_to(self, viewer: Actor, permission: str = ReturnPermission.VIEW) -> ReturnRowQuerySet:
        """Rows of the counties in which the viewer holds ``permission``; the total belongs to the whole prefecture."""
        return self.filter(visible(viewer, permission, programme="report__programme__code"))

    def newest_first(self, year: int | None) -> ReturnRowQuerySet:
        """Those that stand, with their returns, of one year or of all: the later before what it replaces."""
        rows = self.filter(report__state=ReturnState.SUBMITTED.value).select_related("report")
        if year is not None:
            rows = rows.filter(report__cut_off_on__range=(date(year, 1, 1), date(year, 12, 31)))
        return rows.order_by("-report__cut_off_on", "-report__submitted_at", "-report_id", "position", "pk")


class ReturnRow(models.Model):
    """A county, the prefecture's own projects, or the total, whose place is the prefecture.

    ``stated`` maps keys of ``values.COUNTY`` to what was printed, e.g. ``{"arrived": "8.20"}``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    report = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="rows")
    label = models.CharField(max_length=60)
    place = models.CharField(max_length=6)
    is_total = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    stated = models.JSONField()

    objects = ReturnRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "label"], name="returns_returnrow_label_stands_once"),
            models.UniqueConstraint(fields=["report", "place", "is_total"], name="returns_returnrow_place_stands_once"),
            models.UniqueConstraint(fields=["report", "position"], name="returns_returnrow_position_is_taken_once"),
            models.CheckConstraint(
                condition=Q(place__regex=r"^[1-9][0-9]{5}\Z"), name="returns_returnrow_place_is_a_code"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="returns_returnrow_label_is_not_empty"),
        ]
        indexes = [models.Index(fields=["place", "report"], name="returns_row_by_place")]

    def __str__(self) -> str:
        return self.label

    @cached_property
    def numbers(self) -> Row:
        """What it states, as the rules know it."""
        kinds = COUNTY.by_key()
        cells = {key: read_stated(text, kinds[key].kind, in_percent=True) for key, text in self.stated.items()}
        return Row(self.label, cells)

    @property
    def unit(self) -> Unit:
        """The unit of its amounts."""
        return UNITS[self.report.unit]


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, viewer: Actor, permission: str = ReturnPermission.VIEW) -> FindingQuerySet:
        """Findings on rows of the counties in which the viewer holds ``permission``."""
        return self.filter(visible(viewer, permission, programme="row__report__programme__code", place="row__place"))

    def open(self) -> FindingQuerySet:
        """Findings that nobody has explained."""
        return self.filter(state=FindingState.OPEN.value)

    def worst_first(self) -> FindingQuerySet:
        """In the order in which the checks reported them."""
        return self.order_by("position", "pk")


class Finding(models.Model):
    """A finding (``values.Finding``) on one cell, and what the county says to it.

    ``content`` holds its sentences as plain JSON, see ``values.content_of``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    row = models.ForeignKey(ReturnRow, on_delete=models.PROTECT, related_name="findings")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    measure = models.CharField(max_length=40)
    severity = models.CharField(max_length=10)
    confidence = models.CharField(max_length=10)
    stated = models.CharField(max_length=40, blank=True)
    suggested = models.CharField(max_length=40, blank=True)
    content = models.JSONField()
    state = models.CharField(max_length=10, default=FindingState.OPEN.value)
    explained_at = models.DateTimeField(null=True)
    explained_by = models.CharField(max_length=100, blank=True)
    because = models.TextField(blank=True)

    objects = FindingQuerySet.as_manager()
    # On the page of its return: its number there, what its checks say, and whether the viewer may explain it.
    number = 0
    checks: tuple[Message, ...] = ()
    may_explain = False

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(CheckKind)), name="returns_finding_kind_is_known"),
            models.CheckConstraint(condition=Q(severity__in=list(Severity)), name="returns_finding_severity_is_known"),
            models.CheckConstraint(
                condition=Q(confidence__in=list(Confidence)), name="returns_finding_confidence_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=FindingState.OPEN.value, explained_at=None, explained_by="", because="")
                | (
                    Q(state=FindingState.EXPLAINED.value, explained_at__isnull=False)
                    & ~Q(explained_by="")
                    & ~Q(because="")
                ),
                name="returns_finding_explanation_says_who_when_and_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "row"], name="returns_finding_by_state")]

    def __str__(self) -> str:
        return f"{self.measure} {self.kind}"

    @property
    def at(self) -> At:
        """The cell that is doubted."""
        return At(self.row.label, self.measure)

    @property
    def is_error(self) -> bool:
        """Whether a number must be wrong, not only may be."""
        return self.severity == Severity.ERROR

    @property
    def message(self) -> Message:
        """What is doubted."""
        said: Message = from_plain(self.content["message"])
        return said

    def subject(self) -> Subject:
        """The finding in the trail."""
        return Subject("returns.finding", self.uuid, self.row.report.programme.code, self.row.place)
