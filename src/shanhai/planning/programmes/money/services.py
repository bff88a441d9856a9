# SPDX-License-Identifier: Apache-2.0
"""The way of the money, step by step, each one ledger entry; and what it is read beside: categories, published figures.

``programme`` and ``fund_source`` are codes. A step is posted under ``fund.post``, or ``under`` another permission that
the actor holds where it happens, when it is part of an act that this permission allows: issuing a plan, releasing its
reserve, handing in a county's return. The ledger then sees the same actor with ``fund.post`` for this one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.units import UNITS, Dimension, money_in
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Classification, ClassificationItem, FundSource, PublicStatement
from shanhai.planning.programmes.money.rules import entry_for
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.values import Category, StatementFlag, Step, StepKind
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.services.writing import FundsInsufficient, SourceAlreadyUsed
from shanhai.registers.ledger.values import AccountKind, BulkResult, EntryRef, PostingRow, Source

PAGE = 200
VERSION = message(gettext_noop("分类表版本"))
CATEGORY_CODE = message(gettext_noop("类别编号"))
CATEGORY = message(gettext_noop("类别名称"))
KEY = message(gettext_noop("公开数字的编号"))
LABEL = message(gettext_noop("公开数字的名称"))
OUTLET = message(gettext_noop("发布媒体"))
TITLE = message(gettext_noop("文章标题"))
POSITION = message(gettext_noop("在原文中的位置"))
NOTE = message(gettext_noop("说明"))
_ADDRESS = re.compile(r"https?://[^\s\[\]<>\"'\x00-\x1f]+")

REFUSALS: dict[StepKind, tuple[str, str]] = {
    StepKind.ALLOT: (
        "programmes.allotment_over_arrived",
        gettext_noop(
            "要核拨 %(asked)s 元，但到 %(on)s 已到位未核拨的只有 %(available)s 元。请先记到位，或核对金额和日期。"
        ),
    ),
    StepKind.PAY: (
        "programmes.payment_over_allotted",
        gettext_noop(
            "要支付 %(asked)s 元，但到 %(on)s 已核拨未支付的只有 %(available)s 元。请先核拨，或核对金额和日期。"
        ),
    ),
    StepKind.RETURN: (
        "programmes.return_over_allotted",
        gettext_noop("要上缴结余 %(asked)s 元，但到 %(on)s 已核拨未支付的只有 %(available)s 元。请核对金额和日期。"),
    ),
    StepKind.HAND_BACK: (
        "programmes.hand_back_over_arrived",
        gettext_noop("要退回 %(asked)s 元，但到 %(on)s 已到位未核拨的只有 %(available)s 元。请核对金额和日期。"),
    ),
    StepKind.RELEASE: (
        "programmes.release_over_reserve",
        gettext_noop("要动用预备费 %(asked)s 元，但到 %(on)s 预备费只有 %(available)s 元。请核对金额和日期。"),
    ),
}


@transaction.atomic
def take_step(*, by: Actor, at: datetime, step: Step, under: str = FundPermission.POST) -> EntryRef:
    """Post one step; the same source twice is posted once. More than stands at the station before is refused.

    What of an arrival lies beyond the issued plan is taken straight from the supporter, whatever has been issued
    since it was first posted. Raises NotVisible, NotAllowed, BadInput, Refused, and what the ledger refuses by itself.
    """
    return (_arrive if step.kind is StepKind.ARRIVE else _take)(by, at, step, under)


@transaction.atomic
def take_steps(
    *,
    by: Actor,
    at: datetime,
    steps: Sequence[Step],
    under: str = FundPermission.POST,
    progress: Callable[[int], None] | None = None,
) -> BulkResult:
    """Many steps at once, all or none: for imports. Steps that stand already are skipped and counted.

    ``progress`` is told now and then how many steps have been taken.
    An arrival says its ``over_plan`` itself. Raises as the single steps do, but the ledger's FundsInsufficient names
    the station that is short instead of the step.
    """
    for programme, fund_source in sorted({(step.programme, step.fund_source) for step in steps}):
        source = programmes.get_fund_source(viewer=by, programme=programme, code=fund_source)
        for step in steps:
            if (step.programme, step.fund_source) == (programme, fund_source):
                _check(step, source)
    poster = by
    for programme, place in sorted({(step.programme, step.place) for step in steps}):
        poster = _lent(by, poster, under, programme=programme, place=place)

    return entries.post_entries(by=poster, at=at, entries=(entry_for(step) for step in steps), progress=progress)


@transaction.atomic
def take_back_steps(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    places: Collection[str],
    sources: Iterable[Source],
    recorded_at: datetime,
    because: str,
    under: str = FundPermission.REVERSE,
) -> int:
    """Take back the steps in ``places`` recorded from ``sources`` at that instant, each on its own day.

    Answers how many. Raises NotAllowed without ``under`` in each place, and what ``entries.reverse_entries`` raises.
    """
    actor = by
    for place in sorted(places):
        actor = _lent(by, actor, under, programme=programme, place=place, what=FundPermission.REVERSE)

    return entries.reverse_entries(by=actor, at=at, sources=sources, recorded_at=recorded_at, because=because)


def take_step_again(*, by: Actor, at: datetime, entry: UUID, step: Step, because: str, under: str) -> EntryRef:
    """Take back an entry and post ``step`` in its place, funds being checked after both.

    Of an amount of nothing only what it puts into reserve is posted, which may be more than the amount: some was
    released since. Raises NotAllowed without ``under``, and as ``reverse_entry`` and ``repost_entry`` do.
    """
    actor, new = by, entry_for(step)
    for what in (FundPermission.REVERSE, FundPermission.POST):
        actor = _lent(by, actor, under, programme=step.programme, place=step.place, what=what)
    kept: dict[str, Any] = {"by": actor, "at": at, "entry": entry, "because": because, "on_date": step.on_date}
    if not new.postings:
        return entries.reverse_entry(**kept)
    return entries.repost_entry(**kept, source=new.source, postings=new.postings, memo=new.memo)


def _arrive(by: Actor, at: datetime, step: Step, under: str) -> EntryRef:
    try:
        with transaction.atomic():
            return _take(by, at, step, under)
    except FundsInsufficient as short:
        issued = max(short.message.params["available"], Money.zero(step.amount.currency))
        return _take(by, at, replace(step, over_plan=step.amount - issued), under)
    except SourceAlreadyUsed:
        standing = _find_arrival(by, step)
        if standing is None:
            raise
        return standing


def _take(by: Actor, at: datetime, step: Step, under: str) -> EntryRef:
    poster = _lent(by, by, under, programme=step.programme, place=step.place)

    source = programmes.get_fund_source(viewer=by, programme=step.programme, code=step.fund_source)
    _check(step, source)

    entry = entry_for(step)
    try:
        return entries.post_entry(
            by=poster,
            at=at,
            source=entry.source,
            programme=entry.programme,
            fund_source=entry.fund_source,
            on_date=entry.on_date,
            postings=entry.postings,
            memo=entry.memo,
            strength=entry.strength,
        )
    except FundsInsufficient as short:
        if step.kind not in REFUSALS:
            raise
        code, text = REFUSALS[step.kind]
        sums = short.message.params
        asked, available = (f"{sums[name].yuan:,.2f}" for name in ("asked", "available"))
        raise Refused(text, code, asked=asked, available=available, on=sums["on"].isoformat()) from short


def _lent(
    by: Actor,
    poster: Actor,
    under: str,
    *,
    programme: str,
    place: str,
    what: str = FundPermission.POST,
) -> Actor:
    by.require(under, programme=programme, place=place or None)
    return poster.lent(what, programme=programme, place=place or None)


def _check(step: Step, source: FundSource) -> None:
    currency = source.programme.currency
    fields.check_amount(step.amount, currency)
    for part in (step.reserve, step.over_plan):
        if part is not None:
            fields.check_amount(part, currency, zero=True)
            fields.check_reserve(step.amount, part, named(source))


def _find_arrival(by: Actor, step: Step) -> EntryRef | None:
    """The arrival that stands from the same source and says the same, but for what of it lay over the plan."""
    found: list[PostingRow] = []
    offset = 0
    while True:
        count, rows = postings.list_postings(
            viewer=by,
            programme=step.programme,
            kind=AccountKind.ARRIVED,
            as_of=step.on_date,
            place=step.place or None,
            subject=step.subject,
            offset=offset,
            limit=PAGE,
        )
        found += [row for row in rows if row.source == step.source and row.on_date == step.on_date]
        offset += PAGE
        if offset >= count or rows[-1].on_date < step.on_date:
            break
    same = {(row.fund_source, row.place, row.strength) for row in found} == {
        (step.fund_source, step.place, step.strength)
    }
    if not same or sum(row.amount.fen for row in found) != step.amount.fen:
        return None
    entry = postings.get_entry(viewer=by, uuid=found[0].entry)
    return EntryRef(entry.uuid, entry.source, entry.on_date, entry.recorded_at)


@transaction.atomic
def record_classification(
    *,
    by: Actor,
    at: datetime,
    version: str,
    valid_from: date,
    categories: Sequence[Category],
    approved_by_document: UUID | None = None,
) -> Classification:
    """Record a version that is in force from a day on; without an approving document it is marked as a sample.

    Raises Conflict, BadInput.
    """
    by.require(ProgrammePermission.MANAGE)

    version = fields.checked_text(version, VERSION, 40)
    _check_categories(categories)
    if standing := fields.twin(version, Classification.objects.values_list("version", flat=True)):
        raise Conflict(
            gettext_noop("分类表“%(version)s”已经有了。请换一个版本名。"),
            "programmes.version_already_there",
            version=standing,
        )

    found = Classification.objects.create(
        version=version, valid_from=valid_from, approved_by_document=approved_by_document
    )
    ClassificationItem.objects.bulk_create(
        ClassificationItem(
            classification=found,
            position=position,
            code=fields.checked_code(category.code, CATEGORY_CODE),
            name=fields.checked_text(category.name, CATEGORY, 60),
            name_en=fields.checked_text(category.name_en, CATEGORY, 100, optional=True),
            livelihood_percent=category.livelihood_percent,
        )
        for position, category in enumerate(categories, start=1)
    )
    audit.record(
        by=by,
        at=at,
        action="programmes.classification.recorded",
        on=found.subject(),
        changes={
            "version": version,
            "valid_from": valid_from.isoformat(),
            "categories": {category.code: category.livelihood_percent for category in categories},
        },
    )
    return found


@transaction.atomic
def record_statement(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    key: str,
    label: str,
    value: Decimal,
    unit: str,
    on: date,
    outlet: str,
    title: str,
    url: str = "",
    position: str = "",
    note: str = "",
    flags: Collection[str] = (),
    provenance: str = "public",
) -> PublicStatement:
    """Record a published figure as it stands: ``value`` (up to 16 digits and 4 decimals) in ``unit``, a key of UNITS.

    Raises Conflict, BadInput, and AmountNotUnderstood for an amount finer than one fen.
    """
    found = programmes.managed_programme(viewer=by, code=programme)

    fields.checked_code(key, KEY)
    fields.checked_provenance(provenance)
    _check_statement(value=value, unit=unit, url=url, flags=flags)
    if found.statements.filter(key=key).exists():
        raise Conflict(
            gettext_noop("编号“%(key)s”已经用过了。请换一个编号。"), "programmes.statement_already_there", key=key
        )

    statement = PublicStatement.objects.create(
        programme=found,
        key=key,
        label=fields.checked_text(label, LABEL, 120),
        value=value,
        unit=unit,
        on=on,
        outlet=fields.checked_text(outlet, OUTLET, 60),
        title=fields.checked_text(title, TITLE, 200),
        url=url,
        position=fields.checked_text(position, POSITION, 60, optional=True),
        note=fields.checked_text(note, NOTE, 2000, optional=True),
        flags=sorted(set(flags)),
        provenance=provenance,
    )
    audit.record(
        by=by,
        at=at,
        action="programmes.statement.recorded",
        on=statement.subject(),
        changes={"key": key, "value": str(value), "unit": unit, "on": on.isoformat(), "outlet": statement.outlet},
    )
    return statement


def _check_categories(categories: Sequence[Category]) -> None:
    codes = [category.code for category in categories]
    if not codes or len(set(codes)) != len(codes):
        raise BadInput(
            gettext_noop("分类表至少要有一个类别，每个编号只能出现一次。"), "programmes.categories_not_accepted"
        )
    for category in categories:
        if not 0 <= category.livelihood_percent <= 100:
            raise BadInput(
                gettext_noop("类别“%(name)s”的民生比例应在 0 到 100 之间，现在是 %(percent)s。"),
                "programmes.categories_not_accepted",
                name=category.name,
                percent=str(category.livelihood_percent)[:20],
            )


def _check_statement(*, value: Decimal, unit: str, url: str, flags: Collection[str]) -> None:
    if not value.is_finite() or abs(value) >= Decimal(10) ** 16 or value != value.quantize(Decimal("0.0001")):
        raise BadInput(
            gettext_noop("数值“%(value)s”记不下：整数部分最多 16 位，小数最多 4 位。"),
            "programmes.statement_not_accepted",
            value=str(value)[:60],
        )
    if unit not in UNITS:
        text = gettext_noop("单位“%(unit)s”不认识。请从列表里选。")
        raise BadInput(text, "programmes.statement_not_accepted", unit=unit[:60])
    if UNITS[unit].dimension == Dimension.MONEY:
        money_in(value, UNITS[unit])
    unknown = sorted(set(flags) - set(StatementFlag))
    if unknown:
        raise BadInput(
            gettext_noop("存疑标记“%(flag)s”不认识。"), "programmes.statement_not_accepted", flag=str(unknown[0])[:60]
        )
    if url and (len(url) > 500 or not _ADDRESS.fullmatch(url)):
        raise BadInput(
            gettext_noop("网址应以 http:// 或 https:// 开头，最多 500 个字符。"), "programmes.statement_not_accepted"
        )
