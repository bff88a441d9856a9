# SPDX-License-Identifier: Apache-2.0
"""The newest returns of counties, where nobody has explained what does not add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.returns.selectors.returns import get_return
from shanhai.planning.returns.selectors.waiting import list_open_findings
from shanhai.registers.places.selectors.divisions import find_divisions

MOST_FINDINGS = 10_000


def list_doubted(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Returns that count to ``until`` at the latest, are not replaced, and have findings without an explanation.

    One item a return, however many findings; the division that sent it in answers for it.
    """
    findings = list_open_findings(viewer=viewer, programme=programme, at=at, limit=MOST_FINDINGS)
    reports = [get_return(viewer=viewer, uuid=uuid) for uuid in dict.fromkeys(found.report for found in findings)]
    places = find_divisions(report.place for report in reports)
    for report in reports:
        if report.cut_off_on <= until:
            place = places.get(report.place)
            yield Cause(
                kind=ItemKind.DOUBTED_RETURN,
                subject_type="returns.return",
                subject_id=str(report.uuid),
                label=report.title,
                url=reverse("returns:detail", args=[report.uuid]),
                responsible=Responsible(ResponsibleKind.ORGANISATION, place.name if place else report.place),
                place=report.place,
                since=report.cut_off_on,
            )
