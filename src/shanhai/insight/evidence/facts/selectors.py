# SPDX-License-Identifier: Apache-2.0
"""The dictionary of indicators, and their facts side by side."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shanhai.base.database.selectors import holding, in_programme
from shanhai.insight.evidence import labels
from shanhai.insight.evidence.facts.rules import disagree, reach, suggested
from shanhai.insight.evidence.models import Fact, FoundClaim, Indicator
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.values import Bound, Meant, PeriodKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, FigureScope, Source
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.proofs import get_figure
from shanhai.kernel.shares import Measure
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.values import measured
from shanhai.registers.places.selectors import county_choices

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

CONFLICT = message(gettext_noop("同一时期还有不一样的数，请到指标页对照。"))
DAMAGED = message(gettext_noop("原文这一句有缺损，请对照原件。"))
CORRECTED = message(gettext_noop("原文的数经人更正过，两个数都留着。"))
REPLACED = message(gettext_noop("出处后来登过更正稿。"))
# Each is a computation of its own.
MOST_COMPUTED = 8


@dataclass(frozen=True, slots=True)
class Group:
    """What is stated of one indicator for one place and period, newest first, with what no longer holds behind it."""

    place: str
    starts_on: date
    ends_on: date
    holding: tuple[Fact, ...]
    past: tuple[Fact, ...]

    @property
    def conflict(self) -> bool:
        """Whether what holds cannot all be true."""
        return disagree([reach(meant_by(one), one.step) for one in self.holding])


def meant_by(fact: Fact) -> Meant:
    """What a fact states."""
    return Meant(fact.value, fact.indicator.unit, Bound(fact.bound), fact.upper)


def measure_of(fact: Fact, value: Any = None) -> Measure:
    """The value of a fact, or another number of it, with its unit."""
    return measured(fact.value if value is None else value, fact.indicator.unit)


def value_words(fact: Fact) -> Message:
    """The value of a fact with how far it binds: 至少 500 人."""
    values: dict[str, Any] = {"value": measure_of(fact)}
    if fact.upper is not None:
        values["upper"] = measure_of(fact, fact.upper)
    return message(labels.BOUNDS[Bound(fact.bound)], **values)


def flags_of(fact: Fact, *, conflict: bool) -> list[Message]:
    """The doubts about a fact."""
    claim = fact.claim
    raised = {
        CONFLICT: conflict,
        DAMAGED: claim is not None and claim.damaged,
        CORRECTED: claim is not None and claim.state == ClaimState.CORRECTED,
        REPLACED: claim is not None and bool(claim.source.replaced_by.all()),
    }
    return [flag for flag, up in raised.items() if up]


def source_of(fact: Fact) -> Source:
    """Where the sentence or the paper of a fact is opened."""
    if fact.claim is not None:
        return Source(fact.claim.source.named, fact.claim.url, fact.claim.text)
    return Source(fact.says, f"/evidence/indicators/{fact.indicator.uuid}/#f-{fact.uuid}")


def list_indicators(*, viewer: Actor, programme: str, text: str = "") -> QuerySet[Any]:
    """The indicators of a programme by name, each with how many facts it has (``stated``)."""
    rows = Indicator.objects.visible_to(viewer).filter(in_programme(programme))
    rows = rows.filter(holding(text, "name", "name_en", "code"))
    return rows.annotate(stated=Count("facts", filter=Q(facts__withdrawn_at=None))).order_by("name", "pk")


def find_indicators(*, viewer: Actor, text: str) -> QuerySet[Indicator]:
    """Indicators of any programme that are called by ``text``, by name."""
    rows = Indicator.objects.visible_to(viewer).filter(holding(text, "name", "name_en", "code"))
    return rows.order_by("name", "pk")


def get_indicator(*, viewer: Actor, uuid: UUID) -> Indicator:
    """An indicator with its programme. Raises NotVisible."""
    return Indicator.objects.one(viewer, uuid)


def places_of(programme: Programme) -> list[tuple[str, str]]:
    """The code and the name, for the reader, of each county of what a programme supports."""
    return county_choices(programme.recipient.code)


def list_groups(*, viewer: Actor, indicator: Indicator) -> list[Group]:
    """What is stated of an indicator, the latest period first. Two queries."""
    return _grouped(_facts(viewer).filter(indicator=indicator))


def list_facts_of(*, viewer: Actor, claim: FoundClaim) -> list[Fact]:
    """What has become of a claim, as far as it was not taken back. One query."""
    rows = Fact.objects.visible_to(viewer).filter(claim=claim, withdrawn_at=None)
    return list(rows.select_related("indicator").order_by("pk"))


def standing(*, viewer: Actor, programme: str, as_of: date, place: str | None, year: int | None) -> list[Group]:
    """Of each indicator what was known on a day about the latest period that had begun, in the place, in the year.

    Two queries beside that of the programme. Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    rows = _facts(viewer).filter(indicator__programme=found, place=place or "", known_on__lte=as_of)
    if year is not None:
        rows = rows.filter(ends_on__year=year)
    latest: dict[str, Group] = {}
    for group in _grouped(rows, as_of):
        if group.holding and group.starts_on <= as_of:
            latest.setdefault(group.holding[0].indicator.code, group)
    return [latest[code] for code in sorted(latest)]


