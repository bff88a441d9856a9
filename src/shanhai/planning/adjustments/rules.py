# SPDX-License-Identifier: Apache-2.0
"""Which change needs whom, and which values an adjustment of a kind may change.

The table of approvals is read from top to bottom; the first line that holds decides. Limits count the whole since the
first approval, never the step alone. A period has no limit: each change of it is the commander's.

Sources: 政府投资条例 (2019) articles 21 (site, scale and content go back to who approved them), 23 (the investment
stays within the approved estimate; more needs a plan and a source of the money) and 24 (the period is not changed at
will). Lines without a law are practice. The limits are parameters: no national rule that could be read fixes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import MAX_FEN, Money
from shanhai.planning.adjustments.states import NEED_WORDS, Approver, Kind, Verdict
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

ARTICLE = gettext_noop("政府投资条例第%(number)s条")


class Need(StrEnum):
    """What must be there before the request is sent off."""

    EXTRA_SOURCE = "extra_source"
    REAPPROVAL = "reapproval"


NEEDS: dict[Need, Message] = {
    Need.EXTRA_SOURCE: message(gettext_noop("概算增加要写明增加的资金从哪里来。请在“增加资金的来源”里填写。")),
    Need.REAPPROVAL: message(gettext_noop("概算比最初批准的增加超过限额，要有重新审批的文件。请在“材料”里上传。")),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Above ``reapproval_percent`` a larger estimate needs a new approval; the commander moves money up to both others.

    A change of money of more than ``move_percent`` of what was approved at first, or of more than ``move_fen``, is
    large. They are settings of the site (docs/operate/settings.md).
    """

    reapproval_percent: int
    move_percent: int
    move_fen: int


