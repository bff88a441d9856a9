# SPDX-License-Identifier: Apache-2.0
"""Published figures, each under "statement:<key>", as strong as news and never mixed into a computed figure."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import FigureFamily
from shanhai.kernel.shares import Measure
from shanhai.kernel.units import UNITS, Dimension, Quantity, money_in
from shanhai.planning.programmes.models import PublicStatement
from shanhai.planning.programmes.money.selectors.classifications import get_statement, list_statements
from shanhai.planning.programmes.values import FLAG_SENTENCES, StatementFlag

PREFIX = "statement:"
FORMULA = message(gettext_noop("公开发表的数字，照原文，没有计算"))
TITLE = message(gettext_noop("发表的出处"))


class Statements(FigureFamily):
    """What has been published about a programme."""

    key = "statements"
    keys = (PREFIX,)
    order = 60

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """What has been published about the programme until the day, newest first; nothing for a place within it.

        Two queries. Raises NotVisible.
        """
        statements = list_statements(viewer=viewer, programme=scope.programme, as_of=scope.as_of)
        return tuple(_figure(statement) for statement in statements) if scope.place is None else ()

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The one publication behind a figure. Raises NotVisible."""
        statement = get_statement(viewer=viewer, programme=scope.programme, key=key.removeprefix(PREFIX))
        measure = _measure(statement)
        row = EvidenceRow(
            label=statement.label, measure=measure, strength=Strength.NEWS, on=statement.on, source=_source(statement)
        )
        return EvidencePage(TITLE, (row,)[offset:][:limit], 1, measure)


def _figure(statement: PublicStatement) -> Figure:
    return Figure(
        key=f"{PREFIX}{statement.key}",
        label=message(statement.label),
        value=_measure(statement),
        unit=UNITS[statement.unit],
        formula=FORMULA,
        as_of=statement.on,
        strength=Strength.NEWS,
        note=message(statement.note) if statement.note else None,
        flags=tuple(FLAG_SENTENCES[StatementFlag(flag)] for flag in statement.flags),
        sources=(_source(statement),),
        provenance=statement.provenance,
    )


def _measure(statement: PublicStatement) -> Measure:
    unit = UNITS[statement.unit]
    return money_in(statement.value, unit) if unit.dimension == Dimension.MONEY else Quantity(statement.value, unit)


def _source(statement: PublicStatement) -> Source:
    return Source(label=f"{statement.outlet}《{statement.title}》", url=statement.url, note=statement.position)