def group_behind(*, viewer: Actor, code: str, **asked: Any) -> Group:
    """The one of ``standing`` of the indicator with that code. Raises NotVisible."""
    found = next((one for one in standing(viewer=viewer, **asked) if one.holding[0].indicator.code == code), None)
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个指标的数。请从指标页重新进入。"))
    return found


def computed_beside(*, viewer: Actor, indicator: Indicator, groups: Iterable[Group], on: date) -> dict[Group, Figure]:
    """What our own figure says of the latest periods of an indicator: of a year its own, else as of the last day.

    Nothing where the indicator names no figure, or the viewer does not see it.
    """
    found: dict[Group, Figure] = {}
    for group in [*groups][:MOST_COMPUTED] if indicator.figure_key else ():
        whole = indicator.period == PeriodKind.YEAR and group.starts_on.year == group.ends_on.year
        year = group.ends_on.year if whole else None
        scope = FigureScope(indicator.programme.code, min(on, group.ends_on), group.place or None, year)
        with suppress(NotVisible):
            found[group] = get_figure(viewer, scope, indicator.figure_key)
    return found


def suggested_indicator(*, viewer: Actor, claim: FoundClaim) -> Indicator | None:
    """The indicator that a claim may be of, for a person to confirm; None where none stands out. One query."""
    known = {one.code: one for one in list_indicators(viewer=viewer, programme=claim.programme_code)}
    code = suggested(claim.subject_phrase, claim.unit, [(one.code, one.name, one.unit) for one in known.values()])
    return known.get(code)


def _facts(viewer: Actor) -> QuerySet[Fact]:
    rows = Fact.objects.visible_to(viewer).select_related("indicator__programme", "claim__source", "document")
    rows = rows.defer(*(f"claim__source__{name}" for name in ("reading", "runs", "cuts", "damage", "places", "notes")))
    return rows.prefetch_related("replaced_by", "claim__source__replaced_by")


def _grouped(rows: QuerySet[Fact], as_of: date | None = None) -> list[Group]:
    ordered = rows.order_by("-ends_on", "-starts_on", "indicator__code", "place", "-known_on", "-pk")
    return [
        Group(place, starts_on, ends_on, *_told_apart(list(facts), as_of))
        for (ends_on, starts_on, _indicator, place), facts in groupby(
            ordered, lambda one: (one.ends_on, one.starts_on, one.indicator_id, one.place)
        )
    ]


def _told_apart(facts: list[Fact], as_of: date | None) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    replaced = {one.pk for one in facts if _replaced(one.replaced_by.all(), as_of)}
    gone = {one.pk for one in facts if _withdrawn(one, as_of)} | replaced
    return tuple(one for one in facts if one.pk not in gone), tuple(one for one in facts if one.pk in gone)


def _replaced(others: Iterable[Fact], as_of: date | None) -> bool:
    return any(not _withdrawn(one, as_of) and (as_of is None or one.known_on <= as_of) for one in others)


def _withdrawn(fact: Fact, as_of: date | None) -> bool:
    return fact.withdrawn_at is not None and (as_of is None or local_date(fact.withdrawn_at) <= as_of)
