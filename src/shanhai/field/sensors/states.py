# SPDX-License-Identifier: Apache-2.0
"""The life of a device, and how it is."""

from __future__ import annotations

from enum import StrEnum


class DeviceState(StrEnum):
    """Where a device is in its life. A retired one never comes back; another is installed in its place."""

    INSTALLED = "installed"
    SUSPENDED = "suspended"
    RETIRED = "retired"


MOVES: dict[DeviceState, frozenset[DeviceState]] = {
    DeviceState.INSTALLED: frozenset({DeviceState.SUSPENDED, DeviceState.RETIRED}),
    DeviceState.SUSPENDED: frozenset({DeviceState.INSTALLED, DeviceState.RETIRED}),
    DeviceState.RETIRED: frozenset(),
}


class Health(StrEnum):
    """How a datastream is, worst first: what it should have sent decides, not what it sent last."""

    SILENT = "silent"
    FLOODING = "flooding"
    DRIFTING = "drifting"
    FLAT = "flat"
    NEVER = "never"
    FINE = "fine"
    RESTING = "resting"
