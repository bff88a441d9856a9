# SPDX-License-Identifier: Apache-2.0
"""Codes that were given out, in batches; their way, and that from holder to holder.

A step is taken by a run of a batch, the codes numbered ``first`` to ``last``: so ten thousand labels that are activated
have one row of history. It is a step of those of the run that were in its old state.
"""

from __future__ import annotations

from itertools import chain

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import registries
from shanhai.kernel.subjects import Subject
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState


def acted_for(viewer: Actor) -> set[int]:
    """The organisations for which the viewer acts, as the apps say that know."""
    return set(chain.from_iterable(one.organisations(viewer=viewer) for one in registries.acting))


class CodeBatchQuerySet(models.QuerySet["CodeBatch"]):
    def visible_to(self, viewer: Actor) -> CodeBatchQuerySet:
        """Those in a scope in which the viewer sees codes; of one who only issues, their own and their organisations'.

        An organisation's are those that were issued for it, or of which it holds some.
        """
        own = acted_for(viewer)
        held = Q(pk__in=Code.objects.filter(holder__in=own).values("batch")) if own else Q(pk__in=())
        theirs = Q(issued_by=viewer.ref) | Q(organisation__in=own) | held
        return self.filter(visible(viewer, CodePermission.VIEW) | visible(viewer, CodePermission.ISSUE) & theirs)


class CodeBatch(models.Model):
    """Codes of one ``kind`` that were issued together for an organisation; ``thing`` is what they stand for.

    ``thing`` is a type and an id ("traceability.lot:…"), "" where each stands for one of its own. ``stem`` is what
    their addresses begin with. ``programme`` is a programme's code, ``place`` a GB/T 2260 code or "". ``signed`` ones
    carry a signature; ``covered`` ones have a covered code each, printed once with their sheet.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=31)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=40)
    place = models.CharField(max_length=6, blank=True)
    thing = models.CharField(max_length=200, blank=True)
    stem = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    signed = models.BooleanField(default=False)
    covered = models.BooleanField(default=False)
    issued_by = models.CharField(max_length=100)
    issued_at = models.DateTimeField()

    objects = CodeBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="codes_codebatch_has_a_code"),
            models.CheckConstraint(condition=~Q(programme=""), name="codes_codebatch_belongs_to_a_programme"),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z][a-z-]{0,30}\Z"), name="codes_codebatch_kind_is_a_word"
            ),
        ]
        indexes = [models.Index(fields=["programme", "-id"], name="codes_codebatch_by_programme")]

    def __str__(self) -> str:
        return f"{self.kind} {self.issued_at:%Y-%m-%d} {self.count}"

    def subject(self) -> Subject:
        """What acts on it and on its codes are about."""
        return Subject("codes.codebatch", self.uuid, self.programme, self.place)


class CodeQuerySet(models.QuerySet["Code"]):
    def visible_to(self, viewer: Actor) -> CodeQuerySet:
        """Those of the batches that the viewer sees."""
        return self.filter(batch__in=CodeBatch.objects.visible_to(viewer))

    def handled_by(self, viewer: Actor) -> CodeQuerySet:
        """Those that the viewer may print, activate, hand on and revoke, where they may issue.

        Of one who does not see all of the programme, those that an organisation of theirs holds, or still the one for
        which they issued them.
        """
        all_there = visible(viewer, CodePermission.VIEW, programme="batch__programme", place="batch__place")
        issued = Q(batch__issued_by=viewer.ref, holder=F("batch__organisation"))
        return self.filter(all_there | Q(holder__in=acted_for(viewer)) | issued)


class Code(models.Model):
    """An own code: ``signs`` with their check character, unique in the kind; ``number`` is its place in the batch."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, related_name="codes", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=31)
    signs = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=CodeState.ISSUED)
    holder = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signs", "kind"], name="codes_code_is_given_out_once"),
            models.UniqueConstraint(fields=["batch", "number"], name="codes_code_has_a_number_of_its_own_in_its_batch"),
            models.CheckConstraint(condition=Q(state__in=list(CodeState)), name="codes_code_state_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="codes_code_is_numbered_from_one"),
            models.CheckConstraint(condition=Q(signs__regex=r"^[0-9A-Z]{2,40}\Z"), name="codes_code_signs_are_plain"),
        ]
        indexes = [models.Index(fields=["batch", "state"], name="codes_code_by_state")]

    def __str__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """Its path below the stem: /x/kind/signs."""
        return f"/x/{self.kind}/{self.signs}"

    @property
    def identifier(self) -> str:
        """Its canonical address, as events name it."""
        return f"{self.batch.stem}{self.path}"


class CodeMove(Move):
    """A step of the codes ``first`` to ``last`` of a batch, as far as they were in the old state."""

    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, related_name="moves")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            Move.between(CodeState, name="codes_codemove_goes_from_one_known_state_to_another"),
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="codes_codemove_is_of_a_run"),
        ]


class CodeTransfer(models.Model):
    """That the codes ``first`` to ``last`` of a batch went from one holder to another, as far as the giver held."""

    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, related_name="transfers")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    giver = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")), name="codes_codetransfer_is_of_a_run"
            ),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="codes_codetransfer_goes_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.first}-{self.last}"
