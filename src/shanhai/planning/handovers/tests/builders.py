# SPDX-License-Identifier: Apache-2.0
"""Builders of a batch, its hand-over and what holds it back: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from shanhai.planning.handovers.models import BatchHandover, HandoverItem
from shanhai.planning.handovers.selectors import causes as everything
from shanhai.planning.handovers.services import open_handover
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.core.services import add_batch
from shanhai.planning.programmes.models import Batch, Programme, Task
from shanhai.planning.programmes.tests.builders import a_campaign, an_action
from shanhai.planning.programmes.tests.builders import a_task as a_task_of
from shanhai.planning.projects.tests.builders import a_programme
from tests.cast import AT, OFFICE

LEAVING = date(2026, 12, 31)


def a_batch(*, programme: str = "zj-ganzi", number: int = 9, **kw: Any) -> Batch:
    """The ninth batch, here from August 2023 to the end of 2026."""
    days = {"starts_on": date(2023, 8, 1), "ends_on": LEAVING, **kw}
    return add_batch(by=OFFICE, at=AT, programme=programme, number=number, **days)


def a_place_to_leave() -> Programme:
    """Zhejiang → Ganzi with its ninth batch, and no plan that would still be open."""
    programme = a_programme(yuan=0)
    a_batch()
    return programme


def a_handover(*, programme: str = "zj-ganzi", due_on: date = LEAVING) -> BatchHandover:
    """The hand-over of the programme's batch, with what is open now."""
    batch = Batch.objects.get(programme__code=programme)
    return open_handover(by=OFFICE, at=AT, programme=programme, batch=batch.uuid, due_on=due_on)


def a_task(**kw: Any) -> Task:
    """An open task of the industry group in the campaign of 2026, due in November."""
    action = an_action(campaign=a_campaign(year=2026, name=kw.pop("campaign", "融冰化雪")).uuid)
    return a_task_of(action=action.uuid, **{"due_on": date(2026, 11, 1), **kw})


def a_cause(**kw: Any) -> Cause:
    """An unsigned paper of somebody."""
    facts: dict[str, Any] = {
        "kind": ItemKind.UNSIGNED_PAPER,
        "subject_type": "projects.paper",
        "subject_id": str(uuid4()),
        "label": "验收报告",
        "url": "/projects/",
        "responsible": Responsible(ResponsibleKind.PERSON, "user:somebody"),
        **kw,
    }
    return Cause(**facts)


def only(monkeypatch: Any, *causes: Cause) -> None:
    """Nothing else than these ``causes`` is open, whatever the other apps hold."""
    monkeypatch.setattr(everything, "COLLECTORS", (lambda **asked: causes,))


def the_item(**kw: Any) -> HandoverItem:
    """The one item that fits."""
    return HandoverItem.objects.get(**kw)
