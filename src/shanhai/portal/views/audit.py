# SPDX-License-Identifier: Apache-2.0
"""Who did what, newest first, for those who may read the trail: as a page, and as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.base.accounts.values import USER_REF
from shanhai.base.audit import selectors
from shanhai.base.audit.selectors import Acts
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import registries
from shanhai.portal.trail import lines
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

SIZE = 50
# Of one kind of thing; more would not be a narrower search.
THINGS = 200
MOST_ROWS = 100_000
FILTERS = ("area", "of", "who", "about", "subject", "since", "until")


@require_safe
def trail(request: Request) -> HttpResponse:
    """GET /audit/: filtered by act, person, thing, programme and days; ``before`` goes on to older acts."""
    acts = _asked(request)
    rows = selectors.list_rows(viewer=request.viewer, acts=acts, limit=SIZE + 1)
    query = {name: text for name in FILTERS if (text := _text(request, name))}
    who = query.get("who", "")
    context = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("操作记录")))),
        "lines": lines(request.viewer, rows[:SIZE]),
        "areas": [
            (area, sorted(area.acts.items(), key=lambda one: formats.label(one[1])))
            for area in registries.areas
            if area.acts
        ],
        "asked": {name: query.get(name, "") for name in FILTERS},
        "subject": _named(request.viewer, query.get("subject", "")),
        "who": _named(request.viewer, who.removeprefix(USER_REF), "accounts.user") or who,
        "export": urlencode(query),
        "older": urlencode({**query, "before": rows[SIZE - 1].seq}) if len(rows) > SIZE else "",
    }
    return render(request, "portal/audit_trail.html", context)


@require_safe
def export(request: Request) -> FileResponse:
    """GET /audit/export.xlsx: what the filter keeps, newest first."""
    acts = _asked(request)
    columns = [
        Column(gettext("序号"), 10, "0"), Column(gettext("时间"), 18), Column(gettext("谁"), 18),
        Column(gettext("做了什么"), 24), Column(gettext("对象"), 36), Column(gettext("变动"), 60),
        Column(gettext("原因"), 40), Column(gettext("校验值"), 20),
    ]  # fmt: skip
    above = [
        gettext("操作记录"),
        _words(request),
        gettext("至多 %(count)s 条，新的在前。") % {"count": formats.number(MOST_ROWS)},
    ]
    return downloaded(
        f"audit-{clock.local_date(request.at).isoformat()}.xlsx",
        lambda target: write_table(
            target, tab=gettext("操作记录"), above=above, columns=columns, rows=_cells(request.viewer, acts)
        ),
    )


def _cells(viewer: Actor, acts: Acts) -> Iterator[tuple[object, ...]]:
    rows = selectors.iterate_rows(viewer=viewer, acts=acts, limit=MOST_ROWS)
    while some := list(islice(rows, 10 * SIZE)):
        for line in lines(viewer, some):
            yield (
                line.row.seq, formats.moment(line.row.at), line.who, line.what, line.about.label if line.about else "",
                gettext("；").join(map(str, line.changes)), line.row.because, line.row.hash,
            )  # fmt: skip


def _asked(request: Request) -> Acts:
    """What the address asks for. Raises NotVisible for who may not read the trail."""
    if not request.viewer.may_somewhere(Permission.AUDIT_VIEW):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    area, before, until = _text(request, "area"), _text(request, "before"), _day(_text(request, "until"))
    acts = Acts(
        programme=_text(request, "of"),
        action=f"{area}." if registries.areas.get(area) else area if registries.words_for(area) else "",
        since=_day(_text(request, "since")),
        until=until and until + timedelta(days=1),
        before_seq=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )
    if who := _text(request, "who"):
        acts = replace(acts, actors=_people(who))
    if subject := _text(request, "subject"):
        return replace(acts, subjects=[subject])
    if about := _text(request, "about"):
        found = (kind.find(viewer=request.viewer, text=about, limit=THINGS) for kind in registries.things)
        return replace(acts, subjects=[one for ids in found for one in ids])
    return acts


def _words(request: Request) -> str:
    """What the filter keeps, for people: "对象：GZ-2026-001"."""
    titles = {
        "who": gettext("谁"), "about": gettext("对象"), "area": gettext("操作"), "of": gettext("对口支援"),
        "since": gettext("从哪天"), "until": gettext("到哪天"),
    }  # fmt: skip
    area, of = registries.areas.get(_text(request, "area")), _text(request, "of")
    said = {name: _text(request, name) for name in titles}
    said["who"] = _named(request.viewer, said["who"].removeprefix(USER_REF), "accounts.user") or said["who"]
    said["area"] = formats.say(area.label) if area else formats.label(registries.words_for(said["area"]))
    said["of"] = _named(request.viewer, of, "programmes.code") or of
    kept = [gettext("%(name)s：%(value)s") % {"name": titles[name], "value": one} for name, one in said.items() if one]
    if subject := _text(request, "subject"):
        kept.append(_named(request.viewer, subject) or subject)
    return gettext("筛选：%(words)s") % {"words": gettext("；").join(kept) or gettext("全部")}


def _people(text: str) -> list[str]:
    """The refs of those whose name holds the text, or the one ref that it is."""
    return [text] if text.startswith((USER_REF, "system:")) else accounts.refs_named(text=text)


def _named(viewer: Actor, subject: str, *kinds: str) -> str:
    """What a thing whose acts alone are shown is called; "" where none is asked for."""
    asked = (registries.things.get(key) for key in kinds) if kinds else registries.things
    found = (kind.named(viewer=viewer, ids=[subject]) for kind in asked if kind) if subject else ()
    return next((names[subject].label for names in found if subject in names), "")


def _text(request: Request, parameter: str) -> str:
    # PostgreSQL refuses a NUL in any text, even in one it is only to compare with.
    return request.GET.get(parameter, "").replace("\x00", "").strip()[:60]


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The first and the last days that Python knows have no neighbours in another zone.
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI) if date.min.year < day.year < date.max.year else None
