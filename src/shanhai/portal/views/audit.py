# SPDX-License-Identifier: Apache-2.0
"""Who did what, newest first, for those who may read the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.base.audit import selectors
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import registries

if TYPE_CHECKING:
    from shanhai.base.audit.models import AuditRow

SIZE = 50


@dataclass(frozen=True, slots=True)
class TrailLine:
    """An act in words, with its row."""

    row: AuditRow
    who: str
    what: str
    changes: tuple[tuple[str, str], ...]


@require_safe
def trail(request: Request) -> HttpResponse:
    """GET /audit/: filtered by kind, programme and day; ``before`` goes on to older acts."""
    if not request.viewer.may_somewhere(Permission.AUDIT_VIEW):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    area = request.GET.get("area", "")
    before = request.GET.get("before", "")
    on = _day(request.GET.get("on", ""))
    rows = selectors.list_rows(
        viewer=request.viewer,
        programme=_text(request, "of"),
        subject_id=_text(request, "subject"),
        action=f"{area}." if registries.areas.get(area) else "",
        since=on,
        until=on + timedelta(days=1) if on else None,
        before_seq=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        limit=SIZE + 1,
    )
    query = request.GET.copy()
    if len(rows) > SIZE:
        query["before"] = str(rows[SIZE - 1].seq)
    context = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("操作记录")))),
        "lines": _lines(request.viewer, rows[:SIZE]),
        "areas": tuple(area for area in registries.areas if area.acts),
        "area": area,
        "on": on and clock.local_date(on),
        "older": f"?{query.urlencode()}" if len(rows) > SIZE else "",
    }
    return render(request, "portal/audit_trail.html", context)


def _lines(viewer: Actor, rows: list[AuditRow]) -> list[TrailLine]:
    names = accounts.names_by_ref(viewer=viewer, refs={row.actor for row in rows})
    return [
        TrailLine(
            row=row,
            who=names.get(row.actor) or _who(row.actor),
            what=formats.label(registries.words_for(row.action)) or row.action,
            changes=tuple(_change(row.action, key, value) for key, value in row.changes.items()),
        )
        for row in rows
    ]


def _who(ref: str) -> str:
    kind, _, name = ref.partition(":")
    return gettext("系统（%(name)s）") % {"name": name} if kind == "system" else ref


def _change(action: str, key: str, value: object) -> tuple[str, str]:
    """What changed, and how, in words. "plan_amount_fen:<uuid>" is a field of the thing after the colon."""
    name = key.partition(":")[0]
    values = value if isinstance(value, list) and len(value) == 2 else [value]
    known = [one for one in values if isinstance(one, str) and one]
    words = registries.words_for_values(action, name, known)
    shown = (formats.word(words[one]) if one in known and words else _shown(name, one) for one in values)
    return formats.label(registries.words_for_field(action, name)) or key, " → ".join(shown)


def _shown(name: str, value: object) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, int) and name.endswith("_fen"):
        return str(formats.money(Money(value)))
    return str(value)


def _text(request: Request, parameter: str) -> str:
    # PostgreSQL refuses a NUL in any text, even in one it is only to compare with.
    return request.GET.get(parameter, "").replace("\x00", "")[:60]


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The first and the last days that Python knows have no neighbours in another zone.
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI) if date.min.year < day.year < date.max.year else None
