# SPDX-License-Identifier: Apache-2.0
"""Words that several pages of programmes share."""

from django.urls import reverse
from django.utils.translation import gettext

from shanhai.kernel.errors import DomainError
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.states import PlanState

TODAY = Crumb(message(gettext_noop("今日")), "/")
PLANS = gettext_noop("计划")
PLAN_STATES = {
    PlanState.DRAFT: ("wait", gettext_noop("编制中")),
    PlanState.ISSUED: ("ok", gettext_noop("已下达")),
    PlanState.CLOSED: ("done", gettext_noop("已结束")),
}


def crumbs(programme: Programme) -> tuple[Crumb, ...]:
    """The way to the page of a programme."""
    return (
        TODAY,
        Crumb(message(PLANS), reverse("programmes:list")),
        Crumb(programme.name, reverse("programmes:detail", args=[programme.code])),
    )


def words_of(error: DomainError) -> str:
    """What an error says, in the viewer's language, for a form to show."""
    return gettext(error.message.text) % dict(error.message.params)
