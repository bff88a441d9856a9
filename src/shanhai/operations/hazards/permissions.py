# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class HazardPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "hazard.view"
    # Register sites and points, draft thresholds, set a lying sensor apart.
    MANAGE = "hazard.manage"
    # Be on duty: propose a level, send on patrol, drill, note answers of others, hand the shift over.
    DUTY = "hazard.duty"
    # Decide a level after the consultation, lift it, approve thresholds.
    CONFIRM = "hazard.confirm"
