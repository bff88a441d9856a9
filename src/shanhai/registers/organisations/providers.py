# SPDX-License-Identifier: Apache-2.0
"""What organisations offer the registries: an importer, a line of the menu, hits of the search box."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem, SearchHit, SearchSource
from shanhai.registers.organisations.forms import ORGANISATIONS
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.permissions import OrganisationPermission
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.organisations.services import import_organisations
from shanhai.registers.organisations.values import OrganisationRow
from shanhai.registers.tables.rules.headers import find_header, read_columns
from shanhai.registers.tables.selectors.registers import Register

THINGS = Things(
    "organisations.organisation",
    Organisation.objects.visible_to,
    url=lambda one: f"/organisations/{one.uuid}/",
    texts=("name", "short_name"),
)

MENU = MenuItem(
    "organisations", message(gettext_noop("单位名录")), "organisations:list", Permission.PROGRAMME_VIEW.value, order=82
)


class Organisations(Register):
    """Tables of organisations."""

    def recognises(self, file: TableFile) -> bool:
        """Whether a sheet names organisations by their credit codes; a column of names alone may be anything."""
        try:
            headers = [find_header(ORGANISATIONS, sheet.head) for sheet in file.sheets if sheet.shown]
        except BadInput:
            return False
        return any("uscc" in read_columns(ORGANISATIONS, one.cells).by_field for one in headers if one)


class Directory(SearchSource):
    """Organisations by what their list is searched for."""

    key = "organisations"
    order = 60

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """By name."""
        found = list_organisations(viewer=viewer, text=text)[:limit]
        return tuple(SearchHit(one.name, MENU.label, f"/organisations/{one.uuid}/") for one in found)


IMPORTER = Organisations(
    ORGANISATIONS,
    OrganisationRow,
    import_organisations,
    permission=OrganisationPermission.MANAGE.value,
    options=frozenset({"provenance"}),
)
