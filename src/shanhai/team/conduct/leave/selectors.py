# SPDX-License-Identifier: Apache-2.0
"""Leave as people see it: one's own with the balances, what waits for whom, who is away, where everybody is tonight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from shanhai.base.database.selectors import in_programme, own, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import months_later
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.workdays import days_of
from shanhai.registers.tables.selectors.writing import Column, write_table
from shanhai.team.conduct.models import Leave, LeaveApproval, LeaveKind, LeaveRule, LocalHoliday
from shanhai.team.conduct.models.leave import OF_LEVEL
from shanhai.team.conduct.permissions import LeavePermission
from shanhai.team.conduct.states import LeaveState
from shanhai.team.conduct.values import Level, LevelRule
from shanhai.team.secondments.selectors.roster import list_roster

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of a kind of leave in a year; None for a kind without a balance."""

    kind: LeaveKind
    year: int
    used: int

    @property
    def left(self) -> int | None:
        """Days that can still be asked for."""
        return None if self.kind.days_a_year is None else self.kind.days_a_year - self.used


class Taken(NamedTuple):
    """A leave whose days are gone: of which kind, when, and how many of which year."""

    kind: str
    since: date
    until: date
    by_year: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tonight:
    """Where somebody is in a night: in their post, or away on a leave."""

    secondment: Secondment
    leave: Leave | None

    @property
    def altitude_m(self) -> int | None:
        """Of where they are, where somebody knows it."""
        return self.leave.altitude_m if self.leave else self.secondment.post.altitude_m


