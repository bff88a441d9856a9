# SPDX-License-Identifier: Apache-2.0
"""The signature by which a subscriber knows that a letter is ours."""

from __future__ import annotations

import hmac
from base64 import b64encode


def signature(body: bytes, secret: str) -> str:
    """HMAC with SHA-256 of the body as it is sent, keyed by the signatureToken (UTF-8); in base64."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
