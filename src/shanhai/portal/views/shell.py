# SPDX-License-Identifier: Apache-2.0
"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame around each page."""
    return {"viewer": getattr(request, "viewer", None), "demo": settings.DEMO}
