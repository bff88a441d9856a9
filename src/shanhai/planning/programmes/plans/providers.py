# SPDX-License-Identifier: Apache-2.0
"""How far each target of the five-year plan has come, under "target:<uuid>": what the years added, of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength, weakest
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PERCENT
from shanhai.planning.programmes.models import Target, TargetYear
from shanhai.planning.programmes.plans.selectors import list_targets
from shanhai.planning.programmes.values import measured

PREFIX = "target:"
FORMULA = message(gettext_noop("各年完成数之和 ÷ 五年目标"))
BASE = Base("five_year_target", message(gettext_noop("五年目标")))
GAP = message(gettext_noop("还没有填报过完成数。"))
REACHED = message(gettext_noop("各年完成数"))
WANTED = message(gettext_noop("五年目标"))


class Targets(FigureFamily):
    """How far each target of the five-year plan has come."""

    key = "targets"
    keys = (PREFIX,)
    order = 50

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """Each target as of the day; none for a place or for one year. Two queries. Raises NotVisible."""
        if scope.place is not None or scope.year is not None:
            return ()
        return tuple(
            _figure(one, scope) for one in list_targets(viewer=viewer, programme=scope.programme, as_of=scope.as_of)
        )

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The years behind what was reached, or the target itself behind the whole. Raises NotVisible."""
        found = list_targets(viewer=viewer, programme=scope.programme, as_of=scope.as_of)
        target = {f"{PREFIX}{one.uuid}": one for one in found}.get(key)
        if target is None:
            raise NotVisible(NOT_FOUND)
        if part == "whole":
            whole = measured(target.amount, target.unit)
            page = Source(label=gettext("五年目标"), url=f"/programmes/{scope.programme}/targets/")
            row = EvidenceRow(label=target.name, measure=whole, strength=Strength.FORM, source=page)
            return EvidencePage(WANTED, (row,)[offset:][:limit], 1, whole)
        years = _reported(target)
        rows = tuple(
            EvidenceRow(
                label=f"{year.year} {year.note}".strip(),
                measure=measured(year.reached or Decimal(0), target.unit),
                strength=Strength.FORM,
                on=year.reported_on,
            )
            for year in years
        )
        return EvidencePage(REACHED, rows[offset:][:limit], len(rows), measured(_sum(years), target.unit))


def _figure(target: Target, scope: FigureScope) -> Figure:
    years = _reported(target)
    share = Share(measured(_sum(years), target.unit), measured(target.amount, target.unit), BASE)
    return Figure(
        key=f"{PREFIX}{target.uuid}",
        label=message(target.name),
        value=share if years else None,
        unit=PERCENT,
        formula=FORMULA,
        as_of=scope.as_of,
        strength=weakest(tuple(Strength.FORM for _ in years)),
        gap=None if years else GAP,
        provenance=target.provenance,
    )


def _reported(target: Target) -> list[TargetYear]:
    return [year for year in target.years.all() if year.reached is not None]


def _sum(years: Iterable[TargetYear]) -> Decimal:
    return sum((year.reached or Decimal(0) for year in years), Decimal(0))
