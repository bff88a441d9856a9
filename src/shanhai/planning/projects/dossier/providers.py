# SPDX-License-Identifier: Apache-2.0
"""What stands at a gate goes to those who can supply the next thing."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import Todo, TodoSource
from shanhai.planning.projects.dossier.rules import BY_KEY, ONWARD
from shanhai.planning.projects.dossier.selectors.gates import MOVE, list_waiting
from shanhai.planning.projects.labels import STAGES
from shanhai.planning.projects.states import Stage

# More than these at one gate stand together, with the address of the list that shows them.
FEW = 3


class AtTheGates(TodoSource):
    """Projects that wait for the viewer: to be moved on where nothing is missing, else for what is."""

    key = "projects.gates"
    order = 30

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """One by one where few wait at a gate, else all of them in one line."""
        found = []
        for of, key, count, first in list_waiting(viewer=viewer, programme=programme, few=FEW, on=local_date(at)):
            why, page = _why(key), "projects:detail" if key.startswith(MOVE) else "projects:dossier"
            if count > FEW:
                label = message(gettext_noop("%(count)s 个项目，头一个是 %(code)s"), count=count, code=first[0][1])
                address = f"{reverse('projects:list')}?{urlencode({'programme': of, 'waits': key})}"
                found.append(Todo(label, why, address, programme=of))
            else:
                found += [
                    Todo(f"{code} {name}", why, reverse(page, args=[uuid]), programme=of) for uuid, code, name in first
                ]
        return tuple(found)


def _why(key: str) -> Message:
    if key in BY_KEY:
        needed = BY_KEY[key]
        return message(gettext_noop("进入“%(stage)s”还差：%(asks)s"), stage=STAGES[needed.before], asks=needed.asks)
    stage = Stage(key.removeprefix(MOVE))
    if stage is Stage.SUSPENDED:
        return message(gettext_noop("停着工。复工了，请登记复工的日期。"))
    return message(gettext_noop("条件已经具备，可以进入“%(stage)s”了。请核对后登记。"), stage=STAGES[ONWARD[stage]])
