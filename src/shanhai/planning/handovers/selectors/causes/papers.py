# SPDX-License-Identifier: Apache-2.0
"""Papers of projects that are worth something only when signed, and are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import override

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.projects import labels
from shanhai.planning.projects.dossier.selectors.gates import SIGNED
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.states import PaperKind, Stage

_COLUMNS = (
    "uuid", "code", "name", "place__code", "papers__kind", "papers__signed_on", "papers__added_by", "papers__added_at",
)  # fmt: skip


def list_unsigned(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Papers of which the last version is not signed; who filed it answers for it. One query."""
    projects = filtered(viewer=viewer, programme=programme, on=until, filters=ProjectFilters())
    found = projects.exclude(stage=Stage.CANCELLED).filter(papers__kind__in=[kind.value for kind in SIGNED])
    rows = found.order_by("code", "pk", "papers__kind", "papers__version").values_list(*_COLUMNS)
    last = {(row[0], row[4]): row for row in rows}
    for uuid, code, name, place, kind, signed_on, added_by, added_at in last.values():
        if signed_on is None:
            # What is stored is Chinese, whoever brings the list up to date.
            with override(None):
                word = str(labels.PAPERS[PaperKind(kind)])
            yield Cause(
                kind=ItemKind.UNSIGNED_PAPER,
                subject_type="projects.paper",
                subject_id=f"{uuid}:{kind}",
                label=f"{code} {name} · {word}",
                url=reverse("projects:dossier", args=[uuid]),
                responsible=Responsible(ResponsibleKind.PERSON, added_by),
                place=place,
                since=clock.local_date(added_at),
            )
