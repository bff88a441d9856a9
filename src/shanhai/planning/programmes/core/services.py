# SPDX-License-Identifier: Apache-2.0
"""Programmes, their batches and fund sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Batch, FundSource, Programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.registers.places import selectors as places

CODE = message(gettext_noop("对口支援的编号"))
NAME = message(gettext_noop("对口支援的名称"))
NAME_EN = message(gettext_noop("英文名称"))
SOURCE_CODE = message(gettext_noop("资金来源的编号"))
SOURCE_NAME = message(gettext_noop("资金来源的名称"))


@transaction.atomic
def create_programme(
    *,
    by: Actor,
    at: datetime,
    code: str,
    name: str,
    supporter: str,
    recipient: str,
    starts_on: date,
    ends_on: date,
    five_year_plan: Money,
    name_en: str = "",
    provenance: str = "",
) -> Programme:
    """Start a programme between two divisions, by code, name or pinyin; it keeps its books in the currency of its plan.

    Raises Conflict, and BadInput, also for a side that is not registered.
    """
    by.require(ProgrammePermission.MANAGE, programme=code)

    fields.checked_provenance(provenance)
    sides = []
    faults = Faults()
    for side, written in (("supporter", supporter), ("recipient", recipient)):
        with faults.of(side):
            sides.append(places.meant_division(written))
    with faults.of("code"):
        fields.checked_programme_code(code, CODE)
        _check_free(code, Programme.objects.values_list("code", flat=True))
    with faults.of("name"):
        fields.checked_text(name, NAME, 100)
    with faults.of("ends_on"):
        fields.check_term(starts_on, ends_on)
    with faults.of("five_year_plan"):
        fields.check_amount(five_year_plan, five_year_plan.currency, zero=True)
    with faults.of("recipient"):
        if len(sides) == 2 and sides[0] == sides[1]:
            raise BadInput(gettext_noop("支援方和受援方是同一个地方。请改正其中一个。"), "programmes.supports_itself")
    faults.tell()

    programme = Programme.objects.create(
        code=code,
        name=fields.checked_text(name, NAME, 100),
        name_en=fields.checked_text(name_en, NAME_EN, 200, optional=True),
        supporter=sides[0],
        recipient=sides[1],
        starts_on=starts_on,
        ends_on=ends_on,
        five_year_plan_fen=five_year_plan.fen,
        currency=five_year_plan.currency,
        provenance=provenance,
    )
    facts = {"name": name, "supporter": sides[0].code, "recipient": sides[1].code}
    audit.record(by=by, at=at, action="programmes.programme.created", on=programme.subject(), changes=facts)
    return programme


@transaction.atomic
def correct_programme(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    name: str | None = None,
    name_en: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    five_year_plan: Money | None = None,
) -> Programme:
    """Correct what is given; code, sides and currency never change. Changing nothing leaves no trace.

    Raises Refused, BadInput, NotVisible.
    """
    found = programmes.managed_programme(viewer=by, code=programme)

    new: dict[str, object] = {}
    if name is not None:
        new["name"] = fields.checked_text(name, NAME, 100)
    if name_en is not None:
        new["name_en"] = fields.checked_text(name_en, NAME_EN, 200, optional=True)
    if five_year_plan is not None:
        fields.check_amount(five_year_plan, found.currency, zero=True)
        new["five_year_plan_fen"] = five_year_plan.fen
    if starts_on is not None or ends_on is not None:
        new["starts_on"] = starts_on or found.starts_on
        new["ends_on"] = ends_on or found.ends_on
        _check_new_days(found, starts_on or found.starts_on, ends_on or found.ends_on)
    changes = {key: [_plain(getattr(found, key)), _plain(value)] for key, value in new.items()}
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}

    if changes:
        for key in changes:
            setattr(found, key, new[key])
        found.save(update_fields=list(changes))
        audit.record(by=by, at=at, action="programmes.programme.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def add_batch(*, by: Actor, at: datetime, programme: str, number: int, starts_on: date, ends_on: date) -> Batch:
    """Add a batch; its number counts within the supporter and the province that the recipient lies in.

    Raises Conflict, BadInput, NotVisible.
    """
    found = programmes.managed_programme(viewer=by, code=programme)
    numbering = {"supporter_code": found.supporter.code, "region_code": found.recipient.code[:2]}
    _check_batch(found, number, starts_on, ends_on, Batch.objects.filter(**numbering))

    batch = Batch.objects.create(programme=found, number=number, starts_on=starts_on, ends_on=ends_on, **numbering)
    facts = {"number": number, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    audit.record(by=by, at=at, action="programmes.programme.batch_added", on=found.subject(), changes=facts)
    return batch


@transaction.atomic
def correct_batch(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    batch: UUID,
    number: int,
    starts_on: date,
    ends_on: date,
    because: str = "",
    seen: Mapping[str, object] | None = None,
) -> Batch:
    """Correct the number or the days of a batch; ``seen`` as in ``kernel.corrections``.

    Raises Conflict, BadInput, NotVisible.
    """
    found = programmes.managed_programme(viewer=by, code=programme)
    row = programmes.get_batch(viewer=by, programme=programme, uuid=batch, lock=True)
    alike = Batch.objects.filter(supporter_code=row.supporter_code, region_code=row.region_code).exclude(pk=row.pk)
    new = {"number": number, "starts_on": starts_on, "ends_on": ends_on}
    changes = corrected({name: getattr(row, name) for name in new}, new, seen)
    _check_batch(found, number, starts_on, ends_on, alike)

    if changes:
        row.number, row.starts_on, row.ends_on = number, starts_on, ends_on
        row.save(update_fields=list(new))
        act = "programmes.programme.batch_corrected"
        audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return row


def _check_batch(programme: Programme, number: int, starts_on: date, ends_on: date, others: QuerySet[Batch]) -> None:
    faults = Faults()
    with faults.of("ends_on"):
        fields.check_days(starts_on, ends_on)
    with faults.of("starts_on" if starts_on < programme.starts_on else "ends_on"):
        if starts_on < programme.starts_on or ends_on > programme.ends_on:
            raise BadInput(
                gettext_noop("批次的日期应在 %(starts_on)s 至 %(ends_on)s 之内。请改正后再保存。"),
                "programmes.batch_not_accepted",
                starts_on=programme.starts_on.isoformat(),
                ends_on=programme.ends_on.isoformat(),
            )
    with faults.of("number"):
        if not 1 <= number <= 999:
            raise BadInput(gettext_noop("批次应从 1 数起，最多 999。请改正后再保存。"), "programmes.batch_not_accepted")
        if others.filter(number=number).exists():
            raise Conflict(
                gettext_noop("%(supporter)s派往这个省区的第 %(number)s 批已经登记。请核对批次。"),
                "programmes.batch_number_taken",
                supporter=programme.supporter.name,
                number=number,
            )
    faults.tell()


@transaction.atomic
def correct_fund_source(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    code: str,
    name: str,
    name_en: str | None = None,
    because: str = "",
    seen: Mapping[str, object] | None = None,
) -> FundSource:
    """Correct what is given of the names of a source; the ledger knows it by its code, which stays.

    ``seen`` as in ``correct_batch``. Raises Conflict, BadInput, NotVisible.
    """
    found = programmes.managed_programme(viewer=by, code=programme)
    row = programmes.get_fund_source(viewer=by, programme=programme, code=code)
    faults = Faults()
    with faults.of("name"):
        name = _checked_source_name(name, found.fund_sources.exclude(pk=row.pk).values_list("name", flat=True))
    with faults.of("name_en"):
        name_en = fields.checked_text(row.name_en if name_en is None else name_en, NAME_EN, 100, optional=True)
    faults.tell()
    changes = corrected({"name": row.name, "name_en": row.name_en}, {"name": name, "name_en": name_en}, seen)
    if changes:
        row.name, row.name_en = name, name_en
        row.save(update_fields=["name", "name_en"])
        act = "programmes.programme.fund_source_corrected"
        facts = {"code": code, **changes}
        audit.record(by=by, at=at, action=act, on=found.subject(), changes=facts, because=because)
    return row


@transaction.atomic
def add_fund_source(*, by: Actor, at: datetime, programme: str, code: str, name: str, name_en: str = "") -> FundSource:
    """Add a source of money under a code that the ledger will know it by. Raises Conflict, BadInput, NotVisible."""
    found = programmes.managed_programme(viewer=by, code=programme)

    faults = Faults()
    with faults.of("code"):
        fields.checked_code(code, SOURCE_CODE)
        _check_free(code, found.fund_sources.values_list("code", flat=True))
    with faults.of("name"):
        name = _checked_source_name(name, found.fund_sources.values_list("name", flat=True))
    with faults.of("name_en"):
        name_en = fields.checked_text(name_en, NAME_EN, 100, optional=True)
    faults.tell()

    source = FundSource.objects.create(programme=found, code=code, name=name, name_en=name_en)
    facts = {"code": code, "name": source.name}
    audit.record(by=by, at=at, action="programmes.programme.fund_source_added", on=found.subject(), changes=facts)
    return source


def _checked_source_name(name: str, others: Iterable[str]) -> str:
    name = fields.checked_text(name, SOURCE_NAME, 100)
    if standing := fields.twin(name, others):
        raise Conflict(
            gettext_noop("已经有资金来源“%(name)s”了。请换一个名称。"), "programmes.source_already_there", name=standing
        )
    return name


def _check_free(code: str, others: Iterable[str]) -> None:
    if standing := fields.twin(code, others):
        raise Conflict(gettext_noop("编号“%(code)s”已经用过了。请换一个编号。"), "programmes.code_taken", code=standing)


def _check_new_days(programme: Programme, starts_on: date, ends_on: date) -> None:
    fields.check_term(starts_on, ends_on)
    planned = programme.yearly_plans.values_list("year", flat=True)
    run = programme.campaigns.values_list("year", flat=True)
    outside = sorted(year for year in {*planned, *run} if not starts_on.year <= year <= ends_on.year)
    early = programme.batches.filter(starts_on__lt=starts_on)
    late = programme.batches.filter(ends_on__gt=ends_on)
    if outside or early.exists() or late.exists():
        raise Refused(
            gettext_noop("新的期限 %(starts_on)s 至 %(ends_on)s 盖不住已有的计划、活动或批次。请放宽期限。"),
            "programmes.years_in_use",
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
