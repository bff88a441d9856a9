# SPDX-License-Identifier: Apache-2.0
"""Which values an adjustment of a kind may change, and how they go into what is stated about a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import MAX_FEN, Money
from shanhai.planning.adjustments.rules.approval import Case
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.adjustments.values import (
    AMOUNT,
    CONTENT,
    DATE_FIELDS,
    MONEY_FIELDS,
    PLAN_AMOUNT,
    STAGE,
    Change,
    Stored,
)
from shanhai.planning.projects.states import Delivery
from shanhai.planning.projects.values import ProjectFacts

ESTIMATE = "total_investment_fen"

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCOPE: ("name", "category", "delivery", CONTENT),
    Kind.SITE: ("place", "site", "altitude_m"),
    Kind.ESTIMATE: (ESTIMATE, "other_sources_fen"),
    Kind.PERIOD: ("planned_start_on", "planned_finish_on", "cross_year"),
    Kind.AMOUNT: (AMOUNT,),
    Kind.MOVE_MONEY: (AMOUNT,),
    Kind.CANCEL: (STAGE,),
    Kind.PLAN: (PLAN_AMOUNT,),
}
MOST_WORDS = 500
# Amounts in fen as approved at first, by the subject and the field of a change.
First = Mapping[tuple[str, str], int]
NO_FIRST: First = {}


def checked_values(kind: Kind, values: Mapping[str, Stored]) -> dict[str, Stored]:
    """The wanted values in the order of the fields of their kind. Raises BadInput."""
    if strange := set(values) - set(FIELDS[kind]):
        raise BadInput(
            gettext_noop("这一类调整不能改“%(field)s”。请另提一份对应类别的调整。"),
            "adjustments.field_not_of_kind",
            field=min(strange)[:40],
        )
    return {field: _checked(field, values[field]) for field in FIELDS[kind] if field in values}


def changes_between(
    current: Mapping[str, Stored], wanted: Mapping[str, Stored], *, subject: str = "", name: str = ""
) -> tuple[Change, ...]:
    """A change for each wanted value that is not there yet."""
    return tuple(
        Change(subject, field, current[field], value, name)
        for field, value in wanted.items()
        if value != current[field]
    )


def with_changes(facts: ProjectFacts, changes: Iterable[Change]) -> ProjectFacts:
    """What would be stated about the project once the changes are carried out."""
    stated: dict[str, Any] = {}
    days: dict[str, Any] = {}
    for change in changes:
        if change.field in DATE_FIELDS:
            days[change.field] = None if change.new is None else date.fromisoformat(str(change.new))
        elif change.field in MONEY_FIELDS:
            amount = Money(int(change.new or 0), facts.total_investment.currency)
            stated[change.field.removesuffix("_fen")] = amount
        elif change.field == "delivery":
            stated[change.field] = Delivery(str(change.new))
        elif change.field == "site":
            stated[change.field] = None if change.new is None else UUID(str(change.new))
        else:
            stated[change.field] = change.new
    return replace(facts, dates=replace(facts.dates, **days), **stated)


def case_of(
    kind: Kind,
    changes: Iterable[Change],
    *,
    current_estimate: int,
    capital: bool,
    first: First = NO_FIRST,
    elsewhere_fen: int = 0,
) -> Case:
    """What the table of approvals looks at; of money that moves, the side that gives comes first.

    ``first`` are the amounts approved at first, where they are others than now.
    """
    amounts = (change for change in changes if change.field in {ESTIMATE, AMOUNT})
    money = next(amounts, None)
    if money is None:
        return Case(kind, current_estimate, current_estimate, capital)
    return Case(
        kind, int(money.old or 0), int(money.new or 0), capital, first.get((money.subject, money.field)), elsewhere_fen
    )


def plan_case(changes: Iterable[Change], first: First = NO_FIRST) -> Case:
    """What the table looks at where a plan is raised: the sums of the sources that change."""
    old, new, since = 0, 0, 0
    for change in changes:
        was = int(change.old or 0)
        old, new = old + was, new + int(change.new or 0)
        since += first.get((change.subject, change.field), was)
    return Case(Kind.PLAN, old, new, first_fen=since)


def _checked(field: str, value: Stored) -> Stored:
    if field in MONEY_FIELDS:
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_FEN
    elif field in DATE_FIELDS:
        good = value is None or _is_day(value)
    elif field == "cross_year":
        good = isinstance(value, bool)
    elif field == "altitude_m":
        good = value is None or (isinstance(value, int) and not isinstance(value, bool))
    elif field == "delivery":
        good = value in set(Delivery)
    elif field == "site":
        good = value is None or _is_uuid(value)
    else:
        good = isinstance(value, str) and len(value) <= MOST_WORDS and "\x00" not in value
    if not good:
        raise BadInput(
            gettext_noop("“%(field)s”不能填“%(value)s”。请核对后再填。"),
            "adjustments.value_not_understood",
            field=field,
            value=str(value)[:40],
        )
    return value.strip() if isinstance(value, str) else value


def _is_day(value: Stored) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_uuid(value: Stored) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
