# SPDX-License-Identifier: Apache-2.0
"""Everything that holds a batch back. Another kind of cause is another callable in ``COLLECTORS``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.selectors.causes import (
    adjustments,
    papers,
    programmes,
    projects,
    returns,
    rounds,
    warnings,
)
from shanhai.planning.handovers.values import Cause

# As long as the columns of an item are.
MOST_LABEL, MOST_NAME = 300, 200


class Collector(Protocol):
    """Finds what of one app is open in a programme and ought to be finished by the day ``until``."""

    def __call__(self, *, viewer: Actor, programme: str, until: date, at: datetime) -> Iterable[Cause]: ...


COLLECTORS: tuple[Collector, ...] = (
    projects.list_unfinished,
    papers.list_unsigned,
    adjustments.list_open_adjustments,
    warnings.list_open_warnings,
    programmes.list_open_tasks,
    rounds.list_missing_reports,
    programmes.list_open_plans,
    returns.list_doubted,
)


def list_causes(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What is open in all lower apps, as far as ``viewer`` sees, with words short enough to be stored."""
    for collect in COLLECTORS:
        for cause in collect(viewer=viewer, programme=programme, until=until, at=at):
            responsible = replace(cause.responsible, name=cause.responsible.name[:MOST_NAME])
            yield replace(cause, label=cause.label[:MOST_LABEL], responsible=responsible)
