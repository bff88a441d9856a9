# SPDX-License-Identifier: Apache-2.0
"""What may be said about a project and an allocation line, how far projects have come, which are late, what is closed.

Asked by forms, by services and by the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.projects.states import ACCEPTED_ON, FINISHED, NOT_STARTED, Milestone, Stage
from shanhai.planning.projects.values import Dates, LineFacts, ProjectFacts, Standing

# Ten trillion yuan: a hundred times this still fits the 64-bit product of an amount and a percentage.
MAX_FEN = 10**15

# The field, the code of the problem, and the sentence.
Fault = tuple[str, str, Message]


def project_faults(facts: ProjectFacts, standing: Standing, *, today: date, currency: str) -> Iterator[Fault]:
    """Everything that cannot be so about a project; nothing when all is well."""
    yield from _text_fault("code", facts.code, 40)
    yield from _text_fault("name", facts.name, 200)
    yield from amount_faults("total_investment", facts.total_investment, currency)
    yield from amount_faults("other_sources", facts.other_sources, currency)
    yield from amount_faults("completed_investment", standing.completed_investment, currency)
    yield from _percent_fault("progress_percent", standing.progress_percent)
    if facts.altitude_m is not None and not -200 <= facts.altitude_m <= 9000:
        text = gettext_noop("海拔 %(altitude)s 米不可能。请填 -200 到 9000 之间的数。")
        yield "altitude_m", "impossible_altitude", message(text, altitude=facts.altitude_m)
    yield from date_faults(standing.stage, facts.dates, today=today)


def line_faults(facts: LineFacts, *, currency: str) -> Iterator[Fault]:
    """Everything that cannot be so about an allocation line; nothing when all is well."""
    yield from amount_faults("amount", facts.amount, currency)
    yield from _percent_fault("livelihood_percent", facts.livelihood_percent)


def amount_faults(field: str, amount: Money, currency: str) -> Iterator[Fault]:
    """An amount is not negative, not beyond any plan, and in the programme's currency."""
    if amount.currency != currency:
        text = gettext_noop("这项对口支援用 %(currency)s 记账，不能填 %(other)s。请换算后再填。")
        yield field, "other_currency", message(text, currency=currency, other=amount.currency)
    elif amount.fen < 0:
        yield field, "negative", message(gettext_noop("金额不能是负数（%(amount)s）。"), amount=amount)
    elif amount.fen > MAX_FEN:
        yield field, "too_large", message(gettext_noop("金额过大。请检查单位是元还是万元。"))


def _text_fault(field: str, text: str, most: int) -> Iterator[Fault]:
    if not text.strip():
        yield field, "empty", message(gettext_noop("这一格不能空着。请填写后再保存。"))
    elif len(text) > most or not text.isprintable():
        sentence = gettext_noop("最多 %(most)s 个字，不能有换行和控制符。请缩短后再保存。")
        yield field, "too_long", message(sentence, most=most)


def _percent_fault(field: str, percent: int) -> Iterator[Fault]:
    if not 0 <= percent <= 100:
        text = gettext_noop("百分比应在 0 到 100 之间，现在是 %(percent)s。")
        yield field, "not_a_percentage", message(text, percent=percent)


# Programmes of counterpart support began in 1994; twenty years ahead is further than any plan looks.
EARLIEST = date(1990, 1, 1)
YEARS_AHEAD = 20


# The date that a project has from the day on which it comes to a stage.
DATED: Mapping[Stage, str] = {
    Stage.UNDER_WAY: "started_on", Stage.COMPLETED: "finished_on", Stage.ACCEPTED: "accepted_on"
}  # fmt: skip


def known_since(stage: Stage, dates: Dates, today: date) -> date:
    """The day since when a project has stood at ``stage``, as far as its dates tell; ``today`` when they do not."""
    return (stage in DATED and getattr(dates, DATED[stage])) or today


