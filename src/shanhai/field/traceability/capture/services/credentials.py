# SPDX-License-Identifier: Apache-2.0
"""Giving and revoking the credentials with which programs capture and ask for a party."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base import programs
from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.database.services import update_if_free
from shanhai.field.traceability.models import Credential, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def give_credential(*, party: Party, name: str, write: bool, by: Actor, at: datetime) -> str:
    """Make a bearer token and answer it, the only time that it is told: its hash is kept.

    It asks for the party, and with ``write`` captures. Raises BadInput, NotAllowed.
    """
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    called = programs.checked_name(name)
    token = secrets.token_urlsafe(32)
    made = Credential.objects.create(
        party=party, name=called, hashed=programs.hashed(token), write=write, made_at=at, made_by=by.ref
    )
    changes = {"name": called, "write": write}
    audit.record(by=by, at=at, action="traceability.credential.given", on=made.subject(), changes=changes)
    return token


@transaction.atomic
def revoke_credential(*, party: Party, credential: UUID, by: Actor, at: datetime) -> Credential:
    """End a credential at once; once revoked it stays so. Raises NotVisible, NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    missing = gettext_noop("没有找到这个凭证。请从经营主体的页面重新进入。")
    row = row_of(Credential.objects.filter(party=party), credential, missing, lock=True)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        changes = {"name": row.name}
        audit.record(by=by, at=at, action="traceability.credential.revoked", on=row.subject(), changes=changes)
    return row


def note_use(*, credential: Credential, by: Actor, at: datetime) -> None:
    """Note on which day a credential was shown; nothing where that is noted."""
    if credential.used_on != (today := local_date(at)):
        update_if_free(Credential.objects.filter(pk=credential.pk), used_on=today)
