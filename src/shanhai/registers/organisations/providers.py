# SPDX-License-Identifier: Apache-2.0
"""What organisations offer the registries: an importer and a line of the menu."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, MenuItem, Progress
from shanhai.registers.organisations.forms import ORGANISATIONS, read_organisations
from shanhai.registers.organisations.permissions import OrganisationPermission
from shanhai.registers.organisations.services import import_organisations
from shanhai.registers.tables.rules.headers import find_header, read_columns

MENU = MenuItem(
    "organisations", message(gettext_noop("单位名录")), "organisations:list", Permission.PROGRAMME_VIEW.value, order=82
)


class Organisations(Importer):
    """Tables of organisations."""

    key = "organisations"
    label = message(gettext_noop("单位名录"))
    permissions = frozenset({OrganisationPermission.MANAGE.value})
    options = frozenset({"provenance"})
    in_background = False

    def recognises(self, file: TableFile) -> bool:
        """Whether a sheet names organisations by their credit codes; a column of names alone may be anything."""
        try:
            headers = [find_header(ORGANISATIONS, sheet.head) for sheet in file.sheets if sheet.shown]
        except BadInput:
            return False
        return any("uscc" in read_columns(ORGANISATIONS, one.cells).by_field for one in headers if one)

    def run(
        self,
        *,
        file: TableFile,
        options: Mapping[str, str],
        answers: Mapping[str, str],
        by: Actor,
        at: datetime,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        """Option: ``provenance``. Raises NotAllowed, and what opening the file raises."""
        table, rows = read_organisations(file, answers)
        said, held = options.get("provenance", ""), dry_run or table.held
        return table.completed(import_organisations(by=by, at=at, rows=rows, provenance=said, dry_run=held))
