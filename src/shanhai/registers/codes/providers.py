# SPDX-License-Identifier: Apache-2.0
"""What codes put on the desk: the menu, batches as things of the trail, labels and signals that wait, plain labels."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from shanhai.base.database.selectors import Things
from shanhai.base.formats import say
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.codes import CodeKind, CodeStanding
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, Todo, TodoSource
from shanhai.registers.codes import labels
from shanhai.registers.codes.covers.selectors import open_signals
from shanhai.registers.codes.covers.services import forget_tallies
from shanhai.registers.codes.issue.selectors.batches import list_printed, word_for
from shanhai.registers.codes.models import CodeBatch, Link, Signal
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import SignalKind

MENU = MenuItem("codes", message(gettext_noop("一码")), "codes:list", CodePermission.VIEW.value, order=72)
THINGS = (
    Things(
        "codes.codebatch",
        lambda viewer: CodeBatch.objects.visible_to(viewer),
        lambda one: _name(one),
        lambda one: _page(one),
    ),
    Things("codes.signal", lambda viewer: Signal.objects.visible_to(viewer), url=lambda _one: "/codes/signals/"),
    Things("codes.link", lambda viewer: Link.objects.visible_to(viewer), url=lambda _one: "/codes/links/"),
)

ACTIVATE = message(gettext_noop("已印，等启用：贴好标签后请启用，坏了的请作废。"))


def _name(batch: CodeBatch) -> str:
    return f"{word_for(batch)} × {batch.count} · {local_date(batch.issued_at).isoformat()}"


def _page(batch: CodeBatch) -> str:
    return f"/codes/{batch.uuid}/"


class WaitingCodes(TodoSource):
    """Labels that are printed and not in use, for who issues them; signals, for who sees codes."""

    key = "codes.waiting"
    order = 70

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Signals first, then a line for each batch, those that have waited longest first."""
        todos = []
        for one in open_signals(viewer=viewer, programme=programme)[:MOST_TODOS]:
            label = gettext("码 %(signs)s 异常") % {"signs": one.code.signs}
            why, day = message(labels.SIGNALS[SignalKind(one.kind)]), local_date(one.first_at).isoformat()
            todos.append(Todo(label, why, "/codes/signals/", "late", day, one.code.batch.programme))
        for batch in list_printed(viewer=viewer, programme=programme)[:MOST_TODOS]:
            todos.append(Todo(_name(batch), ACTIVATE, _page(batch), programme=batch.programme))
        return tuple(todos)


class Tallies(PersonalData):
    """A count of trials holds a hash of an address, as long as it bounds them."""

    key = "codes.Tally"
    fields = ("key",)
    purpose = message(gettext_noop("限制试覆盖码的次数。"))
    keep_until = message(gettext_noop("一小时。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase the counts of hours that are over."""
        return forget_tallies(by=by, at=at)


class EraseTallies(Daily):
    """Those that no later trial has erased."""

    key = "codes.erase_tallies"
    label = message(gettext_noop("清除试码的计数"))
    after = "03:30"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase them, and say how many."""
        return say(str(forget_tallies(by=by, at=at)))


class PlainLabel(CodeKind):
    """Labels of things that no app knows: a sign, a machine. Where they lead is set by hand."""

    key = "tag"
    label = message(gettext_noop("标签"))
    keys = ()

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """Nothing stands behind them."""
        return None
