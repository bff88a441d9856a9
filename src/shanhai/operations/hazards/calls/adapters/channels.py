# SPDX-License-Identifier: Apache-2.0
"""Which channels this site has, by its settings."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings

from shanhai.operations.hazards.calls.adapters import mail, sirens
from shanhai.operations.hazards.calls.adapters.gateways import gateway_of
from shanhai.operations.hazards.calls.values import Letter
from shanhai.operations.hazards.values import Channel

log = structlog.get_logger("shanhai.calls")


def adapter_of(channel: Channel) -> Callable[[Letter], str] | None:
    """How letters are handed to a channel: answers what the other side calls it; raises Later and Never.

    None where the channel is not set up. What is told within the product is told by being there.
    """
    if channel == Channel.APP:
        return lambda letter: ""
    if channel == Channel.MAIL:
        return mail.hand_over
    if channel == Channel.SIREN:
        # Nobody but this site may subscribe at the broker within.
        return None if settings.MQTT_BROKER == "embedded" else sirens.hand_over
    url = settings.CALLS_SMS_URL if channel == Channel.SMS else settings.CALLS_VOICE_URL
    try:
        return gateway_of(channel, url) if url else None
    except ValueError:
        log.error("the address of a gateway is none", channel=channel.value)
        return None