@dataclass(frozen=True, slots=True)
class Case:
    """What the table looks at: an amount before and after, in fen, where the change is one of money.

    For money moved between projects these are the amounts of the project that gives. ``capital`` says whether the
    project is one of fixed assets. ``first_fen`` is what was approved at first, before any adjustment (None: what there
    is); limits count from there, so that many small steps are what one large one is. ``elsewhere_fen`` is what other
    lines of the project have changed since then.
    """

    kind: Kind
    old_fen: int = 0
    new_fen: int = 0
    capital: bool = True
    first_fen: int | None = None
    elsewhere_fen: int = 0

    @property
    def first(self) -> int:
        """The amount that limits count from."""
        return self.old_fen if self.first_fen is None else self.first_fen

    @property
    def increases(self) -> bool:
        """Whether the amount grows."""
        return self.new_fen > self.old_fen

    def grows_beyond(self, percent: int) -> bool:
        """Whether the amount grows, and to more than ``percent`` above what was approved at first."""
        return self.increases and (self.new_fen - self.first) * 100 > self.first * percent

    def is_large(self, limits: Limits) -> bool:
        """Whether more money changes, with all that changed since the first approval, than the commander decides."""
        changed = max(abs(self.new_fen - self.first), abs(self.new_fen - self.old_fen))
        of_project = max(abs(self.new_fen - self.first + self.elsewhere_fen), changed)
        return of_project > limits.move_fen or changed * 100 > self.first * limits.move_percent


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: for ``kinds``, when it ``holds``, ``approver`` decides, and ``needs`` must be there."""

    key: str
    kinds: Set[Kind]
    approver: Approver
    why: str
    article: str = ""
    needs: tuple[Need, ...] = ()
    holds: Callable[[Case, Limits], bool] = lambda case, limits: True

    @property
    def law(self) -> Message | None:
        """The article that says so, if there is one."""
        return message(ARTICLE, number=self.article) if self.article else None


MONEY = {Kind.AMOUNT, Kind.MOVE_MONEY}

RULES: tuple[Rule, ...] = (
    Rule("scope", {Kind.SCOPE}, Approver.ORIGINAL, gettext_noop("改变建设内容，报原审批部门。"), article="21"),
    Rule("site", {Kind.SITE}, Approver.ORIGINAL, gettext_noop("改变建设地点，报原审批部门。"), article="21"),
    Rule(
        "estimate.far_over", {Kind.ESTIMATE}, Approver.ORIGINAL,
        gettext_noop("概算比最初批准的增加超过限额，凭重新审批的文件和资金来源，报原审批部门。"), article="23",
        needs=(Need.EXTRA_SOURCE, Need.REAPPROVAL),
        holds=lambda case, limits: case.grows_beyond(limits.reapproval_percent),
    ),
    Rule(
        "estimate.over", {Kind.ESTIMATE}, Approver.ORIGINAL, gettext_noop("概算增加，写明资金来源，报原审批部门。"),
        article="23", needs=(Need.EXTRA_SOURCE,), holds=lambda case, limits: case.increases,
    ),
    Rule("estimate.under", {Kind.ESTIMATE}, Approver.COMMANDER, gettext_noop("概算不增加，由指挥长审批。")),
    Rule("period", {Kind.PERIOD}, Approver.COMMANDER, gettext_noop("改变工期，由指挥长审批。"), article="24"),
    Rule(
        "money.large", MONEY, Approver.ORIGINAL, gettext_noop("与最初批准的相比，调整的资金超过限额，报原审批部门。"),
        holds=lambda case, limits: case.is_large(limits),
    ),
    Rule(
        "money.small", MONEY, Approver.COMMANDER,
        gettext_noop("与最初批准的相比，调整的资金在限额以内，由指挥长审批。"),
    ),
    Rule(
        "cancel.capital", {Kind.CANCEL}, Approver.ORIGINAL, gettext_noop("取消固定资产投资项目，报原审批部门。"),
        article="21", holds=lambda case, limits: case.capital,
    ),
    Rule("cancel.other", {Kind.CANCEL}, Approver.COMMANDER, gettext_noop("取消非固定资产投资项目，由指挥长审批。")),
    Rule(
        "plan.large", {Kind.PLAN}, Approver.ORIGINAL,
        gettext_noop("与最初批准的相比，年度计划调整的资金超过限额，报原审批部门。"),
        holds=lambda case, limits: case.is_large(limits),
    ),
    Rule(
        "plan.small", {Kind.PLAN}, Approver.COMMANDER,
        gettext_noop("与最初批准的相比，年度计划调整的资金在限额以内，由指挥长审批。"),
    ),
)  # fmt: skip
BY_KEY = {rule.key: rule for rule in RULES}


def rule_for(case: Case, limits: Limits) -> Rule:
    """The line of the table that decides this case."""
    return next(rule for rule in RULES if case.kind in rule.kinds and rule.holds(case, limits))


MOST_WORDS = 1000


def checked_words(verdict: Verdict, words: str) -> str:
    """The words without spaces around. Raises BadInput."""
    words = words.replace("\x00", "").strip()
    if verdict in NEED_WORDS and not words:
        text = gettext_noop("请写明理由，让提出的人知道怎么办。")
        raise BadInput(text, "adjustments.words_missing", field="words")
    if len(words) > MOST_WORDS:
        text = gettext_noop("最多 %(most)s 个字。请缩短，详细的放进材料。")
        raise BadInput(text, "adjustments.words_missing", field="words", most=MOST_WORDS)
    return words


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
LONGEST_VALUE = 500
# Amounts in fen as approved at first, by the subject and the field of a change.
First = Mapping[tuple[str, str], int]
NO_FIRST: First = {}


def checked_values(kind: Kind, values: Mapping[str, Stored]) -> dict[str, Stored]:
    """The wanted values in the order of the fields of their kind. Raises BadInput."""
    if set(values) - set(FIELDS[kind]):
        text = gettext_noop("所填的有一项不归这一类调整。请另提一份对应类别的调整。")
        raise BadInput(text, "adjustments.field_not_of_kind")
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
    """What the table looks at where a plan changes: what its sources had at first, and all that they change by.

    What one source loses does not make up for what another gains.
    """
    approved, step, whole = 0, 0, 0
    for change in changes:
        was, now = int(change.old or 0), int(change.new or 0)
        since = first.get((change.subject, change.field), was)
        approved, step, whole = approved + since, step + abs(now - was), whole + abs(now - since)
    return Case(Kind.PLAN, approved, approved + max(step, whole))


def _is_whole(value: Stored) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_written(read: Callable[[str], object]) -> Callable[[Any], bool]:
    """Whether there is nothing, or a text that is just as what it is read as is written."""

    def good(value: Stored) -> bool:
        try:
            return value is None or (isinstance(value, str) and str(read(value)) == value)
        except ValueError:
            return False

    return good


def _is_text(value: Stored) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_VALUE and "\x00" not in value


GOOD: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(MONEY_FIELDS, lambda value: _is_whole(value) and 0 <= value <= MAX_FEN),
    **dict.fromkeys(DATE_FIELDS, _is_written(date.fromisoformat)),
    "cross_year": lambda value: isinstance(value, bool),
    "altitude_m": lambda value: value is None or _is_whole(value),
    "delivery": lambda value: value in set(Delivery),
    "site": _is_written(UUID),
}


def _checked(field: str, value: Stored) -> Stored:
    if not GOOD.get(field, _is_text)(value):
        text = gettext_noop("这一栏不能填“%(value)s”。请核对后再填。")
        raise BadInput(text, "adjustments.value_not_understood", field=field, value=str(value)[:40])
    return value.strip() if isinstance(value, str) else value