def get_leave(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Leave:
    """The leave with its kind and people. ``lock`` holds its row. Raises NotVisible."""
    rows = Leave.objects.visible_to(viewer).select_related("programme", "kind", "secondment__post", "person")
    if not lock:
        rows = rows.select_related("person__user", "stand_in__person")
    return row_of(
        rows, uuid, gettext_noop("没有找到这张请假单。请从请假页进入。"), "conduct.leave_not_found", lock=lock
    )


def kinds_in_force(*, programme: str, on: date) -> QuerySet[LeaveKind]:
    """The kinds of leave of a programme on a day, as they were set up."""
    found = LeaveKind.objects.filter(in_programme(programme), valid_from__lte=on)
    return found.filter(Q(valid_until=None) | Q(valid_until__gt=on)).order_by("pk")


def local_days(*, programme: str, since: date, until: date) -> dict[date, bool]:
    """Days of the region in an interval, and whether one works on them."""
    found = LocalHoliday.objects.filter(in_programme(programme), day__gte=since, day__lt=until)
    return dict(found.values_list("day", "works"))


def list_rules(*, programme: str) -> QuerySet[LeaveRule]:
    """Who approves what in a programme, from the fewest days up."""
    return LeaveRule.objects.filter(in_programme(programme)).order_by("from_days", "pk")


def list_holidays(*, programme: str) -> QuerySet[LocalHoliday]:
    """Days of the region, the latest first."""
    return LocalHoliday.objects.filter(in_programme(programme)).order_by("-day")


def rules_of(*, programme: str) -> list[LevelRule]:
    """The same as the rules of counting take them."""
    return [one.as_rule() for one in list_rules(programme=programme)]


def taken_by(*, person: int) -> list[Taken]:
    """What somebody has asked for, been given and taken, for the services here, too. One query."""
    rows = Leave.objects.holding().filter(person=person).order_by("since", "pk")
    return [Taken(*row) for row in rows.values_list("kind__name", "since", "until", "by_year")]


def used_days(taken: Iterable[Taken]) -> dict[tuple[str, int], int]:
    """Days that are gone, by kind and year; kinds go by their name, so that one set anew keeps what was used before."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for one in taken:
        for year, days in one.by_year.items():
            found[one.kind, int(year)] += days
    return found


def balances(*, secondment: Secondment, on: date) -> list[Balance]:
    """What is left to somebody of each kind in the year of a day. Two queries."""
    kinds = list(kinds_in_force(programme=secondment.programme.code, on=on))
    used = used_days(taken_by(person=secondment.person.pk))
    return [Balance(kind, on.year, used.get((kind.name, on.year), 0)) for kind in kinds]


def list_own(*, viewer: Actor) -> QuerySet[Leave]:
    """The viewer's own leaves, the latest first."""
    found = Leave.objects.filter(own(viewer, "secondment__person__user"))
    return found.select_related("kind", "stand_in__person").order_by("-since", "-pk")


def list_waiting(*, viewer: Actor, programme: str | None) -> QuerySet[Leave]:
    """Leaves of others on which it is the viewer's turn to decide, those that begin first first. One query."""
    next_level = LeaveApproval.objects.filter(leave=OuterRef("pk"), passed=None).order_by("position").values("level")
    rows = Leave.objects.filter(in_programme(programme), state=LeaveState.ASKED).annotate(turn=Subquery(next_level[:1]))
    mine = Q(pk__in=[])
    for level, permission in OF_LEVEL.items():
        mine |= Q(turn=level.value) & visible(viewer, permission, programme="programme__code")
    rows = rows.filter(mine).exclude(own(viewer, "secondment__person__user"))
    related = ("programme", "kind", "person", "secondment__post", "stand_in__person")
    return rows.select_related(*related).order_by("since", "pk")


def list_away(*, viewer: Actor, programme: str, on: date) -> QuerySet[Leave]:
    """Who is away on a day on an approved leave, for who approves there."""
    away = Q(state=LeaveState.APPROVED) | Q(state=LeaveState.BACK, back_on__gt=on)
    rows = _approved_by(viewer).filter(away, in_programme(programme), since__lte=on)
    # Who has not come back is away, however long ago they should have.
    rows = rows.filter(Q(until__gt=on) | Q(state=LeaveState.APPROVED))
    return rows.select_related("kind", "person", "secondment__post", "stand_in__person").order_by("until", "pk")


def list_overdue(*, viewer: Actor, programme: str | None, on: date) -> QuerySet[Leave]:
    """Who should have been back before a day and has not said so: for the office, and of one's own."""
    mine = own(viewer, "secondment__person__user") | visible(
        viewer, LeavePermission.OFFICE, programme="programme__code"
    )
    rows = Leave.objects.filter(mine, in_programme(programme), state=LeaveState.APPROVED, until__lt=on)
    return rows.select_related("programme", "kind", "person").order_by("until", "pk")


def tonight(*, viewer: Actor, programme: str, on: date) -> list[Tonight]:
    """Everybody who is seconded on a day and where they are, the highest first. Two queries."""
    away = {one.secondment_id: one for one in list_away(viewer=viewer, programme=programme, on=on)}
    people = {one.person_id: one for one in away.values()}
    rows = [
        Tonight(one, away.get(one.pk) or people.get(one.person_id))
        for one in list_roster(viewer=viewer, programme=programme, on=on)
    ]
    return sorted(rows, key=lambda row: -(row.altitude_m if row.altitude_m is not None else -1000))


def write_month(target: IO[bytes], *, viewer: Actor, programme: str, first: date) -> None:
    """A month as a table: a row for each who was seconded in it, a column for each day with the kind of leave.

    In constant memory but for the leaves of the month. Two queries.
    """
    after = months_later(first, 1)
    days = list(days_of(first, after))
    leaves: dict[int, list[Leave]] = defaultdict(list)
    rows = _approved_by(viewer).filter(in_programme(programme), since__lt=after, until__gt=first)
    for one in rows.filter(state__in=[LeaveState.APPROVED, LeaveState.BACK]).select_related("kind").order_by("pk"):
        leaves[one.person_id].append(one)
    roster = list_roster(viewer=viewer, programme=programme, on=after - timedelta(days=1))
    heads = [Column(gettext("姓名"), 12), Column(gettext("岗位"), 26), Column(gettext("受援单位"), 26)]
    write_table(
        target,
        tab=f"{first:%Y-%m}",
        above=(gettext("%(year)s 年 %(month)s 月请假表") % {"year": first.year, "month": first.month},),
        columns=[*heads, *(Column(str(day.day), 5) for day in days), Column(gettext("合计"), 8, "0")],
        rows=(_month_row(one, leaves.get(one.person_id, ()), days) for one in roster.iterator(chunk_size=2000)),
    )


def _month_row(one: Secondment, leaves: Sequence[Leave], days: Sequence[date]) -> tuple[object, ...]:
    marks = [next((leave.kind.name[:2] for leave in leaves if leave.since <= day < leave.until), "") for day in days]
    return one.person.name, one.post.title, one.post.receiver.name, *marks, sum(map(bool, marks))


def _approved_by(viewer: Actor) -> QuerySet[Leave]:
    """Leaves in the scopes in which the viewer approves, not their own for being theirs."""
    seen = Q(pk__in=[])
    for permission in OF_LEVEL.values():
        seen |= visible(viewer, permission, programme="programme__code")
    return Leave.objects.filter(seen)


def next_level(leave: Leave) -> Iterator[LeaveApproval]:
    """The approvals of a leave that are not decided yet, the next first."""
    yield from leave.approvals.filter(passed=None).order_by("position")


def may_decide(viewer: Actor, level: Level, leave: Leave) -> bool:
    """Whether the viewer decides on that level, for who is not themselves."""
    return viewer.may(OF_LEVEL[level], programme=leave.programme.code, place=leave.place) and not leave.person.is_actor(
        viewer
    )
