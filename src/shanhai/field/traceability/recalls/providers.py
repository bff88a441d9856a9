# SPDX-License-Identifier: Apache-2.0
"""What recalls and reported problems put before whom."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from shanhai.base.database.selectors import Things
from shanhai.field.traceability.labels import PROBLEM_KINDS
from shanhai.field.traceability.models import Problem, Recall
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.recalls import open_problems, to_be_ended, unanswered
from shanhai.field.traceability.recalls.selectors.things import path_of
from shanhai.field.traceability.states import ProblemKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource

THINGS = (
    Things(
        "traceability.recall",
        Recall.objects.visible_to,
        lambda one: short(one.identifier),
        lambda one: reverse("recalls:recall", args=[one.uuid]),
        ("identifier",),
    ),
    Things(
        "traceability.problem",
        Problem.objects.visible_to,
        lambda one: short(one.identifier),
        lambda one: reverse("recalls:problem", args=[one.uuid]),
        ("identifier",),
    ),
)
_ANSWER = gettext_noop("召回：请替“%(party)s”查库存，答复找到多少、撤下多少。")
_ANSWER_DRILL = gettext_noop("演练：请替“%(party)s”照召回查库存、答复，货照常卖。")
_END = gettext_noop("召回：各方都已答复，请写结果、结束。")
_END_DRILL = gettext_noop("演练：各方都已答复，请写结果、结束。")


def short(identifier: str) -> str:
    """The signs of an own code; else what its address says."""
    return path_of(identifier).rpartition("/")[2] if "/x/" in identifier else path_of(identifier)


class Recalls(TodoSource):
    """Recalls that wait for the answer of one's party, or for their end; problems that people reported."""

    key = "traceability.recalls"
    order = 3

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Real recalls first, then problems, drills last within each."""
        todos: list[Todo] = []
        if viewer.may_somewhere(TracePermission.RECORD):
            for reach in unanswered(viewer=viewer, programme=programme)[:MOST_TODOS]:
                words = _ANSWER_DRILL if reach.recall.drill else _ANSWER
                todos.append(_todo(reach.recall, message(words, party=str(reach.party.organisation)), late=True))
        if viewer.may_somewhere(TracePermission.INSPECT):
            for recall in to_be_ended(viewer=viewer, programme=programme)[:MOST_TODOS]:
                todos.append(_todo(recall, message(_END_DRILL if recall.drill else _END)))
            for one in open_problems(viewer=viewer, programme=programme)[:MOST_TODOS]:
                why, url = message(PROBLEM_KINDS[ProblemKind(one.kind)]), reverse("recalls:problem", args=[one.uuid])
                todos.append(Todo(short(one.identifier), why, url, programme=one.programme.code))
        return tuple(todos[:MOST_TODOS])


def _todo(recall: Recall, why: Message, *, late: bool = False) -> Todo:
    status = "late" if late and not recall.drill else "wait"
    url = reverse("recalls:recall", args=[recall.uuid])
    return Todo(short(recall.identifier), why, url, status, programme=recall.programme.code)
