# SPDX-License-Identifier: Apache-2.0
"""A programme, its batches and fund sources, what was published about it, and the table of livelihood categories."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.values import PROVENANCES


class Recorded(models.Model):
    """What is found by its uuid and written about in the trail; ``missing`` is what is said where it is not found.

    ``path`` is how a row names its programme, to be followed by a field of that.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    path: ClassVar[str] = "programme__"
    missing: ClassVar[str]
    kind: ClassVar[str] = ""

    class Meta:
        abstract = True

    def subject(self) -> Subject:
        """The row as a subject of the trail, under its ``kind`` where that is not the name of its model."""
        programme: Any = self
        for step in self.path.split("__")[:-1]:
            programme = getattr(programme, step)
        return Subject(self.kind or self._meta.label_lower, self.uuid, programme.code)


M = TypeVar("M", bound=Recorded)


class OfProgramme(models.QuerySet[M]):
    """Programmes, and what belongs to one: whoever sees the programme sees it."""

    def visible_to(self, viewer: Actor) -> Self:
        """Those of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW, programme=self.model.path))

    def one(self, viewer: Actor, uuid: UUID) -> M:
        """The row of that uuid, with its programme. Raises NotVisible."""
        row = self.visible_to(viewer).select_related(self.model.path.removesuffix("__")).filter(uuid=uuid).first()
        if row is None:
            raise NotVisible(self.model.missing)
        return row

    def held(self, by: Actor, uuid: UUID) -> M:
        """The same row, held until the transaction ends. Raises NotVisible."""
        return self.select_for_update(of=("self",)).one(by, uuid)

    def managed(self, by: Actor, uuid: UUID) -> M:
        """The same held row, for who manages its programme. Raises NotVisible, NotAllowed."""
        row = self.held(by, uuid)
        by.require(ProgrammePermission.MANAGE, programme=row.subject().programme)
        return row


class Programme(Recorded):
    """One side supports another from ``starts_on`` to ``ends_on``, both days included."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    supporter = models.ForeignKey("places.Division", on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey("places.Division", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    five_year_plan_fen = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default=CURRENCY)
    provenance = models.CharField(max_length=10, blank=True)
    path = ""

    objects = OfProgramme["Programme"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="programmes_programme_code_is_a_slug"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_programme_name_is_not_empty"),
            models.CheckConstraint(
                condition=~Q(supporter=F("recipient")), name="programmes_programme_supports_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="programmes_programme_ends_not_before_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(five_year_plan_fen__gte=0), name="programmes_programme_five_year_plan_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}\Z"), name="programmes_programme_currency_is_three_letters"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_programme_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def five_year_plan(self) -> Money:
        """What the five-year plan sets aside; zero when none has been stated."""
        return Money(self.five_year_plan_fen, self.currency)


class Batch(models.Model):
    """A batch of seconded people.

    Its number counts within (supporter, region of the recipient): the ninth batch to Tibet is another one than the
    ninth to Xinjiang. Both codes are copied from the programme, whose sides never change, for the constraint's sake.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField()
    supporter_code = models.CharField(max_length=6)
    region_code = models.CharField(max_length=2)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supporter_code", "region_code", "number"],
                name="programmes_batch_number_is_unique_in_supporter_and_region",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="programmes_batch_number_starts_at_one"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="programmes_batch_ends_not_before_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.number}"


class FundSource(models.Model):
    """Where money of a programme comes from (the province's budget, a city's, donations); the ledger knows its code."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="fund_sources")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], name="programmes_fundsource_code_is_unique_in_its_programme"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="programmes_fundsource_code_is_a_slug"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_fundsource_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class PublicStatement(Recorded):
    """One figure of one publication: ``value`` in ``unit`` (a key of ``kernel.units``), said on a day in an outlet.

    ``position`` is where in the text it stands; ``flags`` are keys of ``values.StatementFlag``.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="statements")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=20)
    on = models.DateField()
    outlet = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    position = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    flags = models.JSONField(default=list)
    provenance = models.CharField(max_length=10, default="public")
    kind = "programmes.public_statement"

    objects = OfProgramme["PublicStatement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"], name="programmes_publicstatement_key_is_unique_in_its_programme"
            ),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(unit="") & ~Q(outlet="") & ~Q(title=""),
                name="programmes_publicstatement_says_what_and_where",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_publicstatement_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Classification(Recorded):
    """A version of the table, in force from a day until a later version is.

    ``approved_by_document`` is the uuid of the stored document that approved it; a version without one is a sample.
    """

    version = models.CharField(max_length=40, unique=True)
    approved_by_document = models.UUIDField(null=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(version=""), name="programmes_classification_version_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.version

    def subject(self) -> Subject:
        """The row as a subject of the trail."""
        return Subject("programmes.classification", self.uuid)


class ClassificationItem(models.Model):
    """A category and how much of its money counts as livelihood unless an allocation line says otherwise."""

    classification = models.ForeignKey(Classification, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    livelihood_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["classification", "code"], name="programmes_classificationitem_code_is_unique_in_its_version"
            ),
            models.UniqueConstraint(
                fields=["classification", "position"],
                name="programmes_classificationitem_position_is_taken_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_classificationitem_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(livelihood_percent__lte=100),
                name="programmes_classificationitem_percent_is_at_most_a_hundred",
            ),
        ]

    def __str__(self) -> str:
        return self.name
