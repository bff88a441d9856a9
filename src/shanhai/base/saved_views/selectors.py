# SPDX-License-Identifier: Apache-2.0
"""Reads: a person's own views of a page."""

from __future__ import annotations

from dataclasses import dataclass

from shanhai.base.saved_views.models import SavedView
from shanhai.base.saved_views.rules import asks_nothing, kept
from shanhai.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Views:
    """The viewer's views of a page in the order of their names, and what the page is asked now, as it would be kept.

    ``opens_with`` is the query of the default view where the page is asked nothing: the page then leads there.
    """

    page: str
    query: str
    rows: tuple[SavedView, ...]
    opens_with: str = ""

    @property
    def current(self) -> SavedView | None:
        """The view the page shows now, if it is one."""
        return next((view for view in self.rows if view.query == self.query), None)


def list_views(*, viewer: Actor, page: str, query: str) -> Views:
    """The viewer's views of a page that is now asked ``query``. One query."""
    asked = kept(query)
    rows = tuple(SavedView.objects.visible_to(viewer).filter(page=page).order_by("name", "pk"))
    default = next((view.query for view in rows if view.is_default), "")
    return Views(page, asked, rows, default if asks_nothing(query) else "")
