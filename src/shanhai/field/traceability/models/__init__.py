# SPDX-License-Identifier: Apache-2.0
"""All models of the app, by what they are about."""

from shanhai.field.traceability.models.chains import Closure, Permit, ProductClass, Zone
from shanhai.field.traceability.models.events import Capture, Event, EventThing, EventValue, Opened
from shanhai.field.traceability.models.lots import EarTag, Finding, Lot, LotMove, Record, RecordLot, TestReport
from shanhai.field.traceability.models.parties import Credential, Party, Recorder
from shanhai.field.traceability.models.queries import Delivery, NamedQuery, Subscription
from shanhai.field.traceability.models.recalls import (
    Problem,
    Recall,
    RecallLot,
    RecallMove,
    RecallReach,
)

__all__ = [
    "Capture",
    "Closure",
    "Credential",
    "Delivery",
    "EarTag",
    "Event",
    "EventThing",
    "EventValue",
    "Finding",
    "Lot",
    "LotMove",
    "NamedQuery",
    "Opened",
    "Party",
    "Permit",
    "Problem",
    "ProductClass",
    "Recall",
    "RecallLot",
    "RecallMove",
    "RecallReach",
    "Record",
    "RecordLot",
    "Recorder",
    "Subscription",
    "TestReport",
    "Zone",
]
