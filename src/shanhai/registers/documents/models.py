# SPDX-License-Identifier: Apache-2.0
"""Stored files, and what each of them proves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.values import Kind

# Each person who puts a file in leaves a proof with this subject: two may send the same bytes, and each sees them.
UPLOAD = "documents.upload"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, viewer: Actor) -> DocumentQuerySet:
        """Files that prove something the viewer may see, and those the viewer put in."""
        proofs = Proof.objects.in_force().visible_to(viewer)
        own = Proof.objects.filter(subject_type=UPLOAD, subject_id=viewer.ref)
        return self.filter(Q(pk__in=proofs.values("document_id")) | Q(pk__in=own.values("document_id")))


class Document(models.Model):
    """A file by its content: the bytes lie in the documents folder under their SHA-256, once, whoever sends them."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    uploaded_by = models.CharField(max_length=100)
    uploaded_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="documents_document_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_document_is_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}\Z"), name="documents_document_hash_is_a_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class ProofQuerySet(models.QuerySet["Proof"]):
    def in_force(self) -> ProofQuerySet:
        """Proofs that have not been withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, viewer: Actor) -> ProofQuerySet:
        """Proofs within the scopes in which the viewer may see documents."""
        return self.filter(visible(viewer, DocumentPermission.VIEW))


class Proof(models.Model):
    """A file proves a thing: ``subject_type`` and ``subject_id`` name it ("projects.project", its uuid).

    ``label`` is the name the file came with; one file may come under many names and prove many things.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="proofs")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    programme = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=12, blank=True)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, blank=True)
    added_by = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ProofQuerySet.as_manager()
    # Whether the viewer that ``list_proofs`` was asked for may take it back.
    may_withdraw = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "subject_type", "subject_id", "kind"],
                condition=Q(withdrawn_at=None),
                name="documents_proof_of_a_subject_is_given_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="documents_proof_withdrawal_has_a_day_and_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(subject_type="") & ~Q(subject_id=""), name="documents_proof_names_its_subject"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="documents_proof_label_is_not_empty"),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="documents_proof_by_subject")]

    def __str__(self) -> str:
        return self.label

    def subject(self) -> Subject:
        """What the trail says of it is about the thing that it proves."""
        return Subject(self.subject_type, self.subject_id, self.programme, self.place)

    def facts(self) -> dict[str, str]:
        """What the trail keeps of it."""
        return {"document": str(self.document.uuid), "kind": self.kind}

    def news(self) -> dict[str, str]:
        """What others hear of it."""
        return {"proof": str(self.uuid), "programme": self.programme, "place": self.place}
