# SPDX-License-Identifier: Apache-2.0
"""How any figure is made: its formula, its bases, its rows, down to the vouchers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import proofs as figures
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Evidence, Page, Proof, page_number
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.places import selectors as places

SIZE = 10


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


def _parts(figure: Figure) -> tuple[str, ...]:
    if figure.value is None:
        return ()
    return ("part", "whole") if isinstance(figure.value, Share) else ("part",)


def _evidence(request: Request, scope: FigureScope, figure: Figure, part: str) -> Evidence:
    name = f"{part}_page"
    text = request.GET.get(name, "")
    number = page_number(text)
    found = figures.evidence(request.viewer, scope, figure.key, part, offset=(number - 1) * SIZE, limit=SIZE)
    page = Page(rows=found.rows, count=found.count, number=number, size=SIZE, parameter=name)
    return Evidence(key=part, found=found, page=page)


def _about(request: Request, scope: FigureScope) -> tuple[Message | str, ...]:
    words: list[Message | str] = [formats.named(programmes.get_programme(viewer=request.viewer, code=scope.programme))]
    if scope.place:
        words += [formats.named(division) for division in places.find_divisions([scope.place]).values()]
    if scope.year:
        words.append(message(gettext_noop("%(year)s 年"), year=scope.year))
    return tuple(words)
