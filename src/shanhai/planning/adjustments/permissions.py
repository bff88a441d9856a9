# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class AdjustmentPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    PROPOSE = "adjustment.propose"
    APPROVE = "adjustment.approve"
    # Held by the body that approved the project in the first place.
    APPROVE_AS_ORIGINAL = "adjustment.approve_as_original"
