# SPDX-License-Identifier: Apache-2.0
"""A programme, the batches of people it sends, and the sources of its money."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, Money
from shanhai.planning.programmes.values import PROVENANCES


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, viewer: Actor) -> ProgrammeQuerySet:
        """Programmes within the scopes in which the viewer may see programmes."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW, programme=""))


class Programme(models.Model):
    """One side supports another from ``starts_on`` to ``ends_on``, both days included."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
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

    objects = ProgrammeQuerySet.as_manager()

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
