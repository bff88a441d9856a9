# SPDX-License-Identifier: Apache-2.0
"""Asking whichever apps answer for the figures of a scope, and for the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily, SharedPage
from shanhai.kernel.figures import EvidencePage, Figure, FigureScope
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.registry import registries

NOT_FOUND = gettext_noop("没有这个数。它可能已经改名，请从页面上的“依据”进入。")


def all_figures(viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
    """Every figure the viewer may see of the scope, each family computed once."""
    return tuple(figure for family in registries.figures for figure in _figures_of(family, viewer=viewer, scope=scope))


def some_figures(viewer: Actor, scope: FigureScope, families: Iterable[str]) -> dict[str, Figure]:
    """The figures of the named families, by key; families that are not installed are left out."""
    found = (family for key in families if (family := registries.figures.get(key)))
    return {figure.key: figure for family in found for figure in _figures_of(family, viewer=viewer, scope=scope)}


def headlines(viewer: Actor, scope: FigureScope, page: SharedPage) -> list[Figure]:
    """The figures that a page shows first, in order; another one in place of one without a value, where it has one."""
    wanted = [(one, family.key) for family in registries.figures for one in family.headlines if one.page == page]
    figures = some_figures(viewer, scope, dict.fromkeys(family for _one, family in wanted))
    known = sorted((one for one, _family in wanted if one.key in figures), key=lambda one: one.order)
    others = {one.instead_of: figures[one.key] for one in known if figures[one.key].gap is None}
    first = [figures[one.key] for one in known if not one.instead_of]
    return [others.get(figure.key, figure) if figure.gap is not None else figure for figure in first]


@remembered
def _figures_of(family: FigureFamily, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
    return family.list_figures(viewer=viewer, scope=scope)


def family_of(key: str) -> FigureFamily:
    """The family that answers for a figure. Raises NotVisible."""
    for family in registries.figures:
        if any(key == own or (own.endswith(":") and key.startswith(own)) for own in family.keys):
            return family
    raise NotVisible(NOT_FOUND)


def get_figure(viewer: Actor, scope: FigureScope, key: str) -> Figure:
    """One figure. Raises NotVisible where there is none of that key, or none for this viewer."""
    for figure in _figures_of(family_of(key), viewer=viewer, scope=scope):
        if figure.key == key:
            return figure
    raise NotVisible(NOT_FOUND)


def evidence(
    viewer: Actor, scope: FigureScope, key: str, part: str, *, offset: int = 0, limit: int = 20
) -> EvidencePage:
    """A page of the rows behind the part or the whole of a figure. Raises NotVisible."""
    return family_of(key).list_evidence(viewer=viewer, scope=scope, key=key, part=part, offset=offset, limit=limit)


def proof_address(scope: FigureScope, key: str) -> str:
    """The query that opens the proof of a figure in this scope."""
    asked = {
        "key": key,
        "programme": scope.programme,
        "as_of": scope.as_of.isoformat(),
        "place": scope.place,
        "year": scope.year,
        "base": scope.base,
    }
    return urlencode({name: value for name, value in asked.items() if value})
