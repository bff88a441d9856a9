# SPDX-License-Identifier: Apache-2.0
"""What is stored: entities of SensorThings, observations, devices and tokens."""

from shanhai.field.sensors.models.access import ApiToken, Device, DeviceEvent, DeviceMove, Rejected
from shanhai.field.sensors.models.entities import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    MultiProperty,
    ObservedProperty,
    Sensor,
    Thing,
)
from shanhai.field.sensors.models.observations import ArchivedMonth, Hour, Observation

__all__ = [
    "ApiToken",
    "ArchivedMonth",
    "Datastream",
    "Device",
    "DeviceEvent",
    "DeviceMove",
    "FeatureOfInterest",
    "HistoricalLocation",
    "Hour",
    "Location",
    "MultiProperty",
    "Observation",
    "ObservedProperty",
    "Rejected",
    "Sensor",
    "Thing",
]
