# SPDX-License-Identifier: Apache-2.0
"""Reading a table of projects and finding out what it would change, without changing anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Problem
from shanhai.planning.projects.core.selectors.line_funds import READER
from shanhai.planning.projects.imports.rules.headers import header_at
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate, match_row
from shanhai.planning.projects.imports.rules.sheet import (
    HEADER_WITHIN,
    Sheet,
    compare_totals,
    read_sheet,
)
from shanhai.planning.projects.imports.rules.whole_sheet import check_codes, check_whole
from shanhai.planning.projects.imports.selectors.known import load_known
from shanhai.registers.documents.selectors import tables
from shanhai.registers.documents.values import Sheet as Cells
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.values import AccountKind

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sheet compared with what is stored: rows that may be taken over, problems, and what it was compared with.

    ``issued`` is what stands issued and has not arrived, by fund source, in fen; ``tab`` the name of the sheet within
    its workbook.
    """

    sheet: Sheet
    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]
    known: Known
    issued: dict[str, int]
    tab: str

    @property
    def blocked(self) -> bool:
        """Whether any problem stops the import."""
        return any(problem.blocking for problem in self.problems)


def check_table(
    *,
    viewer: Actor,
    programme: str,
    path: Path,
    name: str = "",
    today: date,
    progress: Progress = lambda done, total: None,
) -> Checked:
    """Read the table at ``path`` (sent under ``name``) and compare it with the programme's projects.

    ``progress`` is told after each row how many of how many have been compared.
    Raises NotVisible for the programme, and what ``tables.read_sheet`` raises for a file that cannot be opened.
    """
    cells = _cells(path, name)
    sheet = read_sheet(enumerate(cells.rows, start=1))
    check_codes(sheet)
    compare_totals(sheet)
    codes = {row.values["code"] for row in sheet.rows if "code" in row.values}
    words = {row.values["place"] for row in sheet.rows if "place" in row.values}
    known = load_known(viewer=viewer, programme=programme, codes=codes, words=words, today=today)
    matched = []
    for number, row in enumerate(sheet.rows, start=1):
        matched.append(match_row(sheet, row, known))
        progress(number, len(sheet.rows))
    candidates = tuple(candidate for candidate in matched if candidate is not None)
    issued = {
        source: balance(
            viewer=READER,
            programme=programme,
            kind=AccountKind.ISSUED,
            as_of=today,
            fund_source=source,
            currency=known.currency,
        ).fen
        for source in sorted({candidate.line.fund_source for candidate in candidates})
    }
    check_whole(sheet, candidates, known, issued)
    problems = sorted(sheet.problems, key=lambda problem: (problem.row is None, problem.row or 0))
    return Checked(sheet, candidates, tuple(problems), known, issued, cells.name)


def recognises(path: Path) -> bool:
    """Whether the file is a table of projects: it has a header with names of projects and codes or amounts.

    A county table (项目数 by 县市) is not one; a file that cannot be read is not one either.
    """
    try:
        return _has_header(_cells(path, path.name))
    except BadInput:
        return False


def _cells(path: Path, name: str) -> Cells:
    """The sheet of the workbook that has a header of projects, else the first."""
    first = tables.read_sheet(path=path, name=name)
    if _has_header(first):
        return first
    for other in first.names:
        if other != first.name:
            try:
                found = tables.read_sheet(path=path, name=name, sheet=other)
            except BadInput:
                # An empty sheet beside the first one is no reason to refuse the file.
                continue
            if _has_header(found):
                return found
    return first


def _has_header(cells: Cells) -> bool:
    rows = cells.rows[:HEADER_WITHIN]
    return any(header_at(number, row, before) for number, (before, row) in enumerate(pairwise(((), *rows)), start=1))
