# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class SensorPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "sensor.view"
    # Send observations, and change entities by the API.
    WRITE = "sensor.write"
    # Register stations and devices, give and revoke credentials and tokens, publish.
    MANAGE = "sensor.manage"
