# SPDX-License-Identifier: Apache-2.0
"""Reading a table of projects and finding out what it would change, without changing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import TableFile
from shanhai.kernel.registry import Progress
from shanhai.planning.projects.core.selectors.line_funds import READER
from shanhai.planning.projects.dossier.selectors.gates import gate_facts_of
from shanhai.planning.projects.imports.rules.fields import PROJECTS
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate, match_rows
from shanhai.planning.projects.imports.rules.questions import ask, check_gates, leave_money, moving
from shanhai.planning.projects.imports.rules.whole_sheet import check_whole
from shanhai.planning.projects.imports.selectors.known import load_known
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.values import AccountKind
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.rules.table import Table

_SUMS = ("amount", "arrived", "allotted", "paid", "total_investment", "completed_investment")
QUIET: Progress = lambda done, total: None  # noqa: E731 - the least that can be told


@dataclass(frozen=True, slots=True)
class Checked:
    """A table compared with what is stored: the rows that may be taken over, and what they were compared with.

    ``rows`` is how many were read, ``bare`` how many of them say of a project without money only what is known;
    ``totals`` are sums over all rows; ``issued`` is what stands issued and has not arrived, by fund source; in fen.
    """

    table: Table
    candidates: tuple[Candidate, ...]
    rows: int
    bare: int
    totals: dict[str, int]
    known: Known
    issued: dict[str, int]

    @property
    def blocked(self) -> bool:
        """Whether a problem or an open question stops the import."""
        return self.table.blocked or any(not question.answer for question in self.table.questions)


def check_table(
    *,
    viewer: Actor,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str],
    today: date,
    progress: Progress = QUIET,
) -> Checked:
    """Read the table and compare it with the programme's projects; ``answers`` are what the person decided.

    ``progress`` is told after each row how many of how many have been compared.
    Raises NotVisible for the programme, and what opening the file raises.
    """
    table = read_table(PROJECTS, file.sheets, answers)
    codes = {row.values["code"] for row in table.rows if "code" in row.values}
    words = {row.values["place"] for row in table.rows if "place" in row.values}
    known = load_known(viewer=viewer, programme=programme, codes=codes, words=words, today=today)
    leave_money(table, known, answers)
    matched = match_rows(table, known, year=answers.get("year", ""), progress=progress)
    candidates = matched.candidates
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
    check_whole(table, candidates, known, issued)
    moves = moving(candidates)
    check_gates(table, moves, gate_facts_of([one.known.pk for one in moves if one.known is not None]))
    candidates = tuple(one for one in candidates if one.row not in table.faulty)
    ask(table, candidates, known, answers)
    rows = len(table.rows)
    totals = {f"{name}_fen": sum(row.values[name].fen for row in table.rows if name in row.values) for name in _SUMS}
    # The rows have said what they have to say: of a large table they take more memory than all else.
    table.rows.clear()
    return Checked(table, candidates, rows, matched.bare, totals, known, issued)
