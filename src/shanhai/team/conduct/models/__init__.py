# SPDX-License-Identifier: Apache-2.0
"""Leave, vehicles, integrity, health; limits, and who opened a seal."""

from shanhai.team.conduct.models.health import HealthSheet, HealthTemplate
from shanhai.team.conduct.models.integrity import (
    CaseFile,
    CaseFileMove,
    CaseParty,
    Declaration,
    ExchangeTrip,
    ExchangeTripMove,
    Letter,
    Signature,
    TripMember,
)
from shanhai.team.conduct.models.leave import (
    Leave,
    LeaveApproval,
    LeaveKind,
    LeaveMove,
    LeaveRule,
    LocalHoliday,
)
from shanhai.team.conduct.models.limits import Limit, Opening
from shanhai.team.conduct.models.vehicles import Vehicle, VehicleUse, VehicleUseMove

__all__ = [
    "CaseFile",
    "CaseFileMove",
    "CaseParty",
    "Declaration",
    "ExchangeTrip",
    "ExchangeTripMove",
    "HealthSheet",
    "HealthTemplate",
    "Leave",
    "LeaveApproval",
    "LeaveKind",
    "LeaveMove",
    "LeaveRule",
    "Letter",
    "Limit",
    "LocalHoliday",
    "Opening",
    "Signature",
    "TripMember",
    "Vehicle",
    "VehicleUse",
    "VehicleUseMove",
]
