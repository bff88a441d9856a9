# SPDX-License-Identifier: Apache-2.0
"""Targets of the five-year plan, set, corrected and reported by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import checked_reason
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Target, TargetYear
from shanhai.planning.programmes.values import measured

NOTE = message(gettext_noop("说明"))


@transaction.atomic
def set_target(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    name: str,
    unit: str,
    amount: Decimal,
    by_year: Mapping[int, Decimal] | None = None,
    provenance: str = "",
) -> Target:
    """Set a target of the five-year plan, and what each year is to add.

    Raises Conflict, BadInput, NotVisible, and what ``measured`` refuses.
    """
    found = programmes.managed_programme(viewer=by, code=programme)

    fields.checked_provenance(provenance)
    years, planned = (found.starts_on, found.ends_on), dict(by_year or {})
    others = found.targets.values_list("name", flat=True)
    name = fields.checked_target(name=name, unit=unit, amount=amount, by_year=planned, years=years, others=others)

    target = Target.objects.create(programme=found, name=name, unit=unit, amount=amount, provenance=provenance)
    TargetYear.objects.bulk_create(TargetYear(target=target, year=year, planned=part) for year, part in planned.items())
    facts = {"name": name, "unit": unit, "amount": str(amount), "by_year": {str(y): str(a) for y, a in planned.items()}}
    audit.record(by=by, at=at, action="programmes.target.set", on=target.subject(), changes=facts)
    return target


@transaction.atomic
def correct_target(
    *,
    by: Actor,
    at: datetime,
    target: UUID,
    name: str,
    amount: Decimal,
    by_year: Mapping[int, Decimal],
    because: str,
    seen: Mapping[str, object] | None = None,
) -> Target:
    """Correct a target and what its years are to add, with the reason; its unit, in which was reported, stays.

    ``seen`` as in ``kernel.corrections``. Raises Conflict, BadInput, NotVisible.
    """
    found = Target.objects.managed(by, target)
    because = checked_reason(because, gettext_noop("请写明为什么改这个目标。"), "programmes")
    years = (found.programme.starts_on, found.programme.ends_on)
    others = found.programme.targets.exclude(pk=found.pk).values_list("name", flat=True)
    name = fields.checked_target(name=name, unit=found.unit, amount=amount, by_year=by_year, years=years, others=others)
    changes = fields.target_changes(found.stands, name=name, amount=amount, by_year=by_year, seen=seen)
    if changes:
        Target.objects.filter(pk=found.pk).update(name=name, amount=amount)
        for year in {*by_year, *(row.year for row in found.years.all())}:
            TargetYear.objects.update_or_create(target=found, year=year, defaults={"planned": by_year.get(year, 0)})
        act = "programmes.target.corrected"
        audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return found


@transaction.atomic
def report_target(
    *, by: Actor, at: datetime, target: UUID, year: int, reached: Decimal, on: date, note: str = ""
) -> TargetYear:
    """Say what a year has added to a target by a day; a later word replaces an earlier one, the audit trail keeps both.

    Raises BadInput, NotVisible, and what ``measured`` refuses.
    """
    found = Target.objects.managed(by, target)

    fields.check_day(on, found.programme.starts_on, clock.local_date(at))
    fields.check_year(year, found.programme.starts_on, found.programme.ends_on)
    fields.check_target_number(reached, found.unit)
    others = found.years.exclude(year=year).values_list("reached", flat=True)
    measured(sum((number for number in others if number is not None), reached), found.unit)
    note = fields.checked_text(note, NOTE, 200, optional=True)

    row, _ = TargetYear.objects.get_or_create(target=found, year=year)
    old = None if row.reached is None else str(row.reached)
    row.reached, row.reported_on, row.note = reached, on, note
    row.save(update_fields=["reached", "reported_on", "note"])
    facts = {"year": year, "reached": [old, str(reached)]}
    audit.record(by=by, at=at, action="programmes.target.reported", on=found.subject(), changes=facts)
    return row
