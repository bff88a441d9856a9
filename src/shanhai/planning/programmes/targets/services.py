# SPDX-License-Identifier: Apache-2.0
"""Targets of the five-year plan: set, and reported year by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.units import UNITS
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Target, TargetYear
from shanhai.planning.programmes.values import PROVENANCES, measured

NAME = message(gettext_noop("目标名称"))
NOTE = message(gettext_noop("说明"))
_LARGEST = Decimal(10) ** 15


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

    name = fields.checked_text(name, NAME, 100)
    fields.checked_provenance(provenance, PROVENANCES)
    if unit not in UNITS:
        raise BadInput(
            gettext_noop("单位“%(unit)s”不认识。请从列表里选。"), "programmes.target_not_accepted", unit=unit[:20]
        )
    _check_amount(amount, unit, positive=True)
    planned = dict(by_year or {})
    for year, part in planned.items():
        fields.check_year(year, found.starts_on, found.ends_on)
        _check_amount(part, unit)
    if standing := fields.twin(name, found.targets.values_list("name", flat=True)):
        raise Conflict(
            gettext_noop("已经有目标“%(name)s”了。请换一个名称，或在它下面填报。"),
            "programmes.target_already_there",
            name=standing,
        )

    target = Target.objects.create(programme=found, name=name, unit=unit, amount=amount, provenance=provenance)
    TargetYear.objects.bulk_create(TargetYear(target=target, year=year, planned=part) for year, part in planned.items())
    facts = {"name": name, "unit": unit, "amount": str(amount), "by_year": {str(y): str(a) for y, a in planned.items()}}
    audit.record(by=by, at=at, action="programmes.target.set", on=target.subject(), changes=facts)
    return target


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
    _check_amount(reached, found.unit)
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


def _check_amount(amount: Decimal, unit: str, *, positive: bool = False) -> None:
    text = ""
    if amount.is_finite() and amount >= _LARGEST:
        text = gettext_noop("目标的数 %(amount)s 太大，记不下。请换一个更大的单位。")
    elif not amount.is_finite() or amount < 0 or (positive and not amount):
        text = gettext_noop("目标的数 %(amount)s 不对：应大于零。请改正后再保存。")
    elif amount != round(amount, 4):
        text = gettext_noop("%(amount)s 的小数太长，最多四位。请换一个单位。")
    if text:
        raise BadInput(text, "programmes.target_not_accepted", amount=str(amount)[:40])
    measured(amount, unit)
