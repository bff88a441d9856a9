# SPDX-License-Identifier: Apache-2.0
"""The tables of hazards, by subject."""

from shanhai.operations.hazards.models.calls import Call, CallMove, Dispatch, DispatchMove
from shanhai.operations.hazards.models.incidents import (
    Alert,
    Consultation,
    DutyHandover,
    Incident,
    IncidentMove,
    Patrol,
    PatrolMove,
    Proposal,
)
from shanhai.operations.hazards.models.sites import (
    ChainLink,
    HazardSite,
    MonitoringPoint,
    SiteMove,
    ThresholdSet,
    ThresholdSetMove,
)
from shanhai.operations.hazards.models.watching import Heartbeat, Judgement, SiteTrack, Track

__all__ = [
    "Alert",
    "Call",
    "CallMove",
    "ChainLink",
    "Consultation",
    "Dispatch",
    "DispatchMove",
    "DutyHandover",
    "HazardSite",
    "Heartbeat",
    "Incident",
    "IncidentMove",
    "Judgement",
    "MonitoringPoint",
    "Patrol",
    "PatrolMove",
    "Proposal",
    "SiteMove",
    "SiteTrack",
    "ThresholdSet",
    "ThresholdSetMove",
    "Track",
]
