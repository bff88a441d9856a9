# SPDX-License-Identifier: Apache-2.0
"""The importer of a register: tables whose rows are brought to one service. And what was taken in so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.registry import Importer, Progress, registries
from shanhai.registers.tables.models import TableImport
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.rules.table import A_SHEET
from shanhai.registers.tables.selectors.writing import write_template
from shanhai.registers.tables.values import TableKind

NOT_FOUND = gettext_noop("没有找到这次导入。请从导入页重新进入。")
NOTES = (("空着的格", "已经登记的照旧。"), ("重复导入", "同一份表导入两次，第二次什么都不变。"))


def kinds_for(*, viewer: Actor) -> list[str]:
    """The kinds of table that the viewer may take in, in some programme, without being bound to one place."""
    return [one.key for one in registries.importers if any(viewer.may_unplaced(name) for name in one.permissions)]


def list_imports(*, viewer: Actor) -> QuerySet[TableImport]:
    """The tables of registers that were taken in, newest first. Raises NotVisible for who may take in none."""
    if not (kinds := kinds_for(viewer=viewer)):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    return TableImport.objects.filter(kind__in=kinds).order_by("-at", "-pk")


def get_import(*, viewer: Actor, uuid: UUID, lock: bool = False) -> TableImport:
    """One of them; ``lock`` holds its row. Raises NotVisible."""
    return row_of(TableImport.objects.filter(kind__in=kinds_for(viewer=viewer)), uuid, NOT_FOUND, lock=lock)


class Register(Importer):
    """Tables of one kind, each row a ``row``, for ``bring``; the options go to it by their names, "" for none given.

    ``features`` answers the rows of a file of shapes (GeoJSON), and None for any other.
    """

    in_background = False

    def __init__(
        self,
        kind: TableKind,
        row: Callable[..., Any],
        bring: Callable[..., ImportReport],
        *,
        permission: str,
        options: frozenset[str] = frozenset(),
        features: Callable[[Path], Sequence[Any] | None] = lambda path: None,
        then: tuple[Message, str] | None = None,
    ) -> None:
        self.key, self.label, self.kind, self.options = kind.key, kind.label, kind, options
        self.permissions = frozenset({permission})
        self._row, self._bring, self._features, self.then = row, bring, features, then

    def write_template(self, *, viewer: Actor, programme: str) -> bytes:
        """The same for all programmes. Raises NotVisible for who may take in none."""
        if not any(viewer.may_somewhere(one) for one in self.permissions):
            raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
        name = self.label.text
        return write_template(
            tab=name, title=f"{name} · 带 * 的必填", fields=self.kind.fields, notes=(*NOTES, *self.kind.notes)
        )

    def recognises(self, file: TableFile) -> bool:
        """Never by itself: many tables name places and organisations."""
        return False

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
        """Take in a file. Raises BadInput for one that cannot be read, and what the service raises."""
        given = {name: options.get(name, "") for name in self.options}
        features = self._features(file.path)
        if features is None:
            table = read_table(self.kind, file.sheets, answers)
            rows = [self._row(row.row % A_SHEET, **row.values) for row in table.rows]
            return table.completed(self._bring(by=by, at=at, rows=rows, dry_run=dry_run or table.held, **given))
        report = self._bring(by=by, at=at, rows=features, dry_run=dry_run, **given)
        names = {row.row: row.name[:20] for row in features if row.name}
        # A feature shows no number: its name tells where to look.
        found = (
            replace(one, column=f"{names[one.row]} · {one.column}") if one.row in names else one
            for one in report.problems
        )
        return replace(report, problems=tuple(found))
