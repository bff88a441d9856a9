# SPDX-License-Identifier: Apache-2.0
"""Devices with datastreams for the tests of MQTT."""

from __future__ import annotations

from shanhai.field.sensors.models import Device, Thing
from shanhai.field.sensors.tests.streams import a_stream
from shanhai.kernel.actors import system

MANAGER = system("engineer", ("sensor.view", "sensor.manage"))
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def a_device(station: str = "wuse-2", code: str = "logger", *metrics: str, **facts) -> Device:
    """A device of a station of no programme, with a datastream of numbers for each metric (temperature)."""
    thing, _ = Thing.objects.get_or_create(code=station, defaults={"name": station, "description": ""})
    device = Device.objects.create(thing=thing, code=code, **facts)
    for metric in metrics or ("temperature",):
        a_stream(thing=thing, device=device, metric=metric, observation_type=MEASUREMENT)
    return device
