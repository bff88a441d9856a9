# SPDX-License-Identifier: Apache-2.0
"""Whose a bearer token is, and which credentials there are."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.programs import hashed
from shanhai.field.traceability.models import Credential, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import NOBODY, Actor, Scope
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop


class NotKnown(NotAllowed):
    """Nobody knows who asks: the token is none, or has been revoked."""

    code = "traceability.token_unknown"
    status = 401


def credential_of_token(token: str) -> Credential:
    """The credential that somebody shows, with its party. One query; a revoked one ends at once. Raises NotKnown."""
    found = _live().filter(hashed=hashed(token)).first()
    if found is None:
        raise NotKnown(gettext_noop("令牌不对，或者已经收回。请向指挥部办公室要一个新的。"))
    return found


def actor_of(credential: Credential) -> Actor:
    """Who asks with a credential: its party, which captures where it may write and sees what is opened to it."""
    party = credential.party
    scopes = (Scope(party.programme.code, party.place),)
    grants = {TracePermission.RECORD.value: scopes} if credential.write else {}
    ref = f"{Credential.REF}{credential.uuid}@{party.pk}"
    return Actor(ref, name=credential.name, grants=grants, chosen=party.programme.code)


def actor_of_ref(ref: str) -> Actor:
    """Who the trail calls ``ref``, with what they may do now; NOBODY once the credential is revoked."""
    found = _live().filter(uuid=UUID(ref.removeprefix(Credential.REF).partition("@")[0])).first()
    return NOBODY if found is None else actor_of(found)


def live_credentials(*, party: Party) -> QuerySet[Credential]:
    """The credentials of a party that are not revoked, newest first."""
    return party.credentials.filter(revoked_at=None).order_by("-made_at", "-pk")


def _live() -> QuerySet[Credential]:
    return Credential.objects.filter(revoked_at=None).select_related("party__programme")
