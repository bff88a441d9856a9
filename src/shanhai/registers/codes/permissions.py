# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class CodePermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    # See batches, states and signals.
    VIEW = "code.view"
    # Issue, print, activate, transfer, revoke; set links.
    ISSUE = "code.issue"
