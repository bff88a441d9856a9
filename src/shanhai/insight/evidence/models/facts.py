# SPDX-License-Identifier: Apache-2.0
"""What is measured, and the values that have been stated of it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from shanhai.insight.evidence.models.recorded import Evidenced, EvidencedQuerySet
from shanhai.insight.evidence.models.sources import FoundClaim
from shanhai.insight.evidence.values import PROVENANCES, Bound, PeriodKind
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import gettext_noop


class Indicator(Evidenced):
    """What a number measures, in ``unit`` (a key of ``kernel.units``), by words for its formula and its bases.

    ``figure_key`` is the figure of ours that computes it, "" where none does.
    """

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=20)
    formula = models.CharField(max_length=300, blank=True)
    bases = models.CharField(max_length=300, blank=True)
    period = models.CharField(max_length=10)
    owner = models.CharField(max_length=60, blank=True)
    figure_key = models.CharField(max_length=80, blank=True)
    provenance = models.CharField(max_length=10, blank=True)
    missing = gettext_noop("没有找到这个指标。请从指标页重新进入。")

    objects = EvidencedQuerySet["Indicator"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], name="evidence_indicator_code_is_unique_in_its_programme"
            ),
            models.UniqueConstraint(
                fields=["programme", "name"], name="evidence_indicator_is_named_once_in_its_programme"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="evidence_indicator_code_is_a_slug"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(unit=""), name="evidence_indicator_says_what_it_measures"
            ),
            models.CheckConstraint(condition=Q(period__in=list(PeriodKind)), name="evidence_indicator_period_is_known"),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="evidence_indicator_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fact(Evidenced):
    """A stated value of an indicator for a place ("" for the whole programme) and the days of a period, both included.

    It comes from a claim, or was entered with a document that ``says`` so. ``known_on`` is the day from which it was
    known. It is never altered: what is printed instead ``replaces`` it, and one whose claim is taken back is withdrawn.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="facts")
    place = models.CharField(max_length=12, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    upper = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    step = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    bound = models.CharField(max_length=10, default=Bound.EXACT)
    strength = models.CharField(max_length=10)
    known_on = models.DateField()
    claim = models.ForeignKey(FoundClaim, on_delete=models.PROTECT, null=True, related_name="facts")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="+")
    says = models.CharField(max_length=300, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    provenance = models.CharField(max_length=10, blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)
    path = "indicator__programme__"
    missing = gettext_noop("没有找到这个事实。请从指标页重新进入。")

    objects = EvidencedQuerySet["Fact"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(claim__isnull=False) & Q(document=None) & Q(says=""))
                | (Q(claim=None) & Q(document__isnull=False) & ~Q(says="")),
                name="evidence_fact_comes_from_a_claim_or_from_a_document",
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(withdrawn_at=None), name="evidence_fact_of_a_claim_is_in_force_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="evidence_fact_period_ends_not_before_it_starts"
            ),
            models.CheckConstraint(condition=Q(bound__in=list(Bound)), name="evidence_fact_bound_is_known"),
            models.CheckConstraint(condition=Q(strength__in=list(Strength)), name="evidence_fact_strength_is_known"),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="evidence_fact_provenance_is_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="", withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="") & ~Q(withdrawn_because="")),
                name="evidence_fact_withdrawal_has_an_instant_a_person_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="evidence_fact_does_not_replace_itself"
            ),
        ]
        indexes = [models.Index(fields=["indicator", "-ends_on"], name="evidence_fact_by_period")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.starts_on}"

    @property
    def of(self) -> tuple[str, date, date]:
        """What facts of one indicator must share to stand side by side."""
        return self.place, self.starts_on, self.ends_on
