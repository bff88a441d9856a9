# SPDX-License-Identifier: Apache-2.0
"""Which months have moved to files (``archive`` reads them, and brings DuckDB: only where there are any).

What asks them raises Unreadable where the file of one is missing, damaged, or out of reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shanhai.field.sensors.models import ArchivedMonth
from shanhai.field.sensors.store.rules.months import month_of
from shanhai.field.sensors.store.values import Ints
from shanhai.field.sensors.values import HOUR


def read_archived(
    *, datastream: int, begin: int, end: int, limit: int, columns: Sequence[str], newest_first: bool = False
) -> list[tuple[Any, ...]]:
    """Rows of a datastream that have moved, of the range, in order of time, at most ``limit``.

    ``columns`` are attributes of Observation, and what comes is what ``values_list`` has of them. A query of the
    database, and where months have moved one of as many files as the range has.
    """
    months = _months(begin, end)
    if not months:
        return []
    from shanhai.field.sensors.store.selectors.archive import rows_of_files  # noqa: PLC0415 - see above

    asked: dict[str, Any] = {"begin": begin, "end": end, "limit": limit, "columns": columns}
    return rows_of_files(months, datastream=datastream, newest_first=newest_first, **asked)


def count_archived(*, datastream: int, begin: int, end: int, last: int) -> int:
    """How many of a datastream and the range have moved that do not last to ``last``. Queries as above."""
    months = _months(begin, end)
    if not months:
        return 0
    from shanhai.field.sensors.store.selectors.archive import count_of_files  # noqa: PLC0415 - see above

    return count_of_files(months, datastream=datastream, begin=begin, end=end, last=last)


def _months(begin: int, end: int) -> list[ArchivedMonth]:
    months = ArchivedMonth.objects.filter(month__gte=month_of(begin), month__lte=month_of(end - 1))
    return list(months.order_by("month")) if begin < end else []


def check_archived(begin: int, end: int) -> None:
    """Raise Unreadable where what has moved of the range cannot be read, before the first part of it is answered."""
    months = _months(begin, end)
    if not months:
        return
    from shanhai.field.sensors.store.selectors.archive import opened  # noqa: PLC0415 - see above

    with opened(months):
        pass


def find_archived_row(key: int) -> dict[str, Any] | None:
    """The observation of this id that has moved, by attributes of Observation; None for none. Queries as above."""
    months = list(ArchivedMonth.objects.order_by("-month"))
    if not months:
        return None
    from shanhai.field.sensors.store.selectors.archive import row_of_files  # noqa: PLC0415 - see above

    return row_of_files(months, key)


def known_archived(datastreams: Ints, times: Ints) -> dict[tuple[int, int], tuple[int, float, Any]]:
    """What has moved of these datastreams and times: id, number (NaN for none), value. Queries as above."""
    days = np.unique(times // (24 * HOUR)) * (24 * HOUR)
    months = list(ArchivedMonth.objects.filter(month__in={month_of(day) for day in days.tolist()}))
    if not months:
        return {}
    from shanhai.field.sensors.store.selectors.archive import find_archived  # noqa: PLC0415 - see above

    return find_archived(months, datastreams, times)


def archived_ends(datastream: int) -> tuple[Any, ...] | None:
    """What ``archive.ends_of_files`` says of all that has moved of a datastream. Queries as above."""
    months = list(ArchivedMonth.objects.order_by("month"))
    if not months:
        return None
    from shanhai.field.sensors.store.selectors.archive import ends_of_files  # noqa: PLC0415 - see above

    return ends_of_files(months, datastream)
