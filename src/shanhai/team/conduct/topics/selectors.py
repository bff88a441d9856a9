# SPDX-License-Identifier: Apache-2.0
"""What each warned topic finds on a day, for discipline and the office; the figures of conduct."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from shanhai.base import formats
from shanhai.base.database.selectors import in_programme
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.team.conduct.integrity.selectors import coverage, list_open_cases, list_trips_due, list_undeclared
from shanhai.team.conduct.models import Leave, TripMember, VehicleUse
from shanhai.team.conduct.permissions import IntegrityPermission, LeavePermission
from shanhai.team.conduct.selectors import Held, limits_of
from shanhai.team.conduct.states import LeaveState, TripState, UseState
from shanhai.team.conduct.topics.rules import TOPICS, Topic, TopicKey
from shanhai.team.conduct.values import LimitKey
from shanhai.team.contests.inspections.selectors import list_overdue
from shanhai.team.visits.selectors.delegations import list_over

# The days in which those away are counted.
WINDOW = 30
# These are for discipline alone: who did not sign or declare, and what lies under seal.
_FOR_DISCIPLINE = frozenset({TopicKey.LETTERS, TopicKey.MATTERS, TopicKey.SAFETY})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a topic found: what or who, why, its page where the viewer has one."""

    label: str
    why: Message
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic with its limit and all that it found."""

    topic: Topic
    limit: Held | None
    findings: tuple[Finding, ...]


_LATE = gettext_noop("应在 %(day)s 回来，还没有销假。")
_AWAY = gettext_noop("三十天里有 %(days)s 天不在。")
_NOT_BACK = gettext_noop("应在 %(day)s 前返回。")
_NOT_RETURNED = gettext_noop("应在 %(moment)s 还车。")
_NOT_EXPLAINED = gettext_noop("%(day)s 还车，%(doubts)s。")
_NOT_SIGNED = gettext_noop("今年的责任书还没有签。")
_NOT_COUNTERSIGNED = gettext_noop("本人已签，上一级还没有签。")
_NOT_DECLARED = gettext_noop("今年还没有报告。")
_NOT_TAUGHT = gettext_noop("%(day)s 出发，还没有行前教育。")
_OPEN = gettext_noop("%(day)s 报告，还没有结论。")
_OVER = gettext_noop("超过标准，写的原因是：%(because)s")
_NOT_MENDED = gettext_noop("应在 %(day)s 前整改。")


def list_topics(*, viewer: Actor, programme: str, at: datetime) -> list[Found]:
    """Every topic that is the viewer's, with what it finds now; a bounded number of queries for each."""
    discipline = viewer.may(IntegrityPermission.DISCIPLINE, programme=programme)
    if not discipline and not viewer.may(LeavePermission.OFFICE, programme=programme):
        return []
    limits = limits_of(programme=programme, on=clock.local_date(at))
    found = []
    for topic in TOPICS:
        if discipline or topic.key not in _FOR_DISCIPLINE:
            asked = _Asked(viewer, programme, at, limits, discipline)
            limit = limits[topic.limit] if topic.limit else None
            found.append(Found(topic, limit, tuple(_FINDERS[topic.key](asked))))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    viewer: Actor
    programme: str
    at: datetime
    limits: dict[LimitKey, Held]
    discipline: bool

    @property
    def today(self) -> date:
        return clock.local_date(self.at)


def _leave(asked: _Asked) -> Iterator[Finding]:
    rows = Leave.objects.filter(in_programme(asked.programme), state=LeaveState.APPROVED, until__lt=asked.today)
    for one in rows.select_related("person").order_by("until", "pk"):
        yield Finding(one.person.name, message(_LATE, day=one.until.isoformat()))


def _trips(asked: _Asked) -> Iterator[Finding]:
    first, after = asked.today - timedelta(days=WINDOW - 1), asked.today + timedelta(days=1)
    rows = Leave.objects.filter(in_programme(asked.programme), since__lt=after, until__gt=first)
    away: dict[tuple[int, str], int] = defaultdict(int)
    approved = rows.filter(state__in=[LeaveState.APPROVED, LeaveState.BACK]).order_by("person", "since")
    for person, name, since, until in approved.values_list("person", "person__name", "since", "until"):
        away[person, name] += (min(until, after) - max(since, first)).days
    most = asked.limits[LimitKey.AWAY_DAYS].value
    for (_person, name), days in away.items():
        if days > most:
            yield Finding(name, message(_AWAY, days=days))
    for trip in list_trips_due(viewer=asked.viewer, programme=asked.programme, on=asked.today):
        if trip.state == TripState.BEGUN:
            url = reverse("integrity:trip", args=[trip.uuid])
            yield Finding(trip.title, message(_NOT_BACK, day=trip.until.isoformat()), url)


