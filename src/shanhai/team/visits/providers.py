# SPDX-License-Identifier: Apache-2.0
"""What visits offer the registries: figures, what waits, search, names for the trail, personal data, daily work."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.urls import reverse

from shanhai.base.database.selectors import Things, holding
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, SearchHit, SearchSource, Todo, TodoSource
from shanhai.kernel.units import ITEM, YUAN, Quantity
from shanhai.planning.programmes.core.selectors.scopes import address_in
from shanhai.team.visits.models import Agreement, Cost, Delegation, Meeting
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.selectors.agreements import list_made, list_open_on, list_waiting
from shanhai.team.visits.selectors.delegations import held_by, list_delegations, list_to_approve, list_to_finish
from shanhai.team.visits.selectors.meetings import list_due
from shanhai.team.visits.services.receptions import erase_attendees
from shanhai.team.visits.states import AgreementState, DelegationState

MENU = MenuItem("visits", message(gettext_noop("互访机制")), "visits:home", VisitPermission.VIEW.value, order=59)
THINGS = (
    Things(
        "visits.delegation",
        Delegation.objects.visible_to,
        url=lambda one: reverse("visits:delegation", args=[one.uuid]),
        texts=("title",),
    ),
    Things(
        "visits.meeting",
        lambda viewer: Meeting.objects.visible_to(viewer).select_related("mechanism"),
        lambda one: f"{one.mechanism.name} {one.since:%Y-%m-%d}",
        lambda one: reverse("visits:meeting", args=[one.uuid]),
        ("mechanism__name",),
    ),
    Things(
        "visits.agreement",
        Agreement.objects.visible_to,
        lambda one: one.words[:40],
        lambda one: reverse("visits:agreement", args=[one.uuid]),
        ("words",),
    ),
)
_VISIT = gettext_noop("互访")
_APPROVE = gettext_noop("%(day)s 开始，等您批准。")
_FINISH = {
    DelegationState.PLANNED: gettext_noop("还没有公函。登记公函以后才能批准。"),
    DelegationState.APPROVED: gettext_noop("日子过了，请登记成行，或取消。"),
    DelegationState.HELD: gettext_noop("成行了，请把四样单据办齐。"),
}
_MINE = gettext_noop("由您落实，期限 %(day)s。")
_CONFIRM = gettext_noop("报告落实了，等您确认。")
_MEET = gettext_noop("%(day)s 以前要开会，还没有开。")


class Visits(SearchSource):
    """Visits by title; who comes along is found by nobody."""

    key = "visits.delegations"
    order = 73

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those of every programme that the viewer sees."""
        rows = list_delegations(viewer=viewer, programme=None).filter(holding(text, "title", "guest__name"))[:limit]
        return tuple(
            SearchHit(one.title, message(_VISIT), reverse("visits:delegation", args=[one.uuid])) for one in rows
        )


class Waiting(TodoSource):
    """Visits to approve and to close, what one answers for or confirms, mechanisms that ought to meet."""

    key = "visits.waiting"
    order = 44

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What one answers for first."""
        today, todos = local_date(at), []
        for one in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]:
            day, mine = one.due_on.isoformat(), one.state == AgreementState.AGREED
            url, why = (
                reverse("visits:agreement", args=[one.uuid]),
                message(_MINE, day=day) if mine else message(_CONFIRM),
            )
            late = "late" if mine and one.due_on < today else "wait"
            todos.append(Todo(one.words, why, url, late, day, one.programme.code))
        if not viewer.may_somewhere(VisitPermission.VIEW, programme=programme):
            return tuple(todos)
        for visit in list_to_approve(viewer=viewer, programme=programme)[:MOST_TODOS]:
            url, day = reverse("visits:delegation", args=[visit.uuid]), visit.since.isoformat()
            todos.append(Todo(visit.title, message(_APPROVE, day=day), url, due=day, programme=visit.programme.code))
        for visit in list_to_finish(viewer=viewer, programme=programme, on=today)[:MOST_TODOS]:
            why = message(_FINISH[DelegationState(visit.state)])
            url = reverse("visits:delegation", args=[visit.uuid])
            todos.append(Todo(visit.title, why, url, programme=visit.programme.code))
        for due in list_due(viewer=viewer, programme=programme, manages=True):
            if due.due < today:
                code, day = due.mechanism.programme.code, due.due.isoformat()
                url = address_in(code, "visits:mechanisms")
                todos.append(Todo(due.mechanism.name, message(_MEET, day=day), url, "late", day, code))
        return tuple(todos)


class Attendees(PersonalData):
    """Who comes along on visits and who receives them."""

    key = "visits.Attendee"
    fields = ("name", "title", "user")
    purpose = message(gettext_noop("接待和报账要有名单，只有办互访的人看得到。"))
    keep_until = message(gettext_noop("互访结束满三年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase the lists of visits that ended three years ago."""
        return erase_attendees(by=by, at=at)


