# SPDX-License-Identifier: Apache-2.0
"""Keeping the ledger in step with what counties report, where they keep no accounts of projects here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import Message, gettext_noop, message, to_plain
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.services import chain
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.planning.returns.models import Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission, keeping_accounts
from shanhai.planning.returns.rules.figures import POSTED, Alignment, alignment, amounts_of, subject_of
from shanhai.planning.returns.selectors.returns import NO_SOURCE
from shanhai.registers.ledger.selectors.balances import totals_by_subject
from shanhai.registers.ledger.selectors.postings import list_postings
from shanhai.registers.ledger.services import entries as ledger
from shanhai.registers.ledger.values import AccountKind, Source

KINDS = dict(
    zip(POSTED, (AccountKind.ISSUED, AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID), strict=True)
)
STEPS = dict(zip(POSTED, (StepKind.ISSUE, StepKind.ARRIVE, StepKind.ALLOT, StepKind.PAY), strict=True))
# Four amounts a return, and rarely more than a return a month; a correction adds as many again.
_MOST_POSTINGS = 10_000


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be done for one county: ``row`` is its newest line, None when the last return was withdrawn."""

    place: str
    row: ReturnRow | None
    alignment: Alignment


@transaction.atomic
def keep_in_step(*, by: Actor, at: datetime, report: Return, places: Collection[str]) -> tuple[Message, ...]:
    """Bring the ledger to what the newest returns of the year state of ``places``, because ``report`` came or went.

    Only growth is posted; where an amount shrank, the county's entries of the year are reversed and posted anew. Either
    all of it happens or none. Keeps with ``report``, and answers, why amounts did not go into the ledger. The caller
    has asked for the permission to submit.
    """
    keeper = keeping_accounts(by, programme=report.programme.code, places=places)
    changes, reasons = _changes(keeper, report, places)
    try:
        with transaction.atomic():
            _take_back(keeper, at, report, [change for change in changes if change.alignment.take_back])
            _post(by, at, report, changes)
    except Refused as error:
        reasons.append(("", error.message))
    report.unposted = [{"place": place, "message": to_plain(reason)} for place, reason in reasons]
    report.save(update_fields=["unposted"])
    return tuple(reason for _, reason in reasons)


def _changes(keeper: Actor, report: Return, places: Collection[str]) -> tuple[list[_Change], list[tuple[str, Message]]]:
    programme, year = report.programme.code, report.cut_off_on.year
    subjects = {place: subject_of(place, report.cut_off_on) for place in places}
    totals = totals_by_subject(viewer=keeper, programme=programme, subjects=subjects.values())
    newest = _newest_rows(report, places)
    kept = _places_with_accounts(keeper, programme, year)
    planned_here = _plan_has_amounts(keeper, programme, year)
    changes, reasons = [], []
    for place in sorted(places):
        row = newest.get(place)
        if place in kept:
            text = gettext_noop("%(label)s在这里有项目台账，资金以项目台账为准，报表的数只作核对。")
            reasons.append((place, message(text, label=row.label if row else place)))
            continue
        try:
            stated = amounts_of(row.numbers, row.unit) if row else {}
        except Refused as error:
            reasons.append((place, error.message))
            continue
        if planned_here:
            stated.pop("planned", None)
        stands = {key: totals.get((subjects[place], kind), Money(0)) for key, kind in KINDS.items()}
        change = _Change(place, row, alignment(stands, stated))
        if change.alignment.post and row and not row.report.fund_source:
            reasons.append((place, message(NO_SOURCE)))
        elif change.alignment.post or change.alignment.take_back:
            changes.append(change)
    return changes, reasons


def _newest_rows(report: Return, places: Collection[str]) -> dict[str, ReturnRow]:
    rows = ReturnRow.objects.filter(report__programme=report.programme_id, is_total=False, place__in=places)
    # Of several the last one stays.
    return {row.place: row for row in reversed(rows.newest_first(report.cut_off_on.year))}


def _places_with_accounts(viewer: Actor, programme: str, year: int) -> set[str]:
    """Where projects are registered with money of that year's plan."""
    return set(lines_in(viewer=viewer, programme=programme, year=year).values_list("project__place__code", flat=True))


def _plan_has_amounts(viewer: Actor, programme: str, year: int) -> bool:
    """Whether the year's plan was issued with amounts: then a county's planned investment would count twice."""
    plans = list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
    return any(plan.year == year and plan.issued_on and plan.amounts.all() for plan in plans)


def _take_back(keeper: Actor, at: datetime, report: Return, changes: Iterable[_Change]) -> None:
    """Reverse all that stands of these counties, the last station first, so that no account is overdrawn on the way."""
    for change in changes:
        subject = subject_of(change.place, report.cut_off_on)
        _, rows = list_postings(
            viewer=keeper, programme=report.programme.code, subject=subject, offset=0, limit=_MOST_POSTINGS
        )
        standing = [row for row in rows if not row.is_reversal and not row.is_reversed]
        standing.sort(key=lambda row: -list(KINDS.values()).index(row.kind))
        for row in {row.entry: row for row in standing}.values():
            ledger.reverse_entry(
                by=keeper,
                at=at,
                entry=row.entry,
                because=gettext_noop("县级报表更正，按新的累计数重记。"),
                on_date=_effective(change, report, row.on_date),
            )


def _effective(change: _Change, report: Return, *days: date) -> date:
    """The day on which the change happens: never before what it changes, so that earlier days keep their sums."""
    stated_on = [change.row.report.cut_off_on] if change.row else []
    return max(report.cut_off_on, *stated_on, *days)


def _post(by: Actor, at: datetime, report: Return, changes: Collection[_Change]) -> None:
    for measure in POSTED:
        for change in changes:
            amount = change.alignment.post.get(measure)
            if amount is None or change.row is None:
                continue
            step = Step(
                STEPS[measure],
                programme=report.programme.code,
                fund_source=change.row.report.fund_source,
                amount=amount,
                on_date=_effective(change, report),
                source=_source(change.row, report, measure),
                subject=subject_of(change.place, report.cut_off_on),
                place=change.place,
                strength=Strength.FORM,
                memo=change.row.report.title,
            )
            chain.take_step(by=by, at=at, under=ReturnPermission.SUBMIT, step=step)


def _source(row: ReturnRow, report: Return, measure: str) -> Source:
    """The cell; a return that stands again because a later one was withdrawn posts from the cell a second time."""
    cell = f"{row.report.uuid}:{row.place}:{measure}"
    return Source("returns.cell", cell if row.report_id == report.pk else f"{cell}:{report.uuid}")
