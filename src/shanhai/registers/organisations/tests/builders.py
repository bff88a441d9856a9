# SPDX-License-Identifier: Apache-2.0
"""Stored organisations for tests, here and in the apps above."""

from __future__ import annotations

from typing import Any

from shanhai.registers.organisations.models import Organisation


def an_organisation(name: str = "康定市第一小学", **kw: Any) -> Organisation:
    """A school without a credit code and without a division, unless keywords say otherwise."""
    return Organisation.objects.create(**{"name": name, "kind": "school", **kw})
