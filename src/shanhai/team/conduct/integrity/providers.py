# SPDX-License-Identifier: Apache-2.0
"""What integrity offers the registries: what waits for whom, names for the trail, personal data, daily work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, Todo, TodoSource
from shanhai.planning.programmes.core.selectors.scopes import address_in
from shanhai.registers.people.values import Pointer
from shanhai.team.conduct.integrity import selectors
from shanhai.team.conduct.integrity.services.cases import erase_cases
from shanhai.team.conduct.integrity.services.letters import erase_declarations
from shanhai.team.conduct.models import ExchangeTrip, Letter
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.states import TripState
from shanhai.team.contests.values import Standing
from shanhai.team.secondments.selectors.roster import find_own

# Of who has no leave to ask for: discipline.
MENU = MenuItem(
    "integrity", message(gettext_noop("廉洁")), "integrity:home", IntegrityPermission.DISCIPLINE.value, order=58
)
# What lies under seal has no name for the trail.
THINGS = (
    Things(
        "conduct.letter",
        Letter.objects.visible_to,
        lambda one: str(one.year),
        lambda one: reverse("integrity:home"),
    ),
    Things(
        "conduct.exchangetrip",
        ExchangeTrip.objects.visible_to,
        url=lambda one: reverse("integrity:trip", args=[one.uuid]),
        texts=("title",),
    ),
)

_SIGN = gettext_noop("%(year)s 年责任书等您签。")
_COUNTERSIGN = gettext_noop("%(name)s已签责任书，等您签。")
_READ = gettext_noop("有重大事项报告没有看过。")
_BEGIN = gettext_noop("%(day)s 出发。行前教育齐了请登记出发。")
_RETURN = gettext_noop("应在 %(day)s 前返回，还没有登记返回。")
_CASE = gettext_noop("报告了一件事，还没有结论。")
_LETTER, _DECLARATION, _CASE_LABEL = (
    message(gettext_noop("责任书")), message(gettext_noop("重大事项报告")), message(gettext_noop("报告的事件")),
)  # fmt: skip


class Waiting(TodoSource):
    """Letters to sign, declarations to read, trips that are due, cases without a finding."""

    key = "conduct.integrity"
    order = 17

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Trips first: they have a day."""
        if not any(viewer.may_somewhere(one, programme=programme) for one in IntegrityPermission):
            return ()
        today = local_date(at)
        todos = []
        for trip in selectors.list_trips_due(viewer=viewer, programme=programme, on=today)[:MOST_TODOS]:
            late = trip.state == TripState.BEGUN
            # Who only goes cannot let it begin.
            if not late and not selectors.manages_trips(viewer, trip.programme.code):
                continue
            day = (trip.until if late else trip.since).isoformat()
            url = reverse("integrity:trip", args=[trip.uuid])
            why = message(_RETURN if late else _BEGIN, day=day)
            todos.append(Todo(trip.title, why, url, "late" if late else "wait", day, trip.programme.code))
        todos += _own_letter(viewer, programme, at)
        for one in selectors.list_to_countersign(viewer=viewer, programme=programme)[:MOST_TODOS]:
            code = one.letter.programme.code
            url = address_in(code, "integrity:home")
            todos.append(Todo(_LETTER, message(_COUNTERSIGN, name=one.person.name), url, programme=code))
        for unread in selectors.list_unread(viewer=viewer, programme=programme)[:MOST_TODOS]:
            url = reverse("integrity:declaration", args=[unread.uuid])
            todos.append(Todo(_DECLARATION, message(_READ), url, programme=unread.programme.code))
        for case in selectors.list_open_cases(viewer=viewer, programme=programme)[:MOST_TODOS]:
            url = reverse("integrity:case", args=[case.uuid])
            todos.append(Todo(_CASE_LABEL, message(_CASE), url, programme=case.programme.code))
        return tuple(todos)


def _own_letter(viewer: Actor, programme: str | None, at: datetime) -> Iterator[Todo]:
    """The letter of the year, where the viewer is seconded and has not signed it."""
    if not viewer.may_somewhere(IntegrityPermission.OWN, programme=programme):
        return
    today = local_date(at)
    held = find_own(viewer=viewer, on=today)
    if held is None or programme not in (None, held.programme.code):
        return
    letter = selectors.letter_of(programme=held.programme.code, year=today.year)
    if letter is not None and selectors.own_signature(viewer=viewer, letter=letter) is None:
        url = address_in(held.programme.code, "integrity:home")
        yield Todo(_LETTER, message(_SIGN, year=str(letter.year)), url, programme=held.programme.code)


class Declarations(PersonalData):
    """What people declare."""

    key = "conduct.Declaration"
    fields = ("person", "kind", "happened_on", "words")
    purpose = message(gettext_noop("按规定报告个人重大事项，只有本人和纪检看得到。"))
    keep_until = message(gettext_noop("派驻结束满三年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase what was declared in secondments that ended three years ago."""
        return erase_declarations(by=by, at=at)


class Cases(PersonalData):
    """Whom incidents concern, and what is said of them."""

    key = "conduct.CaseFile"
    fields = ("words", "finding")
    purpose = message(gettext_noop("了解事件，只有纪检看得到。"))
    keep_until = message(gettext_noop("有结论满三年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase the words of cases that were found out three years ago."""
        return erase_cases(by=by, at=at)


PERSONAL_DATA = (
    Declarations(),
    Cases(),
    Pointer(
        "conduct.CaseParty",
        message(gettext_noop("知道事件涉及谁，涉及的人自己不能办。")),
        ("person", "ref"),
        message(gettext_noop("有结论满三年。")),
    ),
    Pointer("conduct.Signature", message(gettext_noop("知道谁签了责任书。"))),
    Pointer("conduct.TripMember", message(gettext_noop("知道谁去、行前教育了没有。"))),
    Pointer("conduct.Opening", message(gettext_noop("让本人看到谁看过自己封存的内容。"))),
)


class Incidents(Standing):
    """Whom an open or confirmed incident concerns is not honoured for that year before discipline was asked."""

    key = "conduct.incidents"
    sealed = True

    def against(
        self, *, programme: str, year: int, on: date, person: int | None, group: int | None
    ) -> Iterator[Message]:
        """To ask discipline, and nothing else."""
        if person is not None and selectors.has_case(programme=programme, person=person, year=year):
            yield message(gettext_noop("请先问纪检。"))


class EraseDue(Daily):
    """What was declared and reported does not outstay its date."""

    key = "conduct.integrity"
    label = message(gettext_noop("删去到期的重大事项报告和事件内容"))
    after = "03:45"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase what is past its date, and say of how many."""
        worker = system("worker", (IntegrityPermission.DISCIPLINE.value,))
        return f"{erase_declarations(by=worker, at=at)} / {erase_cases(by=worker, at=at)}"
