# SPDX-License-Identifier: Apache-2.0
"""Observations on their way in, as columns; and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from shanhai.kernel.errors import DomainError
from shanhai.kernel.messages import Message

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


# Numbers below can be summed for as long as anybody observes, and the sum is still one.
MOST_NUMBER = 1e290


class Unreadable(DomainError):
    """A month that has moved to a file cannot be read now: what lies in it is not to be taken for nothing."""

    code = "sensors.archive_unreadable"
    status = 503


class Fate(IntEnum):
    """What became of a row."""

    STORED = 0
    # It is there already, with the same result.
    DUPLICATE = 1
    # Another result is there already for that time, and stays.
    CONFLICT = 2
    # ``TakenIn.because`` says why.
    REFUSED = 3


@dataclass(slots=True)
class Readings:
    """Rows as columns of one length: which datastream (ids), when (microseconds), what.

    ``numbers`` has NaN where the result is no number: then ``values`` has it, as any JSON value. The others are None
    where no row has one, else they have None for rows without: ``ends`` and ``result_times`` in microseconds,
    ``features`` ids, ``extras`` what else is kept of an observation.
    """

    datastreams: Ints
    times: Ints
    numbers: Floats
    values: Sequence[Any] | None = None
    ends: Sequence[int | None] | None = None
    result_times: Sequence[int | None] | None = None
    features: Sequence[int | None] | None = None
    extras: Sequence[Any] | None = None

    @property
    def plain(self) -> bool:
        """Whether there is nothing but numbers."""
        return not any((self.values, self.ends, self.result_times, self.features, self.extras))


@dataclass(slots=True)
class TakenIn:
    """By row: the ``fates`` (``Fate``) and the ids of what is stored now, 0 of what was refused."""

    ids: Ints
    fates: npt.NDArray[np.int8]
    because: dict[int, Message] = field(default_factory=dict)

    def count(self, fate: Fate) -> int:
        """How many rows had that fate."""
        return int((self.fates == fate).sum())
