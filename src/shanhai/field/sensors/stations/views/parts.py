# SPDX-License-Identifier: Apache-2.0
"""What several pages of stations show alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.field.sensors.labels import ADVICE, AREA, HAPPENINGS, HEALTH, QUALITIES
from shanhai.field.sensors.models import Datastream, Device, DeviceEvent, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.stations.selectors.stations import StreamLine
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.field.sensors.values import STREAMS, datetime_of
from shanhai.field.sensors.values import Happening as Done
from shanhai.kernel.charts import shown
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Happening

STATIONS = gettext_noop("监测")


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    """The way from today over the list of stations."""
    return TODAY, Crumb(message(STATIONS), reverse("sensors:list")), *more


def crumb_of(station: Thing) -> Crumb:
    """A station on the way."""
    return Crumb(station.name, reverse("sensors:station", args=[station.code]))


def may_manage(request: Request, station: Thing) -> bool:
    """Whether who asks manages the station."""
    return request.viewer.may(SensorPermission.MANAGE, **station.scope)


def streams_part(request: Request, lines: Sequence[StreamLine], address: str) -> dict[str, Any]:
    """The table of datastreams, which asks at ``address`` whether there is more than was ``seen``."""
    total = sum(line.stream.count for line in lines)
    states = "".join(f".{line.standing.health.value}" for line in lines)
    rows = [
        (
            line.stream,
            "—" if line.stream.last_number is None else shown(line.stream.last_number),
            *HEALTH[line.standing.health],
            datetime_of(line.standing.since) if line.standing.since else None,
            datetime_of(line.stream.last_time) if line.stream.last_time is not None else None,
        )
        for line in lines
    ]
    return {
        "streams": rows,
        "seen": f"{total}{states}",
        "live": address,
        "news": live_address(request.viewer, STREAMS, [line.stream.pk for line in lines]),
        "advice": [
            (HEALTH[one], words) for one, words in ADVICE.items() if any(at.standing.health is one for at in lines)
        ],
        "waiting": bool(rows) and not total,
    }


def marks(quality: int) -> list[str]:
    """What is to be said of an observation, in words."""
    return [words for one, words in QUALITIES.items() if quality & one]


def how_to_send(request: Request, device: Device, streams: Sequence[Datastream], secret: str = "") -> dict[str, Any]:
    """Where and how a device sends, with lines to paste; ``secret`` only where it has just been given."""
    parts = urlsplit(settings.MQTT_PUBLIC_URL or settings.MQTT_URL)
    tls = parts.scheme == "mqtts"
    host = parts.hostname or "127.0.0.1"
    # Who looks from elsewhere than the machine itself must not be told that machine's name for itself.
    host = request.get_host().partition(":")[0] if host in {"127.0.0.1", "localhost"} else host
    port = parts.port or (8883 if tls else 1883)
    first = streams[0] if streams else None
    metric = first.metric if first else ""
    account = f"-u {device.username} -P {secret or _SECRET}"
    line = f"mosquitto_pub -h {host} -p {port}{' --capath /etc/ssl/certs' if tls else ''} -q 1 {account}"
    sample = json.dumps({**{one.metric: 21.5 for one in streams[:2]}, "battery": 87})
    posted = f"/sta/v1.1/Datastreams({first.pk})/Observations" if first else ""
    return {
        "host": host,
        "port": port,
        "tls": tls,
        "username": device.username,
        "secret": secret,
        "topic": device.topic,
        "metrics": streams,
        "line": f"{line} -t {device.topic}/{metric} -m 21.5" if metric else "",
        "several": f"{line} -t {device.topic} -m '{sample}'" if metric else "",
        "curl": (
            f"curl -X POST -H 'Authorization: Bearer {_TOKEN}' -H 'Content-Type: application/json' "
            f"-d '{{\"result\": 21.5}}' '{request.build_absolute_uri(posted)}'"
        )
        if posted
        else "",
    }


_SECRET, _TOKEN = "SECRET", "TOKEN"


def happenings(events: Sequence[DeviceEvent], *, several: bool) -> list[Happening]:
    """What was done to devices, as a timeline; with the device where there are ``several``."""
    told = []
    for one in events:
        details = "；".join(
            f"{label(name)} {_changed(value)}" for name, value in one.details.items() if value and name in _TOLD
        )
        title = f"{say(one.device.called)} · {details}" if several else details
        word = message(HAPPENINGS[Done(one.kind)])
        told.append(Happening(one.on, title, "stop" if one.kind == Done.RETIRED else "done", word, one.note))
    return told


_TOLD = ("serial", "model", "offset", "lon", "lat", "altitude")


def label(name: str) -> str:
    """What a field is called."""
    return gettext(AREA.fields[name])


def _changed(value: Any) -> str:
    return " → ".join(str(one or "—") for one in value) if isinstance(value, list) else str(value or "—")