class EraseDue(Daily):
    """Lists of people do not outstay their date."""

    key = "visits.erase_due"
    label = message(gettext_noop("删去到期的互访名单"))
    after = "03:55"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase what is past its date, and say of how many."""
        return str(erase_attendees(by=system("worker", (VisitPermission.MANAGE.value,)), at=at))


_TOLD = {
    "visits.held": (message(gettext_noop("成行的互访")), message(gettext_noop("到这一天办完的来访、出访数"))),
    "visits.agreed": (message(gettext_noop("议定事项")), message(gettext_noop("到这一天议定的事项数，不算不再落实的"))),
    "visits.open": (
        message(gettext_noop("没有落实的议定事项")),
        message(gettext_noop("到这一天议定、还没有确认落实的")),
    ),
    "visits.spent": (message(gettext_noop("互访费用")), message(gettext_noop("到这一天办完的互访登记的费用之和"))),
}


class Figures(FigureFamily):
    """Visits held, what was agreed and what of it is open, what visits cost; as of a day, for the whole programme."""

    key = "visits"
    keys = tuple(_TOLD)
    order = 69

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """For who sees visits there. Four queries."""
        if scope.place is not None or not _may(viewer, scope):
            return ()
        return tuple(_figure(key, _rows(key, viewer, scope), scope) for key in _TOLD)

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The visits, agreements or costs that are counted. Raises NotVisible."""
        if key not in _TOLD or scope.place is not None or not _may(viewer, scope):
            raise NotVisible(NOT_FOUND)
        rows = _rows(key, viewer, scope)
        number, whole, _made_up = _counted(key, rows)
        return EvidencePage(_TOLD[key][1], tuple(_told(one) for one in rows[offset:][:limit]), number, whole)


def _may(viewer: Actor, scope: FigureScope) -> bool:
    return viewer.may_somewhere(VisitPermission.VIEW, programme=scope.programme)


def _counted(key: str, rows: QuerySet[Any]) -> tuple[int, Money | Quantity, bool]:
    made_up = "delegation__provenance" if key == "visits.spent" else "provenance"
    numbers: dict[str, Aggregate] = {"number": Count("pk"), "demo": Count("pk", filter=Q(**{made_up: "demo"}))}
    if key == "visits.spent":
        numbers["fen"] = Sum("amount_fen", default=0)
    found = rows.order_by().aggregate(**numbers)
    whole = Money(found["fen"]) if key == "visits.spent" else Quantity(Decimal(found["number"]), ITEM)
    return found["number"], whole, bool(found["demo"])


def _figure(key: str, rows: QuerySet[Any], scope: FigureScope) -> Figure:
    _number, value, made_up = _counted(key, rows)
    return Figure(
        key=key,
        label=_TOLD[key][0],
        value=value,
        unit=YUAN if key == "visits.spent" else ITEM,
        formula=_TOLD[key][1],
        as_of=scope.as_of,
        strength=Strength.FORM,
        provenance="demo" if made_up else "",
    )


def _rows(key: str, viewer: Actor, scope: FigureScope) -> QuerySet[Any]:
    asked: dict[str, Any] = {"viewer": viewer, "programme": scope.programme, "on": scope.as_of}
    if key == "visits.agreed":
        return list_made(**asked)
    if key == "visits.open":
        return list_open_on(**asked)
    held = held_by(**asked)
    if key == "visits.held":
        return held
    return Cost.objects.filter(delegation__in=held.order_by()).select_related("delegation").order_by("pk")


def _told(one: Any) -> EvidenceRow:
    whole: Money | Quantity = Quantity(Decimal(1), ITEM)
    if isinstance(one, Cost):
        visit, label, whole = one.delegation, one.receipt, one.amount
        source, on = Source(visit.title, reverse("visits:delegation", args=[visit.uuid])), visit.since
    elif isinstance(one, Agreement):
        label, on = one.words, one.agreed_on
        source = Source(label[:40], reverse("visits:agreement", args=[one.uuid]))
    else:
        label, on = one.title, one.since
        source = Source(one.guest.name, reverse("visits:delegation", args=[one.uuid]))
    return EvidenceRow(label, whole, Strength.FORM, on=on, source=source)
