# SPDX-License-Identifier: Apache-2.0
"""How often the programme was reported on, praised and honoured, with each entry behind the count; cases that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from shanhai.base.database.selectors import Things
from shanhai.insight.reports.labels import LEVELS, MENTIONS
from shanhai.insight.reports.models import Case, Mention
from shanhai.insight.reports.recognition.selectors import counted_cases, counted_mentions, list_waiting_cases
from shanhai.insight.reports.states import CaseState
from shanhai.insight.reports.values import HONOURS, MediaLevel, MentionKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength, weakest
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource
from shanhai.kernel.units import ARTICLE, ITEM, Quantity, Unit

FORMULA = message(gettext_noop("已登记、没有撤回的各条，按日期计"))
OF_CASES = message(gettext_noop("审核入库的案例，每个计最新一版"))
NONE_YET = message(gettext_noop("到这一天还没有登记过这一类。"))
COUNTED = message(gettext_noop("计入的各条"))
ALL = message(gettext_noop("宣传报道总数"))
CASES = message(gettext_noop("入库案例"))
OF_LEVEL: dict[MediaLevel, Message] = {
    MediaLevel.CENTRAL: message(gettext_noop("中央媒体报道数")),
    MediaLevel.PROVINCIAL: message(gettext_noop("省级媒体报道数")),
    MediaLevel.PREFECTURE: message(gettext_noop("州（市）级媒体报道数")),
    MediaLevel.COUNTY: message(gettext_noop("县级媒体报道数")),
    MediaLevel.OWN: message(gettext_noop("自有渠道发稿数")),
}
BY_OUTLET = gettext_noop("“%(outlet)s”发稿数")
THINGS = (
    Things(
        Mention.subject_type,
        Mention.objects.visible_to,
        lambda one: one.title,
        lambda one: f"/bulletins/mentions/{one.uuid}/",
        ("title",),
    ),
    Things(
        Case.subject_type,
        Case.objects.visible_to,
        lambda one: one.title,
        lambda one: f"/bulletins/cases/{one.uuid}/",
        ("title",),
    ),
)
WHY = {
    CaseState.RETURNED: message(gettext_noop("审签人已退回。请按意见修改后再送审。")),
    CaseState.SUBMITTED: message(gettext_noop("案例已送审，等您审核。")),
}
Counted = tuple[Message, Unit, Sequence[Mention | Case]]


class Mentions(FigureFamily):
    """Publicity by level and by own channel, recognitions by kind, cases in the library; nothing for a place."""

    key = "mentions"
    keys = ("publicity:", "recognition:")
    order = 70

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All counts of the scope. Two queries."""
        return tuple(_figure(key, one, scope) for key, one in _counted(viewer, scope).items())

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The entries, the newest first. Raises NotVisible."""
        found = _counted(viewer, scope).get(key)
        if found is None:
            raise NotVisible(NOT_FOUND)
        _label, unit, rows = found
        shown = tuple(_row(one, unit) for one in rows[offset:][:limit])
        return EvidencePage(COUNTED, shown, len(rows), Quantity(Decimal(len(rows)), unit))


def _counted(viewer: Actor, scope: FigureScope) -> dict[str, Counted]:
    if scope.place is not None:
        return {}
    mentions, cases = counted_mentions(viewer=viewer, scope=scope), counted_cases(viewer=viewer, scope=scope)
    reports = [one for one in mentions if one.kind == MentionKind.REPORT]
    found: dict[str, Counted] = {"publicity:all": (ALL, ARTICLE, reports)}
    for level in LEVELS:
        found[f"publicity:{level.value}"] = (OF_LEVEL[level], ARTICLE, [one for one in reports if one.level == level])
    for outlet in sorted({one.outlet for one in reports if one.level == MediaLevel.OWN}):
        own = [one for one in reports if one.level == MediaLevel.OWN and one.outlet == outlet]
        found[f"publicity:channel:{outlet}"] = (message(BY_OUTLET, outlet=outlet), ARTICLE, own)
    for kind in HONOURS:
        rows = [one for one in mentions if one.kind == kind]
        found[f"recognition:{kind.value}"] = (message(MENTIONS[kind]), ITEM, rows)
    return {**found, "recognition:case": (CASES, ITEM, cases)}


def _figure(key: str, counted: Counted, scope: FigureScope) -> Figure:
    label, unit, rows = counted
    return Figure(
        key=key,
        label=label,
        value=Quantity(Decimal(len(rows)), unit) if rows else None,
        unit=unit,
        formula=OF_CASES if label is CASES else FORMULA,
        as_of=scope.as_of,
        strength=weakest(tuple(map(_strength, rows))),
        gap=None if rows else NONE_YET,
        provenance="demo" if any(one.provenance == "demo" for one in rows) else "",
    )


def _strength(one: Mention | Case) -> Strength:
    """A case was reviewed, a paper with a number is a form, an address or a copy opens; a mere entry is nothing."""
    if isinstance(one, Case) or one.document_number:
        return Strength.FORM
    return Strength.NEWS if one.url or one.file_sha256 else Strength.NONE


def _row(one: Mention | Case, unit: Unit) -> EvidenceRow:
    url = f"/bulletins/{'cases' if isinstance(one, Case) else 'mentions'}/{one.uuid}/"
    return EvidenceRow(
        label=one.title if isinstance(one, Case) else f"{one.outlet} · {one.title}",
        measure=Quantity(Decimal(1), unit),
        strength=_strength(one),
        on=one.accepted_on if isinstance(one, Case) else one.on,
        source=Source(one.title, url, "" if isinstance(one, Case) else one.document_number),
    )


class WaitingCases(TodoSource):
    """Cases that wait for the viewer, the longest waiting first."""

    key = "bulletin.cases"
    order = 46

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Returned ones to write, others' to review. One query."""
        return tuple(
            Todo(one.title, WHY[CaseState(one.state)], f"/bulletins/cases/{one.uuid}/", programme=one.programme.code)
            for one in list_waiting_cases(viewer=viewer, programme=programme)[:MOST_TODOS]
        )
