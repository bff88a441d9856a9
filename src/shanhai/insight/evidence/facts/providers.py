# SPDX-License-Identifier: Apache-2.0
"""The figures of what was stated, each with its sentence, and the indicators that the search box finds."""

from __future__ import annotations

from shanhai.base.database.selectors import Things
from shanhai.base.formats import named
from shanhai.insight.evidence.facts.forms import INDICATORS
from shanhai.insight.evidence.facts.rules import written_period
from shanhai.insight.evidence.facts.selectors import (
    Group,
    find_indicators,
    flags_of,
    group_behind,
    measure_of,
    source_of,
    standing,
    value_words,
)
from shanhai.insight.evidence.facts.services import take_in_indicators
from shanhai.insight.evidence.models import Fact, Indicator
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.values import IndicatorLine
from shanhai.kernel.actors import Actor
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import SearchHit, SearchSource
from shanhai.kernel.units import UNITS
from shanhai.registers.tables.selectors.registers import Register

FACT = "fact:"
STATED = message(gettext_noop("材料里说的数，经人核过，没有计算"))
BEHIND = message(gettext_noop("说这个数的材料"))
OF_PERIOD = gettext_noop("%(period)s，%(value)s")

IMPORTER = Register(
    INDICATORS,
    IndicatorLine,
    take_in_indicators,
    permission=EvidencePermission.MANAGE.value,
    options=frozenset({"programme"}),
)
THINGS = (
    Things(
        "evidence.indicator",
        lambda viewer: Indicator.objects.visible_to(viewer),
        named,
        lambda one: f"/evidence/indicators/{one.uuid}/",
        ("name", "code"),
    ),
    Things(
        "evidence.fact",
        lambda viewer: Fact.objects.visible_to(viewer).select_related("indicator"),
        lambda one: f"{named(one.indicator)} {written_period(one.starts_on, one.ends_on)}",
        lambda one: f"/evidence/indicators/{one.indicator.uuid}/#f-{one.uuid}",
        ("indicator__name",),
    ),
)


class Facts(FigureFamily):
    """What has been stated of each indicator about the latest period."""

    key = "facts"
    keys = (FACT,)
    order = 65
    by_place = keys

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """One an indicator, by its code, as far as it was known on the day. At most five queries. Raises NotVisible."""
        return tuple(_figure(group) for group in standing(viewer=viewer, **scope.selection))

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The sentence or the paper that says so. Raises NotVisible."""
        group = group_behind(viewer=viewer, code=key.removeprefix(FACT), **scope.selection)
        fact = group.holding[0]
        measure = measure_of(fact)
        label = fact.claim.sentence[:300] if fact.claim else fact.says
        row = EvidenceRow(label, measure, Strength(fact.strength), on=fact.known_on, source=source_of(fact))
        return EvidencePage(BEHIND, (row,)[offset:][:limit], 1, measure)


def _figure(group: Group) -> Figure:
    fact = group.holding[0]
    indicator = fact.indicator
    return Figure(
        key=f"{FACT}{indicator.code}",
        label=message(named(indicator)),
        value=measure_of(fact),
        unit=UNITS[indicator.unit],
        formula=message(indicator.formula) if indicator.formula else STATED,
        as_of=fact.known_on,
        strength=Strength(fact.strength),
        note=message(OF_PERIOD, period=written_period(fact.starts_on, fact.ends_on), value=value_words(fact)),
        flags=tuple(flags_of(fact, conflict=group.conflict)),
        sources=(source_of(fact),),
        provenance=fact.provenance,
    )


class Names(SearchSource):
    """Indicators by name and code."""

    key = "evidence.indicators"
    order = 71

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """By name."""
        kind = message(gettext_noop("统计指标"))
        found = find_indicators(viewer=viewer, text=text)[:limit]
        return tuple(SearchHit(named(one), kind, f"/evidence/indicators/{one.uuid}/") for one in found)
