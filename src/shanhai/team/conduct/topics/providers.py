# SPDX-License-Identifier: Apache-2.0
"""The figures of conduct, each with its proof: who is away, cars that are out, letters signed, days without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from shanhai.base.database.selectors import in_programme, within
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import DAY, PERCENT, PERSON, PIECE, Quantity, Unit
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.conduct import labels
from shanhai.team.conduct.integrity.selectors import count_signed, coverage, last_confirmed, letter_of
from shanhai.team.conduct.models import CaseFile, Leave, VehicleUse
from shanhai.team.conduct.permissions import IntegrityPermission, LeavePermission
from shanhai.team.conduct.states import LeaveState, UseState
from shanhai.team.conduct.values import CaseKind

# Who leads, keeps discipline or runs the office sees them.
SEES = (
    LeavePermission.OFFICE, LeavePermission.COMMAND, IntegrityPermission.COUNTERSIGN, IntegrityPermission.DISCIPLINE,
)  # fmt: skip
_LABELS = {
    "conduct.away": message(gettext_noop("请假在外的人")),
    "conduct.cars_out": message(gettext_noop("在外的车")),
    "conduct.letters": message(gettext_noop("责任书签完")),
    "conduct.days_without": message(gettext_noop("没有事件的天数")),
}
_FORMULAS = {
    "conduct.away": message(gettext_noop("这一天准了假、还没有销假的人数")),
    "conduct.cars_out": message(gettext_noop("这一天结束时出车没有还的车数")),
    "conduct.letters": message(gettext_noop("在岗的人里，本人和上一级都签了当年责任书的")),
    "conduct.days_without": message(gettext_noop("从最近一件属实的事件，或项目开始那天，到这一天")),
}
_MEMBERS = Base("members", message(gettext_noop("在岗的人")))
_NO_LETTER = message(gettext_noop("这一年的责任书还没有发出。"))
_NOBODY = message(gettext_noop("这一天没有人在岗。"))
_START = gettext_noop("项目开始")


class Conduct(FigureFamily):
    """Four figures of the team's rules, as of a day, for the whole programme."""

    key = "conduct"
    keys = tuple(_LABELS)
    order = 66

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All four, for who leads or keeps discipline. Seven queries."""
        if scope.place is not None or not any(viewer.may(one, programme=scope.programme) for one in SEES):
            return ()
        return (self._away(scope), self._cars(scope), self._letters(viewer, scope), self._without(viewer, scope))

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """Who is away, which cars are out, who signed or is here, from when the days are counted. Raises NotVisible."""
        if key not in _LABELS or not self.list_figures(viewer=viewer, scope=scope):
            raise NotVisible(NOT_FOUND)
        rows, total = _evidence(viewer, scope, key, part)
        return EvidencePage(_FORMULAS[key], tuple(rows[offset:][:limit]), len(rows), total)

    def _away(self, scope: FigureScope) -> Figure:
        return _counted("conduct.away", scope, _away(scope), PERSON)

    def _cars(self, scope: FigureScope) -> Figure:
        return _counted("conduct.cars_out", scope, _out(scope), PIECE)

    def _letters(self, viewer: Actor, scope: FigureScope) -> Figure:
        letter = letter_of(programme=scope.programme, year=scope.as_of.year)
        if letter is None:
            return _figure("conduct.letters", scope, None, gap=_NO_LETTER)
        members, whole = count_signed(viewer=viewer, letter=letter, on=scope.as_of)
        if not members:
            return _figure("conduct.letters", scope, None, gap=_NOBODY)
        part, of = (Quantity(Decimal(number), PERSON) for number in (whole, members))
        return _figure("conduct.letters", scope, Share(part, of, _MEMBERS), made_up=bool(letter.provenance))

    def _without(self, viewer: Actor, scope: FigureScope) -> Figure:
        days, _since, last = _days_without(viewer, scope)
        return _figure("conduct.days_without", scope, days, made_up=bool(last and last.provenance))


def _counted(key: str, scope: FigureScope, rows: QuerySet[Any], unit: Unit) -> Figure:
    counted = rows.order_by().aggregate(number=Count("pk"), made_up=Count("pk", filter=Q(provenance="demo")))
    return _figure(key, scope, Quantity(Decimal(counted["number"]), unit), made_up=bool(counted["made_up"]))


def _figure(
    key: str, scope: FigureScope, value: Quantity | Share | None, *, made_up: bool = False, gap: Message | None = None
) -> Figure:
    return Figure(
        key=key,
        label=_LABELS[key],
        value=value,
        gap=gap,
        unit=value.unit if isinstance(value, Quantity) else PERCENT,
        formula=_FORMULAS[key],
        as_of=scope.as_of,
        strength=Strength.FORM,
        provenance="demo" if made_up else "",
    )


def _away(scope: FigureScope) -> QuerySet[Leave]:
    there = Q(state=LeaveState.APPROVED) | Q(state=LeaveState.BACK, back_on__gt=scope.as_of)
    rows = Leave.objects.filter(there, in_programme(scope.programme), within(scope.place), since__lte=scope.as_of)
    return rows.select_related("person", "kind").order_by("since", "pk")


def _out(scope: FigureScope) -> QuerySet[VehicleUse]:
    end = datetime.combine(scope.as_of + timedelta(days=1), time(), clock.SHANGHAI)
    rows = VehicleUse.objects.filter(in_programme(scope.programme), out_at__lt=end)
    rows = rows.filter(Q(state=UseState.OUT) | Q(back_at__gte=end)).select_related("vehicle", "secondment__person")
    return rows.order_by("out_at", "pk")


def _evidence(viewer: Actor, scope: FigureScope, key: str, part: str) -> tuple[Sequence[EvidenceRow], Any]:
    if key == "conduct.away":
        rows = [_row(one.person.name, PERSON, one.since) for one in _away(scope)]
    elif key == "conduct.cars_out":
        rows = [
            _row(one.vehicle.plate if one.vehicle else "", PIECE, clock.local_date(one.since)) for one in _out(scope)
        ]
    elif key == "conduct.letters":
        covered = coverage(viewer=viewer, programme=scope.programme, on=scope.as_of)
        signed = [_row(one.person.name, PERSON, clock.local_date(one.signed_at)) for one in covered.whole]
        others = [*(one.person.name for one in covered.waiting), *(one.person.name for one in covered.missing)]
        rows = signed if part == "part" else signed + [_row(name, PERSON, None) for name in others]
    else:
        return _without(viewer, scope)
    return rows, Quantity(Decimal(len(rows)), PIECE if key == "conduct.cars_out" else PERSON)


def _days_without(viewer: Actor, scope: FigureScope) -> tuple[Quantity, date, CaseFile | None]:
    """The days, from when they are counted, and the incident on that day if it is one."""
    programme = get_programme(viewer=viewer, code=scope.programme)
    last = last_confirmed(programme=programme, on=scope.as_of)
    since = last.happened_on if last else programme.starts_on
    return Quantity(Decimal(max((scope.as_of - since).days, 0)), DAY), since, last


def _without(viewer: Actor, scope: FigureScope) -> tuple[Sequence[EvidenceRow], Any]:
    """From when the days are counted: the kind and the day of the last incident, nothing else of it."""
    days, since, last = _days_without(viewer, scope)
    words = labels.CASE_KINDS[CaseKind(last.kind)] if last else _START
    return [EvidenceRow(gettext(words), days, Strength.FORM, on=since)], days


def _row(name: str, unit: Unit, on: date | None) -> EvidenceRow:
    return EvidenceRow(name, Quantity(Decimal(1), unit), Strength.FORM, on=on, source=Source(name) if name else None)
