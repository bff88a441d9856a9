# SPDX-License-Identifier: Apache-2.0
"""The link in a message answers for its call without an account. What is stored does not tell it."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac


def token_of(call: UUID) -> str:
    """What the link of a call holds: 26 letters and digits, which templates of SMS gateways take as a variable.

    Made anew for each message from the key of this site, so that a repeat has the same link.
    """
    made = salted_hmac("shanhai.hazards.call", str(call), algorithm="sha256").digest()[:16]
    return base64.b32encode(made).decode().rstrip("=").lower()


def hashed(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


def link_of(token: str) -> str:
    """The address of the page that answers."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('hazards:answer', args=[token])}"
