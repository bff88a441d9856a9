# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class LeavePermission(StrEnum):
    """What one may do about leave, within a scope; roles (``accounts.roles``) say who holds which.

    Whoever is seconded asks for their own. The other three are the levels that approve, from the lowest up.
    """

    ASK = "leave.ask"
    LEAD = "leave.lead"
    OFFICE = "leave.office"
    COMMAND = "leave.command"


class VehiclePermission(StrEnum):
    """Whoever is seconded asks for a car; the desk gives cars out and takes them back."""

    ASK = "vehicle.ask"
    DISPATCH = "vehicle.dispatch"


class IntegrityPermission(StrEnum):
    """Whoever is seconded signs and declares; who leads countersigns; discipline opens what is sealed."""

    OWN = "integrity.own"
    COUNTERSIGN = "integrity.countersign"
    DISCIPLINE = "integrity.discipline"


class HealthPermission(StrEnum):
    """Whoever is seconded fills in their own; the health keeper opens what is sealed; some see figures alone."""

    OWN = "health.own"
    KEEP = "health.keep"
    FIGURES = "health.figures"
