# SPDX-License-Identifier: Apache-2.0
"""Health: versions of the lists, sheets filled in, opened, erased. The trail keeps that it was done, never what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_SOURCE, BadInput, Faults, NotAllowed, Refused, checked_text
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.people.values import ended_before
from shanhai.team.conduct.health import selectors
from shanhai.team.conduct.health.rules.items import as_json, check_answers, from_json, read_items
from shanhai.team.conduct.health.rules.samples import SAMPLES, SOURCE
from shanhai.team.conduct.models import HealthSheet, HealthTemplate
from shanhai.team.conduct.permissions import HealthPermission
from shanhai.team.conduct.services import keep_opening
from shanhai.team.conduct.values import MOST_SOURCE, ListKind, Sealed
from shanhai.team.secondments.selectors.roster import find_own, get_secondment

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment

KEPT_YEARS = 1


@transaction.atomic
def publish_template(
    *, by: Actor, at: datetime, programme: str, kind: ListKind, items: str, source: str, valid_from: date
) -> HealthTemplate:
    """Let a new version of a list hold from a day; sheets keep the version by which they were filled in.

    Raises NotAllowed, NotVisible, BadInput with every line that is wrong.
    """
    by.require(HealthPermission.KEEP, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("items"):
        read = read_items(items)
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, "conduct.text_not_usable", most=MOST_SOURCE)
    faults.tell()
    last = HealthTemplate.objects.filter(programme=of, kind=kind).aggregate(last=Max("version"))["last"] or 0
    made = HealthTemplate.objects.create(
        programme=of, kind=kind, version=last + 1, items=as_json(read), source=source, valid_from=valid_from
    )
    changes = {"version": made.version, "valid_from": valid_from.isoformat()}
    audit.record(by=by, at=at, action="conduct.template.set", on=made.subject(), changes=changes, because=source)
    return made


@transaction.atomic
def publish_samples(*, by: Actor, at: datetime, programme: str, valid_from: date | None = None) -> int:
    """Let the lists that come with the product hold where there are none; answer how many. As ``publish_template``."""
    day = valid_from or clock.local_date(at)
    there = selectors.templates_of(programme=programme, on=day)
    missing = {kind: items for kind, items in SAMPLES.items() if kind not in there}
    for kind, items in missing.items():
        publish_template(by=by, at=at, programme=programme, kind=kind, items=items, source=SOURCE, valid_from=day)
    return len(missing)


@transaction.atomic
def fill_sheet(
    *,
    by: Actor,
    at: datetime,
    template: UUID,
    day: date,
    answers: Mapping[str, Any],
    secondment: UUID | None = None,
    provenance: str = "",
) -> HealthSheet:
    """Fill in a list for a day: one's own, or as the health keeper that of ``secondment``.

    Raises NotAllowed, NotVisible, Refused for a version that holds no longer, BadInput with every item that is wrong.
    """
    held = _whose(by, at, secondment)
    found = selectors.get_template(programme=held.programme.code, uuid=template)
    today = clock.local_date(at)
    if selectors.templates_of(programme=held.programme.code, on=today).get(ListKind(found.kind)) != found:
        raise Refused(gettext_noop("这张表刚才换了新的。请重新打开再填。"), "conduct.template_changed")
    faults = Faults()
    with faults.of("day"):
        if not held.since - timedelta(days=366) <= day <= today:
            text = gettext_noop("日期要在派驻前一年和今天之间。")
            raise BadInput(text, "conduct.day_not_possible")
    with faults.of():
        kept, beyond = check_answers(from_json(found.items), answers)
    faults.tell()
    made = HealthSheet.objects.create(
        programme=held.programme, place=held.place, secondment=held, person=held.person, template=found,
        kind=found.kind, day=day, answers=kept, beyond=beyond, filled_at=at, filled_by=by.ref, provenance=provenance,
    )  # fmt: skip
    audit.record(by=by, at=at, action="conduct.sheet.filled", on=made.subject())
    return made


@transaction.atomic
def open_sheets(*, by: Actor, at: datetime, secondment: UUID) -> tuple[Secondment, list[HealthSheet]]:
    """All sheets of somebody: that the health keeper opened them is kept, and the person sees it.

    Raises NotVisible, NotAllowed.
    """
    held = get_secondment(viewer=by, uuid=secondment)
    by.require(HealthPermission.KEEP, programme=held.programme.code, place=held.place)
    keep_opening(by=by, at=at, person=held.person, what=Sealed.HEALTH)
    return held, list(selectors.list_sheets_of(viewer=by, person=held.person.pk))


@transaction.atomic
def open_sheet(*, by: Actor, at: datetime, sheet: UUID) -> HealthSheet:
    """One sheet: the health keeper's opening is kept, and the person sees it. Raises NotVisible."""
    found = selectors.get_sheet(viewer=by, uuid=sheet)
    keep_opening(by=by, at=at, person=found.person, what=Sealed.HEALTH)
    return found


@transaction.atomic
def erase_own(*, by: Actor, at: datetime, sheet: UUID) -> HealthSheet:
    """Erase what one filled in oneself, at once and for good. Raises NotVisible, NotAllowed."""
    found = selectors.get_sheet(viewer=by, uuid=sheet, lock=True)
    if not found.person.is_actor(by):
        raise NotAllowed(gettext_noop("只有本人能抹去自己的健康表。"), "conduct.not_own")
    if found.erased_at is None:
        found.answers, found.beyond, found.erased_at = {}, 0, at
        found.save(update_fields=["answers", "beyond", "erased_at"])
        audit.record(by=by, at=at, action="conduct.sheet.erased", on=found.subject())
    return found


@transaction.atomic
def erase_sheets(*, by: Actor, at: datetime) -> int:
    """Erase the sheets of people whose secondment ended a year ago; answer of how many. Raises NotAllowed."""
    by.require(HealthPermission.KEEP)
    day = ended_before(clock.local_date(at), KEPT_YEARS)
    rows = HealthSheet.objects.filter(erased_at=None, secondment__until__lte=day).select_related("programme")
    due = list(rows.order_by("pk"))
    HealthSheet.objects.filter(pk__in=[one.pk for one in due]).update(answers={}, beyond=0, erased_at=at)
    audit.record_many(by=by, at=at, acts=[audit.Act("conduct.sheet.erased", one.subject()) for one in due])
    return len(due)


def _whose(by: Actor, at: datetime, secondment: UUID | None) -> Secondment:
    if secondment is not None:
        held = get_secondment(viewer=by, uuid=secondment)
        by.require(HealthPermission.KEEP, programme=held.programme.code, place=held.place)
        return held
    own = find_own(viewer=by, on=clock.local_date(at))
    if own is None or not by.may(HealthPermission.OWN, programme=own.programme.code, place=own.place):
        raise NotAllowed(gettext_noop("您今天没有派驻。派驻有误请找人事干部。"), "conduct.not_seconded")
    return own