LifeDay = tuple[Milestone, date]
MILESTONES: Mapping[Milestone, Message] = {
    Milestone.APPROVAL: message(gettext_noop("立项批复")),
    Milestone.TENDER: message(gettext_noop("中标")),
    Milestone.PERMIT: message(gettext_noop("施工许可")),
    Milestone.START: message(gettext_noop("实际开工")),
    Milestone.STOP: message(gettext_noop("停工")),
    Milestone.RESTART: message(gettext_noop("复工")),
    Milestone.COMPLETION: message(gettext_noop("实际完工")),
    Milestone.ACCEPTANCE: message(gettext_noop("验收")),
    Milestone.ACCOUNTS: message(gettext_noop("决算批复")),
    Milestone.HAND_OVER: message(gettext_noop("资产移交")),
}
_RANK = {one: rank for rank, one in enumerate(MILESTONES)} | {Milestone.RESTART: list(MILESTONES).index(Milestone.STOP)}


def own_days(dates: Dates) -> list[LifeDay]:
    """Those of the days of a life that are dates of the project itself."""
    named = ((Milestone(name), getattr(dates, name)) for name in DATED.values())
    return [(one, day) for one, day in named if day is not None]


def order_faults(days: Iterable[LifeDay]) -> Iterator[Fault]:
    """Each day of a life that lies before one that must come first. Stops and restarts are given as they happened."""
    last: LifeDay | None = None
    for one, day in sorted(days, key=lambda known: _RANK[known[0]]):
        if last is not None and day < last[1]:
            if one is not last[0]:
                text = gettext_noop("%(later)s %(day)s 早于%(earlier)s %(before)s。请核对这两个日期。")
                params = {"later": MILESTONES[one], "earlier": MILESTONES[last[0]]}
                yield one.value, "date_order", message(text, **params, day=day, before=last[1])
        else:
            last = (one, day)


def new_order_faults(before: Iterable[LifeDay], after: Iterable[LifeDay]) -> list[Fault]:
    """What a change of days does wrong; what was out of order before is history."""
    known = list(order_faults(before))
    return [fault for fault in order_faults(after) if fault not in known]


def date_faults(stage: Stage, dates: Dates, *, today: date) -> Iterator[Fault]:
    """What cannot be true about the dates; nothing when all agree."""
    latest = date(today.year + YEARS_AHEAD, 12, 31)
    days: dict[str, date] = {
        name: day for name in Dates.__dataclass_fields__ if (day := getattr(dates, name)) is not None
    }
    for field, day in days.items():
        if not EARLIEST <= day <= latest:
            text = gettext_noop("日期 %(day)s 不在可能的范围内（1990 年以后，20 年以内）。请核对年份。")
            yield field, "impossible_date", message(text, day=day)
        elif not field.startswith("planned") and day > today:
            text = gettext_noop("%(day)s 还没有到，不能是实际日期。请填到计划日期一栏，或改正年份。")
            yield field, "future_date", message(text, day=day)
    if dates.planned_start_on and dates.planned_finish_on and dates.planned_finish_on < dates.planned_start_on:
        text = gettext_noop("计划完工 %(later)s 早于计划开工 %(earlier)s。")
        said = message(text, earlier=dates.planned_start_on, later=dates.planned_finish_on)
        yield "planned_finish_on", "date_order", said
    yield from order_faults(own_days(dates))
    if dates.accepted_on is not None and dates.finished_on is None:
        text = gettext_noop("有验收日期，没有实际完工日期。先有完工，才有验收。")
        yield "finished_on", "accepted_without_finish", message(text)
    for field, has_come, text in (
        (
            "started_on",
            stage not in NOT_STARTED,
            gettext_noop("阶段还没有开工，却有实际开工日期 %(day)s。请改阶段或删去日期。"),
        ),
        (
            "finished_on",
            stage in FINISHED,
            gettext_noop("阶段还没有完工，却有实际完工日期 %(day)s。请改阶段或删去日期。"),
        ),
        (
            "accepted_on",
            stage in ACCEPTED_ON,
            gettext_noop("阶段还没有验收，却有验收日期 %(day)s。请改阶段或删去日期。"),
        ),
    ):
        if field in days and not has_come:
            yield field, "stage_against_dates", message(text, day=days[field])


