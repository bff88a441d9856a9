# SPDX-License-Identifier: Apache-2.0
"""Pages filled by what apps register: 今日 and 资金 from panels, the search box, and how any figure is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import proofs as figures
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.families import SharedPage
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Evidence, Page, Proof, page_number
from shanhai.kernel.registry import Asked, Panel, registries
from shanhai.kernel.scripts import simplified
from shanhai.kernel.shares import Measure, Share
from shanhai.kernel.units import YUAN
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.portal.templatetags.shanhai import STRENGTHS
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

log = structlog.get_logger("shanhai.panels")

HITS = 20
LONGEST_TEXT = 100
EVIDENCE = 10
# Of a table of all rows: so many are read at once, and so many at most.
CHUNK, MOST_ROWS = 2000, 100_000


@dataclass(frozen=True, slots=True)
class Laid:
    """A panel as it is laid out: its columns of twelve and its markup; "" for one that failed."""

    columns: int
    html: str


@require_safe
def today(request: Request) -> HttpResponse:
    """GET /: the first page after signing in: what needs me, how we stand, where the money is, which county."""
    viewer = request.viewer
    context = {"only_users": viewer.may_somewhere(Permission.USER_MANAGE)}
    return _page(request, "today", {**context, "may_make": programmes.may_begin(viewer=viewer)})


@require_safe
def funds(request: Request) -> HttpResponse:
    """GET /funds/: where the money stands, its rates and shares, the counties, and the latest vouchers."""
    return _page(request, "funds", {"crumbs": (TODAY, Crumb(message(gettext_noop("资金"))))})


def _page(request: Request, page: SharedPage, context: dict[str, Any]) -> HttpResponse:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, f"portal/{page}.html", context)
    context |= {
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
        "scope": scope,
        "where": page,
    }
    asked = Asked(page, request.viewer, scope, request.GET)
    laid = [
        _laid(panel, asked, request, context)
        for panel in registries.panels
        if panel.page == page
        and (not panel.permission or request.viewer.may_somewhere(panel.permission, programme=scope.programme))
    ]
    panels = [one for one in laid if one]
    failed = any(not one.html for one in panels)
    return render(request, f"portal/{page}.html", {**context, "panels": panels}, status=500 if failed else 200)


def _laid(panel: Panel, asked: Asked, request: Request, context: dict[str, Any]) -> Laid | None:
    """The panel filled in; None where it has nothing. What goes wrong in one app must not take the page from all."""
    try:
        filled = panel.fill(asked)
        if filled is None:
            return None
        return Laid(filled.columns, render_to_string(filled.template, {**context, **filled.context}, request))
    except DomainError:
        # A refusal is about what was asked, and so about the whole page.
        raise
    except Exception:
        got_request_exception.send(sender=None, request=request)
        log.exception("a panel could not be filled", panel=panel.key)
        return Laid(12, "")


@require_safe
def search(request: Request) -> HttpResponse:
    """GET /search/?q=…: what every source finds, up to twenty each, of a text in Traditional in both scripts."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    scripts = dict.fromkeys((text, simplified(text))) if text else ()
    found = (
        hit
        for source in registries.search
        for script in scripts
        for hit in source.find(viewer=request.viewer, text=script, limit=HITS)
    )
    hits = list(dict.fromkeys(found))
    crumbs = (TODAY, Crumb(message(gettext_noop("搜索"))))
    return render(request, "portal/search.html", {"crumbs": crumbs, "text": text, "hits": hits})


@require_safe
def proof(request: Request) -> HttpResponse:
    """GET /proof/?key=…: as a page, or for the drawer."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(figures.NOT_FOUND)
    figure = figures.get_figure(request.viewer, scope, request.GET.get("key", ""))
    shown = Proof(
        figure=figure,
        about=_about(request, scope),
        evidence=tuple(_evidence(request, scope, figure, part) for part in _parts(figure)),
    )
    crumbs = (TODAY, Crumb(message(gettext_noop("依据"))))
    template = "portal/_proof_in_drawer.html" if request.htmx else "portal/proof.html"
    return render(request, template, {"proof": shown, "crumbs": crumbs})


@require_safe
def proof_table(request: Request) -> FileResponse:
    """GET /proof.xlsx?key=…: every row behind a figure, in exact yuan."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(figures.NOT_FOUND)
    figure = figures.get_figure(request.viewer, scope, request.GET.get("key", ""))
    value = formats.measure(figure.value)
    about = [formats.say(one) for one in (*_about(request, scope), *([figure.note] if figure.note else []))]
    columns = [
        Column(gettext("部分"), 18), Column(gettext("哪一笔"), 48), Column(gettext("日期"), 12, "yyyy-mm-dd"),
        Column(gettext("全额"), 18, "#,##0.00"), Column(gettext("计入（%）"), 10, "0"),
        Column(gettext("计入"), 18, "#,##0.00"), Column(gettext("单位"), 8), Column(gettext("依据"), 12),
        Column(gettext("说明"), 30),
    ]  # fmt: skip
    above = [
        f"{formats.say(figure.label)} {value.exact or value}",
        f"{' · '.join(about)} · {gettext('截至')} {formats.day(figure.as_of)}",
        formats.say(figure.formula),
    ]
    rows = (cells for part in _parts(figure) for cells in _rows_behind(request, scope, figure, part))
    return downloaded(
        f"{scope.programme}-{figure.key}-{figure.as_of.isoformat()}.xlsx",
        lambda target: write_table(target, tab=gettext("依据"), above=above, columns=columns, rows=rows),
    )


def _rows_behind(request: Request, scope: FigureScope, figure: Figure, part: str) -> Iterator[tuple[object, ...]]:
    for offset in range(0, MOST_ROWS, CHUNK):
        found = figures.evidence(request.viewer, scope, figure.key, part, offset=offset, limit=CHUNK)
        for row in found.rows:
            number, unit = _exact(row.measure)
            yield (
                formats.say(found.title), row.label, row.on, _exact(row.of)[0] if row.of else number, row.percent,
                number, unit, gettext(STRENGTHS[row.strength]), row.source.note if row.source else "",
            )  # fmt: skip
        if len(found.rows) < CHUNK:
            return


def _exact(measure: Measure) -> tuple[Decimal, str]:
    """A number without rounding, amounts in yuan, and its unit."""
    if isinstance(measure, Money):
        return measure.yuan, gettext(YUAN.symbol)
    return measure.number, formats.unit_name(measure.unit)


def _parts(figure: Figure) -> tuple[str, ...]:
    if figure.value is None:
        return ()
    return ("part", "whole") if isinstance(figure.value, Share) else ("part",)


def _evidence(request: Request, scope: FigureScope, figure: Figure, part: str) -> Evidence:
    name = f"{part}_page"
    text = request.GET.get(name, "")
    number, size = (1, settings.PRINTED_ROWS) if request.GET.get("rows") == "all" else (page_number(text), EVIDENCE)
    found = figures.evidence(request.viewer, scope, figure.key, part, offset=(number - 1) * size, limit=size)
    page = Page(rows=found.rows, count=found.count, number=number, size=size, parameter=name)
    return Evidence(key=part, found=found, page=page)


def _about(request: Request, scope: FigureScope) -> tuple[Message | str, ...]:
    words: list[Message | str] = [formats.named(programmes.get_programme(viewer=request.viewer, code=scope.programme))]
    if scope.place:
        words += [formats.named(division) for division in places.find_divisions([scope.place]).values()]
    if scope.year:
        words.append(message(gettext_noop("%(year)s 年"), year=scope.year))
    return tuple(words)
