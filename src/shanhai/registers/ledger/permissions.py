# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class FundPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "fund.view"
    POST = "fund.post"
    REVERSE = "fund.reverse"
    # Allots although a share falls below its floor.
    OVERRIDE = "fund.override"
