# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class LeavePermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which.

    Whoever is seconded asks for their own. The other three are the levels that approve, from the lowest up.
    """

    ASK = "leave.ask"
    LEAD = "leave.lead"
    OFFICE = "leave.office"
    COMMAND = "leave.command"
