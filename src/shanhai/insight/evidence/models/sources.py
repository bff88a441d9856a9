# SPDX-License-Identifier: Apache-2.0
"""A publication as it was taken in, the numbers found in it, and what people have decided about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.insight.evidence.models.recorded import Evidenced, EvidencedQuerySet
from shanhai.insight.evidence.states import DECIDED, ClaimState
from shanhai.insight.evidence.values import PROVENANCES, Bound, Level, Meant
from shanhai.kernel.messages import gettext_noop


class Source(Evidenced):
    """A publication, never altered: its bytes are a document, ``text`` its characters as they were decoded.

    ``reading`` is the copy to read; its ``runs`` are [at, start, end] with ``at`` in the copy and the others in
    ``text``, where ``cuts`` ([start, end, why]), ``damage`` ([start, end]) and ``places`` ([start, where]) lie, too.
    ``reader`` is the version of what has read it. What is printed instead of it ``replaces`` it.
    """

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    outlet = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    url = models.URLField(max_length=500, blank=True)
    published_on = models.DateField()
    text = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64)
    markup = models.BooleanField(default=False)
    reading = models.TextField(blank=True)
    runs = models.JSONField(default=list)
    cuts = models.JSONField(default=list)
    damage = models.JSONField(default=list)
    places = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    reader = models.CharField(max_length=20)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    provenance = models.CharField(max_length=10, blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    missing = gettext_noop("没有找到这份材料，或者您的岗位看不到它。请从“证据”重新进入。")

    objects = EvidencedQuerySet["Source"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "document"], name="evidence_source_is_taken_in_once_in_a_programme"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(outlet=""), name="evidence_source_says_what_it_is_and_where_it_stood"
            ),
            models.CheckConstraint(condition=Q(level__in=list(Level)), name="evidence_source_level_is_known"),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="evidence_source_provenance_is_known"),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="evidence_source_does_not_replace_itself"
            ),
        ]
        indexes = [models.Index(fields=["programme", "-published_on"], name="evidence_source_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def named(self) -> str:
        """The outlet and the title, as a publication is cited."""
        return f"{self.outlet}《{self.title}》"


class FoundClaim(Evidenced):
    """A number that a source states, by its ``number`` in it; positions are characters of the source's text.

    ``value``, ``upper``, ``unit``, ``bound``, ``step`` are as ``texts`` read them. A correction leaves them as they are
    and says what is ``meant_…`` beside them.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    upper = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    unit = models.CharField(max_length=20, blank=True)
    bound = models.CharField(max_length=10)
    step = models.DecimalField(max_digits=24, decimal_places=6)
    text = models.CharField(max_length=120)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    sentence_start = models.PositiveIntegerField()
    sentence_end = models.PositiveIntegerField()
    subject_phrase = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    damaged = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=ClaimState.PROPOSED)
    meant_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    meant_upper = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    meant_unit = models.CharField(max_length=20, blank=True)
    meant_bound = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)
    path = "source__programme__"
    missing = gettext_noop("没有找到这个数。请从“证据”重新进入。")

    objects = EvidencedQuerySet["FoundClaim"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="evidence_foundclaim_number_is_used_once"),
            models.UniqueConstraint(fields=["source", "start", "end"], name="evidence_foundclaim_is_found_once"),
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), sentence_start__lte=F("start"), sentence_end__gte=F("end")),
                name="evidence_foundclaim_stands_in_its_sentence",
            ),
            models.CheckConstraint(condition=Q(bound__in=list(Bound)), name="evidence_foundclaim_bound_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(ClaimState)), name="evidence_foundclaim_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=ClaimState.PROPOSED, decided_at=None, decided_by="")
                | (Q(state__in=sorted(DECIDED), decided_at__isnull=False) & ~Q(decided_by="")),
                name="evidence_foundclaim_decision_has_an_instant_and_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.CORRECTED, meant_value__isnull=False, meant_bound__in=list(Bound))
                | (
                    ~Q(state=ClaimState.CORRECTED)
                    & Q(meant_value=None, meant_upper=None, meant_unit="", meant_bound="")
                ),
                name="evidence_foundclaim_says_what_is_meant_where_it_is_corrected",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClaimState.ACCEPTED, damaged=True, because="")
                & ~Q(state__in=[ClaimState.CORRECTED, ClaimState.REJECTED], because=""),
                name="evidence_foundclaim_says_why_unless_it_stands_whole",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="evidence_claim_state")]

    def __str__(self) -> str:
        return self.text

    @property
    def stated(self) -> Meant:
        """What the text says."""
        return Meant(self.value, self.unit, Bound(self.bound), self.upper)

    @property
    def meant(self) -> Meant | None:
        """What a correction says instead; None where there is none."""
        if self.meant_value is None:
            return None
        return Meant(self.meant_value, self.meant_unit, Bound(self.meant_bound), self.meant_upper)

    @property
    def url(self) -> str:
        """The page on which its sentence stands, opened there."""
        return f"/evidence/sources/{self.source.uuid}/?claim={self.number}#c-{self.number}"

    @property
    def sentence(self) -> str:
        """The characters of its sentence."""
        return self.source.text[self.sentence_start : self.sentence_end].strip()


class ClaimMove(Move):
    """A decision about a claim, or its being taken back."""

    claim = models.ForeignKey(FoundClaim, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(ClaimState, name="evidence_claimmove_goes_from_one_known_state_to_another")]
