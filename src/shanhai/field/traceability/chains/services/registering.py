# SPDX-License-Identifier: Apache-2.0
"""Product classes are loaded; zones, their closures and permits are registered by who manages traceability."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.field.traceability.chains.rules.definitions import KEY, read_definition
from shanhai.field.traceability.chains.rules.limits import checked_holder
from shanhai.field.traceability.models import Closure, Party, Permit, ProductClass, Zone
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotVisible, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.codes.issue.services import issue
from shanhai.registers.places.selectors import get_division

MOST_GRAMS = 10**10


@transaction.atomic
def load_product(*, content: bytes, programme: str = "", by: Actor, at: datetime) -> ProductClass:
    """Load a version of a product class for a programme, or for all with "": the same content again changes nothing.

    A new version follows the last: lots keep the one that they were made under. Raises BadInput with the place of all
    faults, Conflict for a version that is there with other content or leaves one out, NotAllowed, NotVisible.
    """
    by.require(TracePermission.MANAGE, programme=programme or None)
    of = get_programme(viewer=by, code=programme, lock=True) if programme else None
    found = read_definition(content)
    versions = ProductClass.objects.filter(programme=of, key=found.key).order_by("-version")
    last = versions.first()
    same = next((one for one in versions if one.version == found.version), None)
    raw = json.loads(content)
    if same is not None and same.definition == raw:
        return same
    if found.version != (last.version if last else 0) + 1:
        text = gettext_noop("“%(key)s”现在是第 %(last)s 版。改动后请把 version 写成 %(next)s。")
        versions_said = {"last": last.version if last else 0, "next": (last.version if last else 0) + 1}
        raise Conflict(text, "traceability.definition_version", field="version", key=found.key, **versions_said)
    made = ProductClass.objects.create(
        programme=of, key=found.key, version=found.version, definition=raw, loaded_at=at, loaded_by=by.ref
    )
    changes = {"version": found.version, "steps": len(found.steps)}
    audit.record(by=by, at=at, action="traceability.product.loaded", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def register_zone(
    *,
    programme: str,
    product: str,
    code: str,
    name: str,
    place: str,
    party: Party,
    point: str = "",
    provenance: str = "",
    by: Actor,
    at: datetime,
) -> Zone:
    """Register where may be collected, with its point; ``party`` is who its code is issued for.

    Raises BadInput with all faults, Conflict for a code that is used, NotAllowed, NotVisible.
    """
    of, faults = get_programme(viewer=by, code=programme), Faults()
    by.require(TracePermission.MANAGE, programme=programme, place=place)
    with faults.of("code"):
        if not KEY.fullmatch(code):
            raise BadInput(gettext_noop("代码用小写字母、数字、- 和 _，最多 40 个。"), "traceability.zone_code")
    with faults.of("name"):
        name = _text(name, 100)
    with faults.of("place"):
        get_division(place)
    faults.tell()
    made_code = issue(kind="zone", count=1, organisation=party.organisation, programme=programme, by=by, at=at)
    identifier = made_code.codes.get().identifier
    zone = Zone(
        programme=of, product=product, code=code, name=name, place=place, point=point.strip()[:100],
        identifier=identifier, provenance=provenance,
    )  # fmt: skip
    try:
        with transaction.atomic():
            zone.save()
    except IntegrityError:
        text = gettext_noop("已经有代码为“%(code)s”的采集区。请换一个代码。")
        raise Conflict(text, "traceability.zone_there", field="code", code=code) from None
    changes = {"name": name, "product": product}
    audit.record(by=by, at=at, action="traceability.zone.registered", on=zone.subject(), changes=changes)
    return zone


@transaction.atomic
def close_zone(*, zone: UUID, starts_on: date, ends_on: date, because: str, by: Actor, at: datetime) -> Closure:
    """Say that nobody collects in a zone on these days. What was recorded of them already stays.

    Raises BadInput, NotAllowed, NotVisible.
    """
    found = Zone.objects.visible_to(by).filter(uuid=zone).select_related("programme").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个采集区。请从采集证页重新进入。"))
    by.require(TracePermission.MANAGE, programme=found.programme.code, place=found.place)
    because = checked_reason(because, gettext_noop("请写明为什么禁采。"), "traceability", most=200)
    if ends_on < starts_on:
        text = gettext_noop("止日 %(last)s 早于起日 %(first)s。请核对。")
        ends = {"first": starts_on.isoformat(), "last": ends_on.isoformat()}
        raise BadInput(text, "traceability.days_reversed", field="ends_on", **ends)
    closure = Closure.objects.create(zone=found, starts_on=starts_on, ends_on=ends_on, because=because)
    changes = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    on = found.subject()
    audit.record(by=by, at=at, action="traceability.zone.closed", on=on, changes=changes, because=because)
    return closure


@transaction.atomic
def register_permit(
    *,
    party: Party,
    zone: UUID,
    number: str,
    holder: str,
    starts_on: date,
    ends_on: date,
    grams: int,
    issuer: str,
    provenance: str = "",
    by: Actor,
    at: datetime,
) -> Permit:
    """Register that a holder (a sign, no name) may collect so many grams in a zone; ``party`` records it for them.

    Raises BadInput with all faults, Conflict for a number that is used and for a second permit of a holder in a
    season, NotAllowed, NotVisible.
    """
    within = Zone.objects.visible_to(by).filter(uuid=zone, programme=party.programme).first()
    if within is None:
        raise NotVisible(gettext_noop("没有找到这个采集区。请从采集证页重新进入。"))
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=within.place)
    faults = Faults()
    with faults.of("party"):
        if party.ended_on is not None:
            raise BadInput(gettext_noop("这个主体已经停用。请另选一个。"), "traceability.party_ended")
    with faults.of("number"):
        number = _text(number, 40)
    with faults.of("holder"):
        holder = checked_holder(holder)
    with faults.of("issuer"):
        issuer = _text(issuer, 100)
    with faults.of("grams"):
        if not 0 < grams <= MOST_GRAMS:
            raise BadInput(gettext_noop("准采数量要大于 0。请核对单位是克还是千克。"), "traceability.permit_grams")
    with faults.of("ends_on"):
        if ends_on < starts_on or ends_on.year != starts_on.year:
            raise BadInput(gettext_noop("止日不早于起日，并在同一年。请核对。"), "traceability.days_reversed")
    faults.tell()
    permit = Permit(
        party=party, programme=party.programme, product=within.product, number=number, holder=holder, zone=within,
        year=starts_on.year, starts_on=starts_on, ends_on=ends_on, grams=grams, issuer=issuer, provenance=provenance,
    )  # fmt: skip
    try:
        with transaction.atomic():
            permit.save()
    except IntegrityError:
        _require_free(permit)
        raise
    changes = {"number": number, "grams": grams, "year": permit.year}
    audit.record(by=by, at=at, action="traceability.permit.registered", on=permit.subject(), changes=changes)
    return permit


@transaction.atomic
def revoke_permit(*, permit: UUID, because: str, by: Actor, at: datetime) -> Permit:
    """Revoke a permit for a reason; what was collected under it stays.

    Raises BadInput, Refused, NotAllowed, NotVisible.
    """
    found = Permit.objects.visible_to(by).filter(uuid=permit).select_related("programme", "zone").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这张采集证。请从采集证页重新进入。"))
    by.require(TracePermission.MANAGE, programme=found.programme.code, place=found.zone.place)
    because = checked_reason(because, gettext_noop("请写明为什么吊销。"), "traceability")
    if found.revoked_at is not None:
        raise Refused(gettext_noop("这张采集证已经吊销。"), "traceability.permit_revoked")
    found.revoked_at, found.revoked_because = at, because
    found.save(update_fields=["revoked_at", "revoked_because"])
    audit.record(by=by, at=at, action="traceability.permit.revoked", on=found.subject(), because=because)
    return found


def _require_free(permit: Permit) -> None:
    same = Permit.objects.filter(programme=permit.programme, product=permit.product)
    if same.filter(number=permit.number).exists():
        text = gettext_noop("采集证号“%(number)s”已经登记。请核对证号。")
        raise Conflict(text, "traceability.permit_there", field="number", number=permit.number)
    if same.filter(holder=permit.holder, year=permit.year, revoked_at=None).exists():
        text = gettext_noop("“%(holder)s”%(year)s 年已经有一张采集证，一人一证。请先吊销前一张。")
        year = str(permit.year)
        raise Conflict(text, "traceability.holder_has_permit", field="holder", holder=permit.holder, year=year)


def _text(text: str, most: int) -> str:
    plain = text.replace("\x00", "").strip()
    if not plain or len(plain) > most:
        raise BadInput(gettext_noop("请填写，最多 %(most)s 个字。"), "traceability.text_missing", most=most)
    return plain
