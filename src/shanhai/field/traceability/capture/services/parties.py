# SPDX-License-Identifier: Apache-2.0
"""Registering the parties of chains, and naming who records for them."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.field.traceability.events.rules.identifiers import canonical, wrong_check_digit
from shanhai.field.traceability.models import Party, Recorder
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import PartyKind
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.places.selectors import get_division

# Without those that are easily taken for another.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def register_party(
    *,
    programme: str,
    organisation: UUID,
    kind: str,
    place: str,
    identifier: str = "",
    national_code: str = "",
    provenance: str = "",
    by: Actor,
    at: datetime,
) -> Party:
    """Make an organisation a party of chains in a programme (its code), at a division (its code).

    ``identifier`` is a GLN of the party that GS1 gave (13 digits, a URN or a link); without one it gets an own code.
    Raises BadInput, Conflict for one that is registered or an identifier that is taken, NotVisible, NotAllowed.
    """
    found = get_programme(viewer=by, code=programme)
    division = get_division(place)
    by.require(TracePermission.MANAGE, programme=programme, place=division.code)
    if kind not in set(PartyKind):
        raise BadInput(gettext_noop("请选择它主要做什么。"), "traceability.party_kind", field="kind")
    if len(national_code.strip()) > 40 or not national_code.isprintable():
        text = gettext_noop("主体码最多 40 个字符，不能有看不见的字符。请核对。")
        raise BadInput(text, "traceability.national_code", field="national_code")
    of = get_organisation(viewer=by, uuid=organisation)
    named = _given(identifier) if identifier.strip() else _own()
    if Party.objects.filter(programme=found, organisation=of).exists():
        text = gettext_noop("“%(name)s”已经登记过。请从列表里打开它。")
        raise Conflict(text, "traceability.party_registered", field="organisation", name=of.name)
    if Party.objects.filter(identifier=named).exists() or Party.objects.filter(key=key_of(named)).exists():
        text = gettext_noop("这个标识已经是别的主体的。请核对号码。")
        raise Conflict(text, "traceability.identifier_taken", field="identifier")
    made = Party.objects.create(
        organisation=of,
        programme=found,
        place=division.code,
        kind=kind,
        identifier=named,
        key=key_of(named),
        national_code=national_code.strip(),
        provenance=provenance,
    )
    changes = {"organisation": of.name, "identifier": named, "national_code": made.national_code}
    audit.record(by=by, at=at, action="traceability.party.registered", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def end_party(*, party: Party, by: Actor, at: datetime) -> Party:
    """A party records no more from today on; what it recorded stays. Raises NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    if party.ended_on is None:
        party.ended_on = local_date(at)
        party.save(update_fields=["ended_on"])
        audit.record(by=by, at=at, action="traceability.party.ended", on=party.subject())
    return party


@transaction.atomic
def add_recorder(*, party: Party, user: UUID, by: Actor, at: datetime) -> Recorder:
    """Name a user who records for a party. Raises NotVisible for no such user, NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    found = find_user(ref=user_ref(user=user))
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个账号。请从列表里选。"), "traceability.no_user", field="user")
    made, new = Recorder.objects.get_or_create(party=party, user=found)
    if new:
        changes = {"recorder": found.ref}
        audit.record(by=by, at=at, action="traceability.party.recorder_named", on=party.subject(), changes=changes)
    return made


@transaction.atomic
def release_recorder(*, party: Party, recorder: int, by: Actor, at: datetime) -> bool:
    """A user records no more for a party; whether they did. Raises NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    row = Recorder.objects.filter(party=party, pk=recorder).select_related("user").first()
    if row is not None:
        changes = {"recorder": row.user.ref}
        row.delete()
        audit.record(by=by, at=at, action="traceability.party.recorder_released", on=party.subject(), changes=changes)
    return row is not None


def _own() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(9))
    return make_own("party", signs, settings.CODES_STEM).canonical


def _given(text: str) -> str:
    """The canonical spelling of a GLN of a party. Raises BadInput."""
    said = text.strip()
    link = canonical(f"https://id.gs1.org/417/{said}" if said.isascii() and said.isdecimal() else said)
    if not link.startswith("https://id.gs1.org/417/") or wrong_check_digit(link) or len(link) != 36:
        words = gettext_noop("请写 13 位的参与方代码（GLN），校验位要对；没有就空着，会发一个自己的码。")
        raise BadInput(words, "traceability.party_identifier", field="identifier")
    return link