NEW_PROJECTS = Base("new_projects", message(gettext_noop("新建项目")))
ALL_PROJECTS = Base("all_projects", message(gettext_noop("全部项目")))
CONTINUING_PROJECTS = Base("continuing_projects", message(gettext_noop("续建项目")))
WITHIN_YEAR = Base("within_year_projects", message(gettext_noop("全部项目，不含跨年项目")))
COMPLETED_PROJECTS = Base("completed_projects", message(gettext_noop("已完工项目")))
PLANNED_INVESTMENT = Base("planned_investment", message(gettext_noop("计划总投资")))


def late_since(stage: Stage, start: date | None, finish: date | None, on: date) -> date | None:
    """The planned day before ``on`` by which the project should have finished, or started, and has not; None in time.

    A suspended project is not late: winter stops a site above 4,000 m every year. A cancelled one never is.
    """
    if stage in NOT_STARTED | {Stage.UNDER_WAY} and finish is not None and finish < on:
        return finish
    return start if stage in NOT_STARTED and start is not None and start < on else None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many projects, cancelled ones left out. ``within`` counts those that do not run across years."""

    total: int = 0
    new: int = 0
    new_started: int = 0
    started: int = 0
    completed: int = 0
    within: int = 0
    within_completed: int = 0
    accepted: int = 0
    late: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def continuing(self) -> int:
        """Projects carried on from an earlier year."""
        return self.total - self.new

    @property
    def continuing_started(self) -> int:
        """Those of them at work or further."""
        return self.started - self.new_started


# By figure and base, the usual base first: which of the counts is the part, and which the whole. Reports count 新建 and
# 续建 apart (Xinjiang 2015: 943 of 1,022 new, 182 continuing all at work), leave out what runs across years (Hubei
# 2024), and take the accepted of the completed (Kezhou 2021: 283 of 311).
RATES: Mapping[str, tuple[tuple[Base, str, str], ...]] = {
    "start_rate": (
        (NEW_PROJECTS, "new_started", "new"),
        (CONTINUING_PROJECTS, "continuing_started", "continuing"),
        (ALL_PROJECTS, "started", "total"),
    ),
    "completion_rate": ((ALL_PROJECTS, "completed", "total"), (WITHIN_YEAR, "within_completed", "within")),
    "acceptance_rate": ((COMPLETED_PROJECTS, "accepted", "completed"), (ALL_PROJECTS, "accepted", "total")),
}


def rates(counts: Counts, *, completed: Money, planned: Money) -> dict[str, dict[str, Share]]:
    """How far projects and their investment have come, by figure and base."""

    def projects(name: str) -> Quantity:
        return Quantity(Decimal(getattr(counts, name)), PROJECT)

    found = {
        key: {base.key: Share(projects(part), projects(whole), base) for base, part, whole in bases}
        for key, bases in RATES.items()
    }
    investment = Share(completed, planned, PLANNED_INVESTMENT)
    return found | {"investment_completion_rate": {investment.base.key: investment}}


def require_open(*, state: str, year: int) -> None:
    """Raise Refused for a plan that is closed. What it has allotted already may still be paid and reversed."""
    if state == PlanState.CLOSED:
        raise Refused(
            gettext_noop("%(year)s 年的计划已经关闭，不能再安排、核拨或更改。请用以后年度的计划。"),
            "projects.plan_closed",
            year=str(year),
        )


def refuse_twins(code: str, others: Iterable[str]) -> None:
    """Raise Conflict for a code that differs from ``others`` in case, width, blanks or leading noughts only."""
    twins = [other for other in others if other != code and same_code(other) == same_code(code)]
    if twins:
        raise Conflict(
            gettext_noop(
                "编号“%(code)s”和已有的“%(twins)s”只差大小写、全半角、空格或前面的零，像是同一个。"
                "请核对编号；确实是另一个的，请勾选“确实是不同的”再登记。"
            ),
            "projects.possible_twin",
            code=code,
            twins="”“".join(twins[:5]),
        )
