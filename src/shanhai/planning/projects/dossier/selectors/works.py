# SPDX-License-Identifier: Apache-2.0
"""The works of projects as they stood on a day: how far they had come, why they stood still, under which numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from shanhai.planning.projects.models import Contract, Paper, ProgressNote, ProjectQuerySet, Suspension
from shanhai.planning.projects.states import PaperKind, StopReason


@dataclass(frozen=True, slots=True)
class Works:
    """``percent`` is None where nobody had said yet; ``numbers`` are those of the award and of the contracts."""

    percent: int | None = None
    words: str = ""
    stop: StopReason | None = None
    restart_expected_on: date | None = None
    numbers: tuple[str, ...] = ()


def works_on(projects: ProjectQuerySet, as_of: date) -> dict[int, Works]:
    """Of each of ``projects``, which the caller has asked for a viewer, the works at the end of ``as_of``.

    What has no day (a table's percentage, an award without a date) counts as known. Five queries.
    """
    these = projects.order_by().values("pk")
    reported = set(ProgressNote.objects.filter(project__in=these).order_by().values_list("project", flat=True))
    notes = ProgressNote.objects.filter(project__in=these, on_date__lte=as_of).order_by("on_date", "pk")
    said = {key: (percent, words) for key, percent, words in notes.values_list("project", "percent", "words")}
    lasting = Suspension.objects.filter(Q(restarted_on=None) | Q(restarted_on__gt=as_of), since_on__lte=as_of)
    stops = {one.project_id: one for one in lasting.filter(project__in=these).order_by("since_on", "pk")}
    awards = Paper.objects.filter(Q(issued_on=None) | Q(issued_on__lte=as_of), project__in=these, kind=PaperKind.AWARD)
    last = dict(awards.exclude(number="").order_by("version").values_list("project", "number"))
    numbers = defaultdict(list, {key: [number] for key, number in last.items()})
    contracts = Contract.objects.filter(project__in=these, signed_on__lte=as_of).order_by("signed_on", "pk")
    for key, number in contracts.values_list("project", "number"):
        numbers[key].append(number)
    found = {}
    for key, percent in projects.order_by().values_list("pk", "progress_percent"):
        stop = stops.get(key)
        found[key] = Works(
            *said.get(key, (None if key in reported else percent, "")),
            StopReason(stop.reason) if stop else None,
            stop.restart_expected_on if stop else None,
            tuple(numbers[key]),
        )
    return found
