# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class ReportsPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "bulletin.view"
    WRITE = "bulletin.write"
    APPROVE = "bulletin.approve"
