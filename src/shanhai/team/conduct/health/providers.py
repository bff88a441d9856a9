# SPDX-License-Identifier: Apache-2.0
"""What health offers the registries: numbers of ten people or more, what waits, personal data, daily work.

No search, no names for the trail, no row behind a figure.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, Todo, TodoSource
from shanhai.kernel.units import PERSON, Quantity
from shanhai.planning.programmes.core.selectors.scopes import address_in
from shanhai.team.conduct.health.selectors import (
    LEAST_PEOPLE,
    count_tables,
    list_unfilled,
    list_unopened,
    templates_of,
)
from shanhai.team.conduct.health.services import erase_sheets
from shanhai.team.conduct.permissions import HealthPermission
from shanhai.team.conduct.selectors import limits_of
from shanhai.team.conduct.values import LimitKey, ListKind
from shanhai.team.secondments.selectors.roster import find_own

# Of who has no leave to ask for: the health keeper.
MENU = MenuItem("health", message(gettext_noop("健康")), "health:home", HealthPermission.KEEP.value, order=58)
_LABELS = {
    "health.filled": message(gettext_noop("本月填健康表的人")),
    "health.beyond": message(gettext_noop("本月健康表有要留意的人")),
}
_FORMULA = message(
    gettext_noop("本月到这一天填了健康表的人数；不满 %(least)s 人不出数，数后面没有名单"), least=LEAST_PEOPLE
)
_FEW = message(gettext_noop("不满 %(least)s 人，或您看不到健康的汇总数。"), least=LEAST_PEOPLE)
_TABLE = message(gettext_noop("每月健康表"))
_FILL = gettext_noop("这个月的健康表还没有填。")
_LOOK = gettext_noop("有要留意的健康表，还没有看过。")


class Health(FigureFamily):
    """How many filled in the month's table, and of how many something lies beyond a threshold; of ten or more."""

    key = "health"
    keys = tuple(_LABELS)
    order = 67

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """As of the day, for the whole programme alone: of a county it would say something of somebody. One query."""
        if scope.place is not None or not viewer.may(HealthPermission.FIGURES, programme=scope.programme):
            return ()
        counted = count_tables(viewer=viewer, programme=scope.programme, on=scope.as_of)
        numbers = (counted.people, counted.beyond) if counted else (None, None)
        return tuple(
            Figure(
                key=key,
                label=label,
                value=None if number is None else Quantity(Decimal(number), PERSON),
                gap=_FEW if number is None else None,
                unit=PERSON,
                formula=_FORMULA,
                as_of=scope.as_of,
                strength=Strength.FORM,
                provenance="demo" if counted and counted.made_up else "",
            )
            for (key, label), number in zip(_LABELS.items(), numbers, strict=True)
        )

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """One row that says how many: who they are lies under seal. Raises NotVisible."""
        found = {one.key: one for one in self.list_figures(viewer=viewer, scope=scope)}.get(key)
        if found is None:
            raise NotVisible(NOT_FOUND)
        if not isinstance(found.value, Quantity):
            return EvidencePage(_FORMULA, (), 0, None)
        row = EvidenceRow(str(found.label), found.value, Strength.FORM, on=scope.as_of)
        return EvidencePage(_FORMULA, (row,)[offset:][:limit], 1, found.value)


class Waiting(TodoSource):
    """The month's table to fill in, and for the keeper the sheets that nobody has looked at. Five queries at most."""

    key = "conduct.health"
    order = 18

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What the keeper has to look at first."""
        today = local_date(at)
        todos = []
        if viewer.may_somewhere(HealthPermission.KEEP, programme=programme):
            for one in list_unopened(viewer=viewer, programme=programme)[:MOST_TODOS]:
                url = reverse("health:sheet", args=[one.uuid])
                todos.append(
                    Todo(one.person.name, message(_LOOK), url, "late", one.day.isoformat(), one.programme.code)
                )
        held = None
        if viewer.may_somewhere(HealthPermission.OWN, programme=programme):
            held = find_own(viewer=viewer, on=today)
        if held is not None and programme in (None, held.programme.code):
            code, first = held.programme.code, today.replace(day=1)
            due = first.replace(day=limits_of(programme=code, on=today)[LimitKey.TABLE_BY_DAY].value)
            kept = templates_of(programme=code, on=today)
            if ListKind.MONTHLY in kept and list_unfilled(secondments=[held], programme=code, month=first):
                url = address_in(code, "health:fill", ListKind.MONTHLY.value)
                todos.append(
                    Todo(_TABLE, message(_FILL), url, "late" if today > due else "wait", due.isoformat(), code)
                )
        return tuple(todos)


class Sheets(PersonalData):
    """What people write of their health."""

    key = "conduct.HealthSheet"
    fields = ("person", "answers")
    purpose = message(gettext_noop("在高原照看队员的身体，只有本人和健康管理员看得到。"))
    keep_until = message(gettext_noop("派驻结束满一年；本人随时可以抹去。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase the sheets of secondments that ended a year ago."""
        return erase_sheets(by=by, at=at)


class EraseDue(Daily):
    """What people wrote of their health does not outstay its date."""

    key = "conduct.health"
    label = message(gettext_noop("删去到期的健康清单和健康表"))
    after = "03:50"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase what is past its date, and say of how many."""
        return str(erase_sheets(by=system("worker", (HealthPermission.KEEP.value,)), at=at))
