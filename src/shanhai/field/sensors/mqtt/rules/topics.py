# SPDX-License-Identifier: Apache-2.0
"""Topics: the compact ones of devices, and those of the standard (18-088, clause 14)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shanhai.field.sensors.mqtt.values import Compact, Creation
from shanhai.field.sensors.values import ROOT
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

STANDARD = "v1.1"
# What an ingest process listens to, by kind.
COMPACT = (f"{ROOT}/+/+/+", f"{ROOT}/+/+/+/+")
CREATION = (
    f"{STANDARD}/Observations",
    f"{STANDARD}/+/Observations",
)
_BELOW = re.compile(r"(Datastreams|MultiDatastreams|FeaturesOfInterest)\((\d{1,18})\)", re.ASCII)
_LEVELS = re.compile(r"[^/+#\x00]{1,100}")


def parse_topic(topic: str) -> Compact | Creation:
    """What a topic is about. Raises BadInput for one that is not ours."""
    first, *levels = topic.split("/")
    if first == ROOT and len(levels) in (3, 4) and all(map(_LEVELS.fullmatch, levels)):
        return Compact(*levels)
    if first == STANDARD and levels[-1:] == ["Observations"]:
        if len(levels) == 1:
            return Creation("Observations")
        below = _BELOW.fullmatch(levels[0]) if len(levels) == 2 else None
        if below:
            return Creation("Observations", below[1], int(below[2]))
    text = gettext_noop("看不懂主题 %(topic)s。请按设备页上“怎么发送”写主题。")
    raise BadInput(text, "sensors.topic_unknown", topic=topic[:200])


def allowed_topics(*, topic: str, datastreams: Iterable[tuple[int, bool]]) -> tuple[str, ...]:
    """Filters of what a device may publish to: its own topic, its metrics, and its datastreams (id, whether multi)."""
    own = (
        f"{STANDARD}/{'MultiDatastreams' if multi else 'Datastreams'}({key})/Observations" for key, multi in datastreams
    )
    return (topic, f"{topic}/+", *own)
