# SPDX-License-Identifier: Apache-2.0
"""Parties are registered, and who records for them is named, by who manages traceability."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.base.audit import services as audit
from shanhai.field.traceability.models import Party, Recorder
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import PartyKind
from shanhai.field.traceability.store.rules.keys import keys_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.codes.issue.services import issue
from shanhai.registers.organisations.selectors import get_organisation


@transaction.atomic
def register_party(
    *,
    programme: str,
    organisation: UUID,
    kind: str,
    place: str = "",
    national_code: str = "",
    provenance: str = "",
    by: Actor,
    at: datetime,
) -> Party:
    """Register an organisation as a party of a programme's chains, with a code of its own.

    Raises BadInput, Conflict for one that is a party there already, NotAllowed, NotVisible.
    """
    of = get_programme(viewer=by, code=programme)
    by.require(TracePermission.MANAGE, programme=programme, place=place or None)
    who = get_organisation(viewer=by, uuid=organisation)
    if kind not in set(PartyKind):
        text = gettext_noop("没有这一类主体。请重新选。")
        raise BadInput(text, "traceability.party_kind", field="kind")
    code = issue(kind="party", count=1, organisation=who, programme=programme, by=by, at=at).codes.get()
    party = Party(
        organisation=who, programme=of, place=place, kind=kind, identifier=code.identifier,
        key=keys_of(code.identifier)[0], national_code=national_code.strip()[:40], provenance=provenance,
    )  # fmt: skip
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError:
        text = gettext_noop("“%(name)s”在这项对口支援里已经登记。请打开它。")
        raise Conflict(text, "traceability.party_there", field="organisation", name=who.name) from None
    changes = {"organisation": str(who.uuid), "kind": kind}
    audit.record(by=by, at=at, action="traceability.party.registered", on=party.subject(), changes=changes)
    return party


@transaction.atomic
def name_recorder(*, party: Party, user: UUID, by: Actor, at: datetime) -> Recorder:
    """Let a user record for a party, while they hold the permission there. Raises BadInput, NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    who = accounts.find_user(ref=accounts.user_ref(user=user))
    if who is None or not who.is_active:
        text = gettext_noop("没有找到这个账号，或者已经停用。请重新选。")
        raise BadInput(text, "traceability.recorder_unknown", field="user")
    named, fresh = Recorder.objects.get_or_create(party=party, user=who)
    if fresh:
        changes = {"recorder": str(who.uuid)}
        audit.record(by=by, at=at, action="traceability.party.recorder_named", on=party.subject(), changes=changes)
    return named
