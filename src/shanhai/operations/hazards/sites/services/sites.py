# SPDX-License-Identifier: Apache-2.0
"""Registering a hazard site, correcting it, closing it and watching it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import shapely
from django.conf import settings
from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.models import HazardSite, SiteMove
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.drawing import middle_of
from shanhai.operations.hazards.sites.rules.facts import Drawn, checked_site
from shanhai.operations.hazards.sites.selectors.sites import WRITTEN, managed_site, site_in_words
from shanhai.operations.hazards.sites.values import SiteFacts
from shanhai.operations.hazards.states import OPEN, SITE_MOVES, SiteState
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import get_division, locate, meant_division

DRAWN = ("outline", "west", "south", "east", "north", "route", "shelter_lon", "shelter_lat")


@transaction.atomic
def register_site(*, by: Actor, at: datetime, facts: SiteFacts, provenance: str = "") -> HazardSite:
    """Register a site, watched from now on.

    Raises NotVisible for a programme that ``by`` does not see, NotAllowed outside what ``by`` manages, BadInput and
    Conflict for what is wrong.
    """
    checked, drawn = checked_site(facts, most_km=settings.HAZARDS_SITE_KM)
    programme = get_programme(viewer=by, code=checked.programme)
    place = _place_of(checked.place, drawn, programme.recipient.code)
    by.require(HazardPermission.MANAGE, programme=programme.code, place=place)

    site = HazardSite(code=checked.code, programme=programme, place=place, provenance=provenance)
    _write(site, checked, drawn)
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError:
        taken = gettext_noop("代码“%(code)s”已经用在别的隐患点上。请换一个。")
        raise Conflict(taken, "hazards.code_taken", field="code", code=checked.code) from None
    audit.record(by=by, at=at, action="hazards.site.registered", on=site.subject(), changes=site_in_words(site))
    return site


@transaction.atomic
def correct_site(
    *, by: Actor, at: datetime, site: str, facts: SiteFacts, seen: Mapping[str, object] | None = None
) -> HazardSite:
    """Replace all that is written of a site but code and programme; ``seen`` is what stood when it was shown.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = managed_site(viewer=by, code=site)
    checked, drawn = checked_site(replace(facts, code=site), most_km=settings.HAZARDS_SITE_KM)
    place = _place_of(checked.place, drawn, found.programme.recipient.code)
    by.require(HazardPermission.MANAGE, programme=found.programme.code, place=place)
    before = site_in_words(found)
    found.place = place
    _write(found, checked, drawn)
    changes = corrected(before, site_in_words(found), seen)
    if changes:
        found.save(update_fields=["place", *WRITTEN, *DRAWN])
        audit.record(by=by, at=at, action="hazards.site.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def move_site(*, by: Actor, at: datetime, site: str, to: SiteState, because: str) -> HazardSite:
    """Close a site that was made safe or given up, or watch it again, for a reason.

    Raises NotVisible, NotAllowed, BadInput, IllegalMove, and Conflict while an incident is open.
    """
    found = managed_site(viewer=by, code=site)
    because = checked_reason(because, gettext_noop("请写明原因。"), "hazards")
    old = SiteState(found.state)
    require_move(SITE_MOVES, old, to)
    if to == SiteState.CLOSED and found.incidents.filter(state__in=list(OPEN)).exists():
        text = gettext_noop("还有没办结的险情，不能销号。请先解除或不发预警。")
        raise Conflict(text, "hazards.incident_open")
    found.state = to
    found.save(update_fields=["state"])
    SiteMove.objects.create(site=found, old=old, new=to, at=at, by=by.ref, because=because)
    act = "hazards.site.closed" if to == SiteState.CLOSED else "hazards.site.reopened"
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return found


def _place_of(written: str, drawn: Drawn, recipient: str) -> str:
    """The county that is named, or that holds the outline. Raises BadInput for none, and where the two differ."""
    faults, place = Faults(), ""
    there = locate([middle_of(drawn.outline)])[0]
    with faults.of("place"):
        place = meant_division(written).code if written.strip() else there
        if not place:
            text = gettext_noop("按范围找不到所在区县。请填代码、名称或拼音。")
            raise BadInput(text, "hazards.place_missing")
        if there and not there.startswith(place_prefix(place)):
            text = gettext_noop("范围在%(there)s，不在所填的区县。请检查坐标、坐标系和区县。")
            raise BadInput(text, "hazards.place_elsewhere", there=get_division(there).name)
        if not place.startswith(place_prefix(recipient)):
            text = gettext_noop("%(place)s不在这项对口支援的受援地里。请检查区县和对口支援。")
            raise BadInput(text, "hazards.place_not_supported", place=get_division(place).name)
    faults.tell()
    return place


def _write(site: HazardSite, facts: SiteFacts, drawn: Drawn) -> None:
    for name in WRITTEN:
        setattr(site, name, getattr(facts, name))
    site.outline, site.route = drawn.outline, drawn.route
    site.west, site.south, site.east, site.north = shapely.geometry.shape(drawn.outline).bounds
    site.shelter_lon, site.shelter_lat = drawn.shelter or (None, None)
