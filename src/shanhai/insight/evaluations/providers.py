# SPDX-License-Identifier: Apache-2.0
"""What evaluations offer the registries: a table that is taken in, what waits, and the things of the trail."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from shanhai.base.database.selectors import Things
from shanhai.insight.evaluations.forms import TEMPLATES
from shanhai.insight.evaluations.models import Evaluation, Template
from shanhai.insight.evaluations.permissions import EvaluationPermission
from shanhai.insight.evaluations.selectors import list_drafts, list_evaluations
from shanhai.insight.evaluations.services import take_in_template
from shanhai.insight.evaluations.states import EvaluationState
from shanhai.insight.evaluations.values import ItemRow
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource
from shanhai.registers.tables.selectors.registers import Register

WHY = {
    EvaluationState.ASSESSING: message(gettext_noop("请填自评并上报。")),
    EvaluationState.SUBMITTED: message(gettext_noop("自评已上报，请评定。")),
    EvaluationState.DECIDED: message(gettext_noop("已评定，没有申诉就封存。")),
    EvaluationState.APPEALED: message(gettext_noop("有申诉，请再评定。")),
}
PUT_IN_FORCE = message(gettext_noop("新收进的考核办法，请核对以后启用。"))
THINGS = (
    Things(
        "evaluations.evaluation",
        lambda viewer: Evaluation.objects.visible_to(viewer).select_related("template"),
        lambda one: f"{one.template.name} {one.starts_on}",
        lambda one: one.get_absolute_url(),
        ("template__name",),
    ),
    Things(
        "evaluations.template",
        Template.objects.visible_to,
        url=lambda one: f"/evaluations/templates/{one.uuid}/",
        texts=("name",),
    ),
)
IMPORTER = Register(
    TEMPLATES,
    ItemRow,
    take_in_template,
    permission=EvidencePermission.MANAGE.value,
    options=frozenset({"programme"}),
)


class Waiting(TodoSource):
    """Evaluations to assess, to decide, to freeze; templates to put in force. Two queries."""

    key = "evaluation.waiting"
    order = 45

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Each that waits for somebody who holds the permission; who handed it in does not decide."""
        found = []
        for one in list_evaluations(viewer=viewer, programme=programme)[:MOST_TODOS]:
            state, code = EvaluationState(one.state), one.programme.code
            assesses = state == EvaluationState.ASSESSING
            permission = EvidencePermission.MANAGE if assesses else EvaluationPermission.DECIDE
            own = not assesses and one.submitted_by == viewer.ref
            if state in WHY and not own and viewer.may(permission, programme=code):
                label = gettext("%(name)s（%(day)s 止）") % {"name": one.template.name, "day": one.ends_on.isoformat()}
                found.append(
                    Todo(label, WHY[state], one.get_absolute_url(), due=one.ends_on.isoformat(), programme=code)
                )
        for template in list_drafts(viewer=viewer, programme=programme)[:MOST_TODOS]:
            if viewer.may(EvaluationPermission.DECIDE, programme=template.programme.code):
                page, code = f"/evaluations/templates/{template.uuid}/", template.programme.code
                found.append(Todo(template.name, PUT_IN_FORCE, page, programme=code))
        return tuple(found)
