# SPDX-License-Identifier: Apache-2.0
"""Projects, a page at a time."""

from __future__ import annotations

from ninja import Router

router = Router()
