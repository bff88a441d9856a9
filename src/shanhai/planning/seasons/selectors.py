# SPDX-License-Identifier: Apache-2.0
"""The season of an altitude, and the bands that are in force for a programme."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.page_memory import remembered
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.seasons.models import SeasonBand
from shanhai.planning.seasons.rules import SAMPLE_BANDS
from shanhai.planning.seasons.values import Season


@remembered
def bands_in_force(*, viewer: Actor, programme: str) -> tuple[Season, ...]:
    """The bands from the lowest up: of the programme's version recorded last, else of the common one, else the sample.

    Whoever may see the programme sees its seasons. Raises NotVisible.
    """
    get_programme(viewer=viewer, code=programme)
    rows = list(SeasonBand.objects.for_programme(programme))
    if not rows:
        return SAMPLE_BANDS
    newest = (rows[0].programme_id, rows[0].version)
    return tuple(row.season for row in rows if (row.programme_id, row.version) == newest)
