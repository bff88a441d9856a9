# SPDX-License-Identifier: Apache-2.0
"""Saying what a stored file proves, and taking that back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents import rules
from shanhai.registers.documents.models import Document, Proof
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.selectors.documents import get_proof


@transaction.atomic
def attach_proof(
    *,
    by: Actor,
    at: datetime,
    document: Document,
    subject_type: str,
    subject_id: object,
    label: str,
    programme: str = "",
    place: str = "",
    kind: str = "",
) -> Proof:
    """Say that a stored file proves a thing; saying it twice changes nothing. Raises NotAllowed, NameNotAccepted."""
    by.require(DocumentPermission.UPLOAD, programme=programme or None, place=place or None)

    proof, new = Proof.objects.in_force().get_or_create(
        document=document,
        subject_type=subject_type,
        subject_id=str(subject_id),
        kind=kind,
        withdrawn_at=None,
        defaults={
            "label": rules.checked_name(label),
            "programme": programme,
            "place": place,
            "added_by": by.ref,
            "added_at": at,
        },
    )
    if new:
        _record(by, at, "attached", proof)
    return proof


@transaction.atomic
def withdraw_proof(*, by: Actor, at: datetime, proof: UUID, because: str) -> Proof:
    """Take back that a file proves a thing; file and row stay.

    Raises NotVisible, NotAllowed, and BadInput without a reason.
    """
    found = get_proof(viewer=by, uuid=proof, lock=True)
    by.require(DocumentPermission.UPLOAD, programme=found.programme or None, place=found.place or None)
    if not because.strip():
        raise BadInput(gettext_noop("请写明为什么撤回。"))

    found.withdrawn_at, found.withdrawn_by = at, by.ref
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record(by, at, "withdrawn", found, because=because)
    return found


def _record(by: Actor, at: datetime, act: str, proof: Proof, because: str = "") -> None:
    audit.record(
        by=by,
        at=at,
        action=f"documents.proof.{act}",
        subject_type=proof.subject_type,
        subject_id=proof.subject_id,
        programme=proof.programme,
        place=proof.place,
        changes={"document": str(proof.document.uuid), "kind": proof.kind},
        because=because,
    )