def _vehicles(asked: _Asked) -> Iterator[Finding]:
    rows = VehicleUse.objects.filter(in_programme(asked.programme)).select_related("secondment__person")
    late = Q(state=UseState.OUT, until__lt=asked.at)
    doubted = Q(state=UseState.RETURNED, explained="") & ~Q(doubts="")
    for one in rows.filter(late | doubted).order_by("until", "pk"):
        label = f"{one.secondment.person.name} · {one.destination}"
        if one.state == UseState.OUT:
            yield Finding(label, message(_NOT_RETURNED, moment=formats.moment(one.until)))
        else:
            doubts = tuple(message(words) for words in one.doubted)
            yield Finding(label, message(_NOT_EXPLAINED, day=clock.local_date(one.until).isoformat(), doubts=doubts))


def _letters(asked: _Asked) -> Iterator[Finding]:
    if not _is_past(asked, LimitKey.LETTERS_BY_MONTH):
        return
    covered = coverage(viewer=asked.viewer, programme=asked.programme, on=asked.today)
    for held in covered.missing:
        yield Finding(held.person.name, message(_NOT_SIGNED), reverse("secondments:secondment", args=[held.uuid]))
    for signed in covered.waiting:
        yield Finding(signed.person.name, message(_NOT_COUNTERSIGNED))


def _matters(asked: _Asked) -> Iterator[Finding]:
    if _is_past(asked, LimitKey.MATTERS_BY_MONTH):
        for held in list_undeclared(viewer=asked.viewer, programme=asked.programme, on=asked.today):
            yield Finding(held.person.name, message(_NOT_DECLARED), reverse("secondments:secondment", args=[held.uuid]))


def _teaching(asked: _Asked) -> Iterator[Finding]:
    rows = TripMember.objects.filter(
        in_programme(asked.programme, "trip__programme"), trip__state=TripState.PLANNED, taught_on=None
    )
    for one in rows.filter(trip__since__lte=asked.today).select_related("trip", "person").order_by("trip__since", "pk"):
        url = reverse("integrity:trip", args=[one.trip.uuid]) if asked.discipline else ""
        yield Finding(
            f"{one.person.name} · {one.trip.title}", message(_NOT_TAUGHT, day=one.trip.since.isoformat()), url
        )


def _safety(asked: _Asked) -> Iterator[Finding]:
    before = asked.at - timedelta(days=asked.limits[LimitKey.CASE_DAYS].value)
    for one in list_open_cases(viewer=asked.viewer, programme=asked.programme).filter(reported_at__lt=before):
        day = clock.local_date(one.reported_at).isoformat()
        yield Finding(one.happened_on.isoformat(), message(_OPEN, day=day), reverse("integrity:case", args=[one.uuid]))


def _thrift(asked: _Asked) -> Iterator[Finding]:
    for one in list_over(programme=asked.programme):
        url = reverse("visits:delegation", args=[one.delegation.uuid])
        yield Finding(f"{one.delegation.title} · {one.receipt}", message(_OVER, because=one.because), url)


def _checks(asked: _Asked) -> Iterator[Finding]:
    for one in list_overdue(programme=asked.programme, on=asked.today):
        url, day = reverse("inspections:finding", args=[one.uuid]), one.due_on.isoformat() if one.due_on else ""
        yield Finding(f"{one.inspection.group.name} · {one.words}", message(_NOT_MENDED, day=day), url)


_FINDERS = {
    TopicKey.LEAVE: _leave,
    TopicKey.TRIPS: _trips,
    TopicKey.VEHICLES: _vehicles,
    TopicKey.THRIFT: _thrift,
    TopicKey.LETTERS: _letters,
    TopicKey.MATTERS: _matters,
    TopicKey.TEACHING: _teaching,
    TopicKey.SAFETY: _safety,
    TopicKey.CHECKS: _checks,
}


def _is_past(asked: _Asked, key: LimitKey) -> bool:
    """Whether the last day of the limit's month is over."""
    return asked.today >= clock.months_later(date(asked.today.year, 1, 1), asked.limits[key].value)
